import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  bitString,
  integer,
  nullValue,
  objectIdentifier,
  oids,
  openDer,
  certificateLimits,
  sequence,
  tagged,
} from '../der/index.ts';
import { joinSuites, nodeSuite, readAlgorithm, type AlgorithmIdentifier } from './index.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const spkiOf = (key: typeof rsa.publicKey): Uint8Array => key.export({ format: 'der', type: 'spki' });
const rsaKey = nodeSuite.loadKey(spkiOf(rsa.publicKey));
const curveKey = nodeSuite.loadKey(spkiOf(curve.publicKey));

const algorithm = (oid: string, ...parameters: readonly Uint8Array[]): AlgorithmIdentifier =>
  readAlgorithm(openDer(sequence(objectIdentifier(oid), ...parameters), certificateLimits));

const pss = (digest: string, mask: string, saltLengthBytes: number, ...more: readonly Uint8Array[]) =>
  algorithm(
    oids.rsaPss,
    sequence(
      tagged(0, sequence(objectIdentifier(digest)), ...more),
      tagged(1, sequence(objectIdentifier(oids.mgf1), sequence(objectIdentifier(mask)))),
      tagged(2, integer(saltLengthBytes)),
    ),
  );

describe('the algorithms of node:crypto', () => {
  test('name keys by family and size', () => {
    expect([rsaKey?.family, rsaKey?.sizeBits, curveKey?.family, curveKey?.sizeBits]).toEqual([
      'rsa',
      2048,
      'ec-p256',
      256,
    ]);
    const odd = generateKeyPairSync('rsa', { modulusLength: 2047 }).publicKey;
    expect(nodeSuite.loadKey(spkiOf(odd))?.sizeBits).toBe(2047);
  });

  test('a scheme whose digest is not the declared one does not exist', () => {
    expect(rsaKey?.scheme(algorithm(oids.sha384WithRsa, nullValue()), oids.sha256)).toBeUndefined();
    expect(rsaKey?.scheme(algorithm(oids.sha256WithRsa, nullValue()), oids.sha256)?.name).toBe('rsa-pkcs1-sha256');
    expect(curveKey?.scheme(algorithm(oids.ecdsaWithSha256), oids.sha384)).toBeUndefined();
    expect(rsaKey?.scheme(pss(oids.sha256, oids.sha256, 32), oids.sha512)).toBeUndefined();
  });

  test('a scheme of one family does not exist for a key of another', () => {
    expect(curveKey?.scheme(algorithm(oids.sha256WithRsa, nullValue()), undefined)).toBeUndefined();
    expect(rsaKey?.scheme(algorithm(oids.ecdsaWithSha256), undefined)).toBeUndefined();
    expect(rsaKey?.scheme(algorithm('1.2.398.3.10.1.1.2.3.2', nullValue()), undefined)).toBeUndefined();
  });

  test('a certificate that names only the key as its signature algorithm has no scheme', () => {
    expect(rsaKey?.scheme(algorithm(oids.rsaEncryption, nullValue()), undefined)).toBeUndefined();
  });

  test('parameters where there must be none are refused', () => {
    expect(curveKey?.scheme(algorithm(oids.ecdsaWithSha256, nullValue()), undefined)).toBeUndefined();
    expect(rsaKey?.scheme(algorithm(oids.sha256WithRsa, integer(1)), undefined)).toBeUndefined();
  });

  test('PSS is verified with its salt length, and only when the mask uses the same digest', () => {
    const message = new Uint8Array([1, 2, 3]);
    const signature = sign('sha256', message, { key: rsa.privateKey, padding: 6, saltLength: 32 });
    const verify = (by: AlgorithmIdentifier): boolean | undefined =>
      rsaKey?.scheme(by, oids.sha256)?.verify(message, signature);
    expect(verify(pss(oids.sha256, oids.sha256, 32))).toBe(true);
    expect(verify(pss(oids.sha256, oids.sha256, 20))).toBe(false);
    expect(verify(pss(oids.sha256, oids.sha1, 32))).toBeUndefined();
    expect(verify(algorithm(oids.rsaPss))).toBeUndefined();
    // Nothing may hide behind a parameter, since nobody signed it.
    expect(verify(pss(oids.sha256, oids.sha256, 32, integer(1)))).toBeUndefined();
  });

  test('PSS parameters with octets that say nothing do not exist, since no signature covers them', () => {
    const sha256 = sequence(objectIdentifier(oids.sha256), nullValue());
    const schemeOf = (
      digest: readonly Uint8Array[],
      maskDigest: readonly Uint8Array[],
      salt: readonly Uint8Array[],
    ): string | undefined => {
      const mask = sequence(objectIdentifier(oids.mgf1), ...maskDigest);
      const parameters = sequence(tagged(0, ...digest), tagged(1, mask), tagged(2, ...salt));
      return rsaKey?.scheme(algorithm(oids.rsaPss, parameters), undefined)?.name;
    };
    expect(schemeOf([sha256], [sha256], [integer(32)])).toBe('rsa-pss-sha256');
    expect(schemeOf([sha256, nullValue()], [sha256], [integer(32)])).toBeUndefined();
    expect(schemeOf([sha256], [sha256], [integer(32), nullValue()])).toBeUndefined();
    const withText = sequence(objectIdentifier(oids.sha256), bitString(new Uint8Array(1)));
    expect(schemeOf([sha256], [withText], [integer(32)])).toBeUndefined();
    expect(schemeOf([withText], [sha256], [integer(32)])).toBeUndefined();
  });

  test('a curve given by its parameters instead of its name is no key', () => {
    const explicit = sequence(
      sequence(objectIdentifier(oids.ecPublicKey), sequence(integer(1))),
      bitString(new Uint8Array(65)),
    );
    expect(nodeSuite.loadKey(explicit)).toBeUndefined();
    const offCurve = sequence(
      sequence(objectIdentifier(oids.ecPublicKey), objectIdentifier(oids.p256)),
      bitString(new Uint8Array(65).fill(4)),
    );
    expect(nodeSuite.loadKey(offCurve)).toBeUndefined();
  });

  test('an RSA key so large that it would cost too much is no key', () => {
    const modulus = new Uint8Array(2048).fill(0xff);
    const huge = sequence(
      sequence(objectIdentifier(oids.rsaEncryption), nullValue()),
      bitString(sequence(integer(modulus), integer(65_537))),
    );
    expect(nodeSuite.loadKey(huge)).toBeUndefined();
  });

  test.each([
    ['one', Uint8Array.of(1)],
    ['even', Uint8Array.of(1, 0, 0)],
    ['as long as a private exponent', new Uint8Array(256).fill(0x7f)],
  ])('an RSA key whose exponent is %s is no key', (_, exponent) => {
    const modulus = new Uint8Array(256).fill(0xff);
    const of = (e: Uint8Array): Uint8Array =>
      sequence(
        sequence(objectIdentifier(oids.rsaEncryption), nullValue()),
        bitString(sequence(integer(modulus), integer(e))),
      );
    expect(nodeSuite.loadKey(of(exponent))).toBeUndefined();
    expect(nodeSuite.loadKey(of(Uint8Array.of(1, 0, 1)))?.sizeBits).toBe(2048);
  });

  test('a further suite answers for what the first does not know', () => {
    const digest = Uint8Array.of(7);
    const national = {
      digest: (oid: string) => (oid === '1.2.398.3.10.1.3.3' ? digest : undefined),
      loadKey: () => undefined,
    };
    const joined = joinSuites([nodeSuite, national]);
    expect(joined.digest('1.2.398.3.10.1.3.3', digest)).toBe(digest);
    expect(joined.digest(oids.sha256, digest)).toHaveLength(32);
    expect(joined.digest('1.2.3', digest)).toBeUndefined();
    expect(joined.loadKey(spkiOf(rsa.publicKey))?.family).toBe('rsa');
  });
});
