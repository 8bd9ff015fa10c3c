import { describe, expect, test } from 'vitest';
import { makeNationalKey, signNational } from '../../dev/ca/index.ts';
import { readAlgorithm, type AlgorithmIdentifier } from '../algorithms/index.ts';
import {
  bitString,
  certificateLimits,
  concat,
  nullValue,
  objectIdentifier,
  octetString,
  oids,
  openDer,
  sequence,
} from '../der/index.ts';
import { nationalProfiles, nationalSuite, numberOf, octetsOf, type NationalProfile } from './index.ts';
import { multiply } from './multiply.ts';
import { isOnCurve, pointsOf, type Point } from './points.ts';

const message = new TextEncoder().encode('Қорған');
const profiles = Object.values(nationalProfiles);

const algorithm = (oid: string, ...parameters: readonly Uint8Array[]): AlgorithmIdentifier =>
  readAlgorithm(openDer(sequence(objectIdentifier(oid), ...parameters), certificateLimits));

type KeyParts = {
  readonly keyOid?: string;
  readonly parameters?: readonly string[];
  readonly coordinates?: Uint8Array;
  readonly bits?: Uint8Array;
};

function spki(profile: NationalProfile, parts: KeyParts): Uint8Array {
  const { coordinates = encoded(profile, profile.curve.generator), bits = octetString(coordinates) } = parts;
  const { keyOid = profile.keyOid, parameters = [profile.curveOid, profile.digestParametersOid] } = parts;
  return sequence(sequence(objectIdentifier(keyOid), sequence(...parameters.map(objectIdentifier))), bitString(bits));
}

function encoded({ coordinateBytes: size }: NationalProfile, { x, y }: Point): Uint8Array {
  return concat([octetsOf(x, size), octetsOf(y, size)]);
}

describe.each(profiles)('keys of $family', (profile) => {
  const { curve, coordinateBytes: size } = profile;
  const load = (parts: KeyParts) => nationalSuite.loadKey(spki(profile, parts));

  test('are named by family and size', () => {
    expect(load({})).toMatchObject({ family: profile.family, sizeBits: 8 * size });
    expect(load({ parameters: [profile.curveOid] })?.family).toBe(profile.family);
  });

  test('are refused under other parameters than those of the register', () => {
    const other = profiles.find(({ family }) => family !== profile.family) ?? profile;
    expect(load({ keyOid: '1.2.643.7.1.1.1.2' })).toBeUndefined();
    expect(load({ keyOid: other.keyOid })).toBeUndefined();
    expect(load({ parameters: [] })).toBeUndefined();
    expect(load({ parameters: [other.curveOid, profile.digestParametersOid] })).toBeUndefined();
    expect(load({ parameters: [profile.curveOid, other.digestParametersOid] })).toBeUndefined();
    expect(load({ parameters: [profile.curveOid, profile.digestParametersOid, oids.sha256] })).toBeUndefined();
  });

  test('are refused off the curve, beyond the field, at infinity and with the octets in another order', () => {
    const { x, y } = curve.generator;
    const good = encoded(profile, curve.generator);
    const beyond = x + curve.field.modulus;
    const wrong = [
      encoded(profile, { x, y: y ^ 1n }),
      encoded(profile, { x: y, y: x }),
      new Uint8Array(2 * size),
      good.toReversed(),
      good.subarray(1),
      concat([good, Uint8Array.of(0)]),
      // Only the 256-bit and 512-bit generators with a small abscissa leave room for a second spelling of it.
      ...(beyond < 256n ** BigInt(size) ? [encoded(profile, { x: beyond, y })] : []),
    ];
    for (const coordinates of wrong) expect(load({ coordinates })).toBeUndefined();
    expect(load({ bits: good })).toBeUndefined();
    expect(load({ bits: concat([octetString(good), nullValue()]) })).toBeUndefined();
  });

  test('whatever lies outside of the subgroup of prime order is refused', () => {
    const outside = pointsOfCurve(profile, 24).filter((point) => multiply(curve, point, curve.order) !== undefined);
    expect(outside.length > 0).toBe(curve.cofactor > 1);
    const small = pointsOf(
      curve,
      outside.map((point) => multiply(curve, point, curve.order)),
    );
    for (const point of [...outside, ...small]) {
      expect(isOnCurve(curve, point)).toBe(true);
      expect(load({ coordinates: encoded(profile, point) })).toBeUndefined();
    }
  });
});

/** Points with small abscissas; the moduli leave three when divided by four, so a root is a power. */
function pointsOfCurve({ curve }: NationalProfile, count: number): readonly Point[] {
  const { field, a, b } = curve;
  const points: Point[] = [];
  for (let x = 1n; points.length < count; x += 1n) {
    const y = power((x * x + a) * x + b, (field.modulus + 1n) / 4n, field.modulus);
    if (isOnCurve(curve, { x, y })) points.push({ x, y });
  }
  return points;
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (const bit of exponent.toString(2)) {
    result = (result * result) % modulus;
    if (bit === '1') result = (result * base) % modulus;
  }
  return result;
}

describe.each(profiles)('signatures of $family', (profile) => {
  const { curve, coordinateBytes: size } = profile;
  const key = makeNationalKey(profile.family);
  const load = () => nationalSuite.loadKey(key.subjectPublicKeyInfo);
  const scheme = load()?.scheme(algorithm(profile.signatureOid, nullValue()), undefined);
  const signature = signNational(key, message);
  const r = numberOf(signature.subarray(0, size));
  const s = numberOf(signature.subarray(size));

  test('are right as r || s with the lowest octets first and in no other order', () => {
    const [first, second] = [signature.subarray(0, size), signature.subarray(size)];
    expect(scheme?.verify(message, signature)).toBe(true);
    for (const other of [
      concat([second, first]),
      concat([first.toReversed(), second.toReversed()]),
      signature.toReversed(),
      signature.subarray(1),
      concat([signature, Uint8Array.of(0)]),
      octetString(signature),
      new Uint8Array(0),
    ])
      expect(scheme?.verify(message, other)).toBe(false);
  });

  test('are wrong with any octet altered, by another key and over another message', () => {
    for (let at = 0; at < signature.length; at += 1) {
      const altered = Uint8Array.from(signature);
      altered[at] = (altered[at] ?? 0) ^ 0x10;
      expect(scheme?.verify(message, altered)).toBe(false);
    }
    const other = nationalSuite.loadKey(makeNationalKey(profile.family).subjectPublicKeyInfo);
    expect(other?.scheme(algorithm(profile.signatureOid), undefined)?.verify(message, signature)).toBe(false);
    expect(scheme?.verify(message.subarray(1), signature)).toBe(false);
  });

  test('are wrong with numbers of zero or not below the order', () => {
    const fits = (number: bigint): boolean => number < 256n ** BigInt(size);
    const pairs = [
      [0n, s],
      [r, 0n],
      [0n, 0n],
      [curve.order, s],
      [r, curve.order],
      [r + curve.order, s],
      [r, s + curve.order],
    ] as const;
    for (const [a, b] of pairs) {
      if (!fits(a) || !fits(b)) continue;
      expect(scheme?.verify(message, concat([octetsOf(a, size), octetsOf(b, size)]))).toBe(false);
    }
  });

  test('are judged alike before and after the key has its table', () => {
    const returning = load()?.scheme(algorithm(profile.signatureOid), profile.digestOid);
    for (let i = 0; i < 20; i += 1) {
      expect(returning?.verify(message, signature)).toBe(true);
      expect(returning?.verify(message.subarray(1), signature)).toBe(false);
    }
  });

  test('name their scheme by signature and digest, or in CMS by key and digest', () => {
    const other = profiles.find(({ digestOid }) => digestOid !== profile.digestOid);
    const nameOf = (by: AlgorithmIdentifier, digestOid?: string): string | undefined =>
      load()?.scheme(by, digestOid)?.name;
    expect(nameOf(algorithm(profile.signatureOid, nullValue()))).toBe(profile.schemeName);
    expect(nameOf(algorithm(profile.signatureOid), profile.digestOid)).toBe(profile.schemeName);
    expect(nameOf(algorithm(profile.keyOid), profile.digestOid)).toBe(profile.schemeName);
    expect(nameOf(algorithm(profile.keyOid, nullValue()), profile.digestOid)).toBe(profile.schemeName);
    expect(nameOf(algorithm(profile.keyOid))).toBeUndefined();
    expect(nameOf(algorithm(profile.keyOid), other?.digestOid)).toBeUndefined();
    expect(nameOf(algorithm(profile.signatureOid), other?.digestOid)).toBeUndefined();
    expect(nameOf(algorithm(profile.signatureOid), oids.sha256)).toBeUndefined();
    expect(nameOf(algorithm(profile.signatureOid, sequence()), profile.digestOid)).toBeUndefined();
    expect(nameOf(algorithm(oids.sha256WithRsa, nullValue()), profile.digestOid)).toBeUndefined();
  });

  test('made twice are the same, and a nonce that is given decides', () => {
    expect(signNational(key, message)).toEqual(signature);
    expect(signNational(key, message, 5n)).not.toEqual(signature);
    expect(scheme?.verify(message, signNational(key, message, 5n))).toBe(true);
    expect(() => signNational(key, message, curve.order)).toThrow('nonce');
  });
});
