import type * as crypto from 'node:crypto';
import { expect, test, vi } from 'vitest';
import { Secret, type DeviceId } from '../../core/kernel/index.ts';
import { laneOf, notePassword } from './lanes.ts';
import { mayStretch, stretchCost, stretchPassword, type Lane } from './stretch.ts';

/** Stretches that began, by their salts, each with what ends it. */
const begun = vi.hoisted(() => [] as { readonly name: string; readonly end: () => void }[]);

vi.mock('node:crypto', async (original) => ({
  ...(await original<typeof crypto>()),
  argon2: (_name: string, { nonce }: { readonly nonce: Uint8Array }, done: (error: null, hash: Buffer) => void) =>
    begun.push({ name: Buffer.from(nonce).toString(), end: () => done(null, Buffer.alloc(32)) }),
}));

/** Asks for a stretch; what its promise comes to is looked at by nobody but the test that ends them all. */
async function ask(name: string, lane: Lane): Promise<boolean> {
  return (await stretchPassword(new Secret('password', Buffer.from('x')), Buffer.from(name), stretchCost, lane)).ok;
}

/** Who began, once everybody has come as far as he gets. */
async function order(): Promise<readonly string[]> {
  await new Promise((resolve) => setImmediate(resolve));
  return begun.map(({ name }) => name);
}

async function endAll(all: readonly Promise<boolean>[]): Promise<readonly boolean[]> {
  for (let i = 0; i < begun.length; i += 1) {
    begun[i]?.end();
    // Whoever is next begins once the one before him has left.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return Promise.all(all);
}

test('devices at which many passwords were wrong have one place of two, and whoever signs in elsewhere goes first', async () => {
  const failing = ['f1', 'f2', 'f3'].map((name) => ask(name, 'failing'));
  expect(await order()).toEqual(['f1']);
  const clear = ['c1', 'c2', 'c3'].map((name) => ask(name, 'clear'));
  expect(await order()).toEqual(['f1', 'c1']);
  expect(await endAll([...failing, ...clear])).toEqual(Array.from({ length: 6 }, () => true));
  expect(await order()).toEqual(['f1', 'c1', 'c2', 'c3', 'f2', 'f3']);
  begun.length = 0;
});

test('a line of failing devices that is full refuses one more of them, and nobody else', async () => {
  const failing = Array.from({ length: 65 }, (_, i) => ask(`f${i}`, 'failing'));
  expect([mayStretch('failing'), mayStretch('clear')]).toEqual([false, true]);
  expect(await ask('one too many', 'failing')).toBe(false);
  const clear = ask('c', 'clear');
  expect(await order()).toEqual(['f0', 'c']);
  expect(await endAll([...failing, clear])).toEqual(Array.from({ length: 66 }, () => true));
  begun.length = 0;
});

test('a device is failing after more wrong passwords in a row than slip from fingers, and clear by a right one', () => {
  const [one, other] = ['one', 'other'] as DeviceId[] as [DeviceId, DeviceId];
  for (let i = 0; i < 20; i += 1) notePassword(one, false);
  expect(laneOf(one)).toBe('clear');
  notePassword(one, false);
  expect([laneOf(one), laneOf(other)]).toEqual(['failing', 'clear']);
  notePassword(one, true);
  expect(laneOf(one)).toBe('clear');
});
