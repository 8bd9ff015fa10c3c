import { verify, type KeyObject } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SignatureMechanism, TokenReference } from '../../contracts/device-host/index.ts';
import type { Capability, Carrier, CarrierKeyName } from './carrier.ts';
import { firstToken, startCardHost, type CardHost } from './host-under-test.ts';

export type KeyInHand = {
  readonly token: TokenReference;
  readonly keyId: string;
  readonly pin: Uint8Array;
  readonly publicKey: KeyObject;
};

export type Case = {
  readonly title: string;
  /** What a carrier must be able to play for this case; nothing when every card can. */
  readonly needs?: Capability;
  readonly run: (bench: Bench) => Promise<void>;
};

export const attributes = new TextEncoder().encode('signed attributes of an act');

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Whether node:crypto, which has never met the card, finds the signature genuine. */
export function isGenuine(mechanism: SignatureMechanism, key: KeyObject, signature: Uint8Array): boolean {
  const hash = mechanism === 'ecdsa-p384-sha384' ? 'sha384' : 'sha256';
  return verify(hash, attributes, { key, dsaEncoding: 'ieee-p1363' }, signature);
}

/** A carrier and the real device host beside it, with what nearly every case does. */
export class Bench {
  readonly carrier: Carrier;
  readonly host: CardHost;

  constructor(carrier: Carrier, host: CardHost) {
    this.carrier = carrier;
    this.host = host;
  }

  token() {
    return firstToken(this.host);
  }

  /** Puts the card with this key in, and takes the right PIN in hand. */
  async present(name: CarrierKeyName): Promise<KeyInHand> {
    const key = await this.carrier.insertWith(name);
    const token = await this.token();
    return { ...key, token: token.reference, pin: utf8(this.carrier.pin) };
  }

  sign(key: KeyInHand, mechanism: SignatureMechanism = 'rsa-pkcs1-sha256') {
    const { token, keyId, pin } = key;
    return this.host.call('sign', { token, keyId, pin, mechanism, data: attributes });
  }

  checkPin(key: KeyInHand, pin: Uint8Array = key.pin) {
    return this.host.call('login.check', { token: key.token, pin });
  }
}

export type Expectation = {
  readonly name: string;
  readonly capabilities: readonly Capability[];
  /** How many cases run and how many the carrier cannot play: a case that gets lost is noticed here. */
  readonly playedCount: number;
  readonly unplayableCount: number;
};

/** Runs the cases that a carrier can play, and counts those that it cannot. */
export function runCases(
  groups: Readonly<Record<string, readonly Case[]>>,
  open: () => Promise<Carrier>,
  expected: Expectation,
): void {
  const isPlayable = ({ needs }: Case): boolean => needs === undefined || expected.capabilities.includes(needs);
  let bench: Bench | undefined;
  const ready = (): Bench => {
    if (bench === undefined) throw new Error('the carrier did not open');
    return bench;
  };

  beforeAll(async () => {
    const carrier = await open();
    bench = new Bench(carrier, startCardHost({ modules: [carrier.module] }));
  });
  afterAll(async () => {
    await bench?.host.close();
    await bench?.carrier.close();
  });

  test('plays every case of the contract that this carrier can', () => {
    const cases = Object.values(groups).flat();
    const { name, capabilities } = ready().carrier;
    process.stdout.write(`${name}: ${cases.filter(isPlayable).length} of ${cases.length} cases of the card contract\n`);
    expect([...capabilities].toSorted()).toEqual([...expected.capabilities].toSorted());
    expect(name).toBe(expected.name);
    expect(cases.filter(isPlayable)).toHaveLength(expected.playedCount);
    expect(cases.length - expected.playedCount).toBe(expected.unplayableCount);
  });

  for (const [group, cases] of Object.entries(groups)) {
    describe(group, () => {
      for (const one of cases.filter(isPlayable)) test(one.title, () => one.run(ready()));
    });
  }
}
