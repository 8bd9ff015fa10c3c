import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../core/kernel/index.ts';
import { rawPublicKey } from './ed25519.ts';
import { SigningRefused } from './signing-key.ts';
import { openTokenKeys, type DeviceHost } from './token-keys.ts';

const place = { modulePath: '/lib/token.so', environment: {}, tokenLabel: 'log', keyId: '0a' };
const { privateKey } = generateKeyPairSync('ed25519');
const publicKey = rawPublicKey(privateKey);
const reference = { moduleId: 'log-key', slotId: '00', serial: '1' };

type Playing = {
  readonly labels?: readonly string[];
  readonly attempts?: string;
  /** What the token refuses with, call by call; it signs after that. */
  readonly refusals?: string[];
  readonly signWith?: (data: Uint8Array) => Uint8Array;
};

/** A token that is played, what it was asked, and the PIN bytes that it was handed. */
function played({
  labels = ['log'],
  attempts = 'ok',
  refusals = [],
  signWith = (data) => sign(null, data, privateKey),
}: Playing) {
  const asked: string[] = [];
  const pins: Uint8Array[] = [];
  let started = 0;
  const call = (verb: string, input: { readonly pin?: Uint8Array; readonly data?: Uint8Array }): Promise<unknown> => {
    asked.push(verb);
    if (verb === 'tokens.list') {
      const modules = [{ id: 'log-key', state: 'loaded' }];
      return Promise.resolve({
        ok: true,
        value: { modules, tokens: labels.map((label) => ({ label, reference, attempts })) },
      });
    }
    if (input.pin !== undefined) pins.push(input.pin);
    const code = refusals.shift();
    if (code !== undefined) return Promise.resolve({ ok: false, refusal: { code } });
    return Promise.resolve({ ok: true, value: { signature: signWith(input.data ?? new Uint8Array()) } });
  };
  const startHost = (): DeviceHost => {
    started += 1;
    return { call: call as DeviceHost['call'], close: () => Promise.resolve() };
  };
  const pin = new Secret('log-key-pin', new TextEncoder().encode('4321'));
  const keys = openTokenKeys(startHost, pin);
  return { key: keys.signingKey(place, publicKey), keys, pin, pins, asked, startCount: () => started };
}

const codeOf = (signing: Promise<unknown>): Promise<string> =>
  signing.then(
    () => 'signed',
    (error: unknown) => (error instanceof SigningRefused ? error.refusal.code : String(error)),
  );

describe('a key in a token', () => {
  it('signs, looks for its token once, and leaves no PIN in what was handed over', async () => {
    const { key, pins, asked } = played({});
    expect(await codeOf(key.sign('a'))).toBe('signed');
    expect(await codeOf(key.sign('b'))).toBe('signed');
    expect(asked).toEqual(['tokens.list', 'ed25519.sign', 'ed25519.sign']);
    expect(pins.map((bytes) => [...bytes])).toEqual([
      [0, 0, 0, 0],
      [0, 0, 0, 0],
    ]);
  });

  it.each(['pin-incorrect', 'pin-locked', 'pin-expired', 'pin-length'])(
    'tries a PIN that was refused by %s no second time',
    async (code) => {
      const { key, asked } = played({ refusals: [code] });
      expect(await codeOf(key.sign('a'))).toBe('log-key-pin-wrong');
      expect(await codeOf(key.sign('b'))).toBe('log-key-pin-wrong');
      expect(asked).toEqual(['tokens.list', 'ed25519.sign']);
    },
  );

  it.each([
    ['card-removed', 'log-key-token-absent'],
    ['card-module-hung', 'log-key-token-failed'],
    ['host-unavailable', 'log-key-token-failed'],
    ['key-absent', 'log-key-other'],
  ])('that refuses by %s is named %s, and is asked anew of a new process', async (code, named) => {
    const { key, startCount } = played({ refusals: [code] });
    expect(await codeOf(key.sign('a'))).toBe(named);
    expect(await codeOf(key.sign('a'))).toBe('signed');
    expect(startCount()).toBe(2);
  });

  it('gives its PIN to no token of another label, and to none of two of its label', async () => {
    for (const labels of [[], ['other'], ['log', 'log']]) {
      const { key, pins } = played({ labels });
      expect(await codeOf(key.sign('a'))).toBe('log-key-token-absent');
      expect(pins).toEqual([]);
    }
  });

  it('is not asked where one more wrong PIN would lock its token', async () => {
    for (const [attempts, code] of [
      ['count-low', 'signed'],
      ['final-try', 'log-key-pin-wrong'],
    ] as const)
      expect(await codeOf(played({ attempts }).key.sign('a'))).toBe(code);
  });

  it('lets out no signature that its public key does not verify', async () => {
    const other = generateKeyPairSync('ed25519').privateKey;
    const { key } = played({ signWith: (data) => sign(null, data, other) });
    expect(await codeOf(key.sign('a'))).toBe('log-key-other');
  });

  it('wipes the PIN when it is closed, and signs nothing without one', async () => {
    const { keys, pin } = played({});
    await keys.close();
    expect(pin.isWiped).toBe(true);
    const bare = openTokenKeys(
      () => ({ call: () => Promise.reject(new Error('asked')), close: () => Promise.resolve() }),
      undefined,
    );
    expect(await codeOf(bare.signingKey(place, publicKey).sign('a'))).toBe('log-key-pin-wrong');
  });
});
