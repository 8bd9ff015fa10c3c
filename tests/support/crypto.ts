import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import type { Sha256, VerifyEd25519 } from '../../core/kernel/index.ts';

const privateKeyPrefix = Buffer.from('302e020100300506032b657004220420', 'hex');
const publicKeyPrefix = Buffer.from('302a300506032b6570032100', 'hex');

/** SHA-256 of node:crypto in the shape that `core` asks for. */
export const sha256: Sha256 = (...parts) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
};

/** Ed25519 verification of node:crypto in the shape that `core` asks for. */
export const verifyEd25519: VerifyEd25519 = (publicKey, message, signature) => {
  const key = createPublicKey({ key: Buffer.concat([publicKeyPrefix, publicKey]), format: 'der', type: 'spki' });
  return verify(null, Buffer.from(message), key, signature);
};

export type TestKey = {
  readonly privateKey: KeyObject;
  readonly publicKey: Uint8Array;
  readonly sign: (message: string | Uint8Array) => Uint8Array;
};

/** An Ed25519 key whose seed is the SHA-256 of its label: the same in every run, and of no worth. */
export function testKey(label: string): TestKey {
  const privateKey = createPrivateKey({
    key: Buffer.concat([privateKeyPrefix, sha256(label)]),
    format: 'der',
    type: 'pkcs8',
  });
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return {
    privateKey,
    publicKey: new Uint8Array(spki.subarray(publicKeyPrefix.length)),
    sign: (message) => new Uint8Array(sign(null, Buffer.from(message), privateKey)),
  };
}

const mlDsa44Prefix = Buffer.from('3034020100300b060960864801650304031104228020', 'hex');

/** An ML-DSA-44 key whose seed is the SHA-256 of its label; its signatures differ from each other, since FIPS 204 signs with chance. */
export function testMlDsa44Key(label: string): TestKey {
  const key = Buffer.concat([mlDsa44Prefix, sha256(label)]);
  const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return {
    privateKey,
    publicKey: new Uint8Array(spki.subarray(-1_312)),
    sign: (message) => new Uint8Array(sign(null, Buffer.from(message), privateKey)),
  };
}

/** The same bytes with one bit changed. */
export function flipBit(bytes: Uint8Array, at: number): Uint8Array {
  return bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
}
