import { expect, test } from 'vitest';
import { ok, refuse, Secret, type Result } from '../../core/kernel/index.ts';
import type { SlotSummary } from '../../contracts/vault-host/index.ts';
import type { CardSigner } from './cards.ts';
import type { Engine } from './context.ts';
import { slotKeyFor } from './slot-keys.ts';

const slot = { id: 'a slot', kind: 'passphrase', label: 'sign-only' } as unknown as SlotSummary;
const signer = { token: { reference: 'a token' } } as unknown as CardSigner;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A desk whose card answers so; `asked` are the verbs that its host heard. */
function deskWith(answer: Result<null>) {
  const asked: string[] = [];
  const call = (verb: string): Promise<Result<null>> => {
    asked.push(verb);
    return Promise.resolve(answer);
  };
  return { engine: { devices: { call } } as unknown as Engine, asked };
}

const typed = () => ({ pin: new Secret('pin', bytes('1234')), password: new Secret('password', bytes('a password')) });

test('a card that only signs is asked for its PIN before its password becomes a key', async () => {
  const { engine, asked } = deskWith(ok(null));
  const key = await slotKeyFor(engine, signer, slot, typed());
  expect(asked).toEqual(['login.check']);
  expect(key).toMatchObject({ ok: true, value: { kind: 'passphrase', slotId: 'a slot' } });
});

test('the password alone makes no key where the card refuses, and the card alone makes none either', async () => {
  const { engine } = deskWith(refuse('pin-incorrect'));
  expect(await slotKeyFor(engine, signer, slot, typed())).toEqual(refuse('pin-incorrect'));
  const { engine: willing, asked } = deskWith(ok(null));
  expect(await slotKeyFor(willing, signer, slot, { ...typed(), password: null })).toEqual(refuse('password-missing'));
  expect(asked).toEqual([]);
});
