import { describe, expect, test } from 'vitest';
import { oids } from '../der/index.ts';
import { allowsDigest, allowsKey, allowsScheme, defaultAlgorithmPolicy as policy } from './index.ts';

const dayMs = 24 * 60 * 60 * 1000;
const weakUntilMs = Date.UTC(2014, 0, 1);
const gost2004UntilMs = Date.UTC(2025, 5, 25);
const rsa = (sizeBits: number) => ({ family: 'rsa', sizeBits });

describe('the default algorithm policy', () => {
  test('accepts what is strong with and without a time-stamp', () => {
    for (const provenMs of [undefined, 0, Date.UTC(2026, 0, 1)]) {
      expect([allowsKey(policy, rsa(2048), provenMs), allowsKey(policy, rsa(4096), provenMs)]).toEqual([true, true]);
      expect(allowsKey(policy, { family: 'gost-2015-512', sizeBits: 512 }, provenMs)).toBe(true);
      expect(allowsScheme(policy, 'gost-34.10-2015-256', provenMs)).toBe(true);
      expect(allowsScheme(policy, 'rsa-pss-sha256', provenMs)).toBe(true);
      expect(allowsDigest(policy, oids.sha256, provenMs)).toBe(true);
    }
  });

  test.each<[string, (provenMs?: number) => boolean, number]>([
    ['RSA of 2047 bits', (at) => allowsKey(policy, rsa(2047), at), weakUntilMs],
    ['RSA of 1024 bits', (at) => allowsKey(policy, rsa(1024), at), weakUntilMs],
    ['RSA with SHA-1', (at) => allowsScheme(policy, 'rsa-pkcs1-sha1', at), weakUntilMs],
    ['ECDSA with SHA-1', (at) => allowsScheme(policy, 'ecdsa-sha1', at), weakUntilMs],
    ['SHA-1', (at) => allowsDigest(policy, oids.sha1, at), weakUntilMs],
    [
      'a key of GOST 34.310-2004',
      (at) => allowsKey(policy, { family: 'gost-2004', sizeBits: 256 }, at),
      gost2004UntilMs,
    ],
    ['GOST 34.310-2004', (at) => allowsScheme(policy, 'gost-34.310-2004', at), gost2004UntilMs],
    ['GOST 34.311-95', (at) => allowsDigest(policy, oids.gost95Digest, at), gost2004UntilMs],
  ])('accepts %s up to its end under a time-stamp, not after it, and never without', (_, ask, untilMs) => {
    expect([ask(untilMs - dayMs), ask(untilMs), ask(untilMs + 1), ask(Number.NaN), ask()]).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  test('never accepts MD5, shorter keys, or what it does not name', () => {
    for (const provenMs of [undefined, 0, weakUntilMs]) {
      expect(allowsKey(policy, rsa(1023), provenMs)).toBe(false);
      expect(allowsKey(policy, { family: 'dsa', sizeBits: 4096 }, provenMs)).toBe(false);
      expect(allowsScheme(policy, 'rsa-pkcs1-md5', provenMs)).toBe(false);
      expect(allowsDigest(policy, oids.md5, provenMs)).toBe(false);
      expect(allowsDigest(policy, '', provenMs)).toBe(false);
    }
  });
});
