import { constants, createPublicKey, diffieHellman, privateEncrypt, type KeyObject } from 'node:crypto';
import { p256, p384 } from '@noble/curves/nist.js';

const curves = { prime256v1: { curve: p256, name: 'P-256' }, secp384r1: { curve: p384, name: 'P-384' } } as const;

function curveOf(key: KeyObject): (typeof curves)[keyof typeof curves] {
  const name = key.asymmetricKeyDetails?.namedCurve;
  if (name !== 'prime256v1' && name !== 'secp384r1') throw new Error('the virtual card has P-256 and P-384 only');
  return curves[name];
}

/** The bare operation of a card: RSA without padding, or ECDSA over a digest made outside (answered in DER, as PIV cards do). */
export function signBare(key: KeyObject, input: Buffer): Buffer {
  if (key.asymmetricKeyType === 'rsa') return privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, input);
  const { curve } = curveOf(key);
  const scalar = Buffer.from(key.export({ format: 'jwk' }).d ?? '', 'base64url');
  return Buffer.from(curve.sign(input, scalar, { prehash: false, format: 'der', lowS: false }));
}

/** The x coordinate that this key and the point of the other side share. */
export function agreeBare(key: KeyObject, point: Buffer): Buffer {
  const width = (point.length - 1) / 2;
  const publicKey = createPublicKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: curveOf(key).name,
      x: point.subarray(1, 1 + width).toString('base64url'),
      y: point.subarray(1 + width).toString('base64url'),
    },
  });
  return diffieHellman({ privateKey: key, publicKey });
}
