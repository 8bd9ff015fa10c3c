import { expect, test } from 'vitest';
import { ok } from '../../core/kernel/index.ts';
import type { Engine, Shift } from './context.ts';
import { recall, rememberIn, rememberOut } from './remembered.ts';

const dayMs = 86_400_000;
const limits = { clock: { refuseDriftMs: 1_000 }, sync: { offlineTtlMs: 3 * dayMs } };
const person = { iin: '1', name: 'Registrar', roles: ['registrar'], enrolment: { policy: limits } };
const shift = person as unknown as Shift;

/** A desk at this time, over what its vault keeps of people. */
function deskAt(nowMs: number, kept: Map<string, string>): Engine {
  const call = (verb: string, input: { readonly iin: string; readonly preferences?: string | null }) => {
    if (verb === 'identity.set') kept.set(input.iin, input.preferences ?? '');
    return Promise.resolve(ok(verb === 'identity.get' ? { preferences: kept.get(input.iin) ?? null } : null));
  };
  const clock = { nowMs: () => nowMs };
  return { vault: { call }, serverClock: { serverNowMs: () => nowMs }, options: { clock } } as unknown as Engine;
}

async function codeAt(nowMs: number, kept: Map<string, string>): Promise<string> {
  const person = await recall(deskAt(nowMs, kept), shift);
  return person.ok ? `${person.value.name} ${person.value.roles.join()}` : person.refusal.code;
}

async function seenAt(nowMs: number): Promise<Map<string, string>> {
  const kept = new Map<string, string>();
  await rememberIn(deskAt(nowMs, kept), shift, null);
  return kept;
}

test('without the server a person is let in for as long as the policy lets work wait, and not by a clock that was put back', async () => {
  const kept = await seenAt(10 * dayMs);
  const codes = [10 * dayMs, 13 * dayMs, 13 * dayMs + 1, 10 * dayMs - 1_000, 10 * dayMs - 1_001].map((atMs) =>
    codeAt(atMs, kept),
  );
  expect(await Promise.all(codes)).toEqual([
    'Registrar registrar',
    'Registrar registrar',
    'offline-too-long',
    'Registrar registrar',
    'clock-wrong',
  ]);
});

test('whoever was never let in, or by a journal that does not say when, waits for the server', async () => {
  expect(await codeAt(1, new Map())).toBe('offline-too-long');
  const older = JSON.stringify({ form: 'qorgan.person/1', name: 'Registrar', roles: ['registrar'] });
  expect(await codeAt(1, new Map([['1', older]]))).toBe('offline-too-long');
});

test.each(['session-blocked', 'session-signed-out', 'actor-blocked', 'actor-dismissed', 'actor-ended', 'account-idle'])(
  '%s holds without the server, until it lets him in again',
  async (code) => {
    const kept = await seenAt(10 * dayMs);
    await rememberOut(deskAt(10 * dayMs, kept), shift, code);
    expect(await codeAt(10 * dayMs, kept)).toBe(code);
    await rememberIn(deskAt(10 * dayMs, kept), shift, null);
    expect(await codeAt(10 * dayMs, kept)).toBe('Registrar registrar');
  },
);

test.each(['session-ended', 'desk-locked-idle', 'server-unreachable'])(
  '%s is nothing against a person',
  async (code) => {
    const kept = await seenAt(10 * dayMs);
    await rememberOut(deskAt(10 * dayMs, kept), shift, code);
    expect(await codeAt(10 * dayMs, kept)).toBe('Registrar registrar');
  },
);
