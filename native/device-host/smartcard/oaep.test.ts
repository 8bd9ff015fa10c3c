import { constants, generateKeyPairSync, privateDecrypt, publicEncrypt } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seeded } from '../../../tests/support/index.ts';
import { removeOaep, type OaepHash } from './oaep.ts';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
const hashes: readonly OaepHash[] = ['sha1', 'sha256'];
/** RFC 8017 §7.1.1: the longest message is the modulus less two hashes and two bytes. */
const messageMaxBytes = { sha1: 128 - 42, sha256: 128 - 66 } as const;

/** What a token's bare operation gives: the padded number, as wide as the modulus. */
function bare(message: Uint8Array, hash: OaepHash): Uint8Array {
  const ciphertext = publicEncrypt(
    { key: publicKey, oaepHash: hash, padding: constants.RSA_PKCS1_OAEP_PADDING },
    message,
  );
  return new Uint8Array(privateDecrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, ciphertext));
}

describe.each(hashes)('OAEP with %s, removed in this process', (hash) => {
  test('gives back every message that OpenSSL padded', () => {
    const messages = fc.uint8Array({ maxLength: messageMaxBytes[hash] });
    fc.assert(
      fc.property(messages, (message) => {
        expect(Buffer.compare(removeOaep(bare(message, hash), hash) ?? Buffer.from('none'), message)).toBe(0);
      }),
      seeded(`OAEP ${hash} round trip`, 100),
    );
  });

  test('refuses a padding in which any one bit was changed', () => {
    const encoded = bare(Uint8Array.of(1, 2, 3), hash);
    for (let bit = 0; bit < encoded.length * 8; bit += 1) {
      const changed = encoded.slice();
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(removeOaep(changed, hash), `bit ${bit}`).toBeUndefined();
    }
  });

  test('refuses the padding of the other hash, noise, and a number too short to hold any', () => {
    const other = hash === 'sha1' ? 'sha256' : 'sha1';
    expect(removeOaep(bare(Uint8Array.of(1), other), hash)).toBeUndefined();
    expect(removeOaep(new Uint8Array(128).fill(7), hash)).toBeUndefined();
    expect(removeOaep(new Uint8Array(128), hash)).toBeUndefined();
    expect(removeOaep(new Uint8Array(10), hash)).toBeUndefined();
  });

  test('leaves what it was given as it was', () => {
    const encoded = bare(Uint8Array.of(9), hash);
    const before = encoded.slice();
    removeOaep(encoded, hash);
    expect(encoded).toEqual(before);
  });
});
