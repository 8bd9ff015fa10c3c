import { constants, createPrivateKey, sign, type KeyObject } from 'node:crypto';
import { ok, type Secret } from '../../core/kernel/index.ts';
import { certificateLimits, openDer, readOctets, readOid, tags } from '../../eds/der/index.ts';
import { nationalProfiles, type NationalProfile } from '../../eds/gost/index.ts';
import type { Signer, SigningAlgorithm } from '../../eds/index.ts';
import type { FileKey } from '../../eds/pkcs12/keys/index.ts';
import { makeNationalKey, signNational } from './national-key.ts';

/**
 * A signer over a private key in memory, for development and tests: RSA (PKCS#1 v1.5, or PSS when asked), P-256, P-384, and the national
 * standards. The key is read from the secret now; the secret may be wiped afterwards. Throws for a key of another kind.
 */
export function fileSigner(key: FileKey, options: { readonly isPss?: boolean } = {}): Signer<never> {
  const certificate = key.certificate.der;
  const national = Object.values(nationalProfiles).find(({ keyOid }) => keyOid === key.algorithmOid);
  if (national !== undefined) return nationalSigner(certificate, national, key.privateKeyInfo);
  const privateKey = key.privateKeyInfo.use((der) =>
    createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' }),
  );
  return memorySigner(certificate, privateKey, options);
}

/** The same over a key of node:crypto. */
export function memorySigner(
  certificate: Uint8Array,
  privateKey: KeyObject,
  { isPss = false }: { readonly isPss?: boolean } = {},
): Signer<never> {
  const algorithm = algorithmOf(privateKey, isPss);
  const padding = isPss ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 } : {};
  const hash = algorithm.endsWith('sha384') ? 'sha384' : 'sha256';
  const key = { key: privateKey, dsaEncoding: 'ieee-p1363', ...padding } as const;
  return {
    certificate,
    algorithm,
    sign: (signedAttributes) => Promise.resolve(ok(new Uint8Array(sign(hash, signedAttributes, key)))),
  };
}

function algorithmOf(key: KeyObject, isPss: boolean): SigningAlgorithm {
  const curve = key.asymmetricKeyDetails?.namedCurve;
  if (key.asymmetricKeyType === 'rsa') return isPss ? 'rsa-pss-sha256' : 'rsa-pkcs1-sha256';
  if (curve === 'prime256v1') return 'ecdsa-p256-sha256';
  if (curve === 'secp384r1') return 'ecdsa-p384-sha384';
  throw new Error('a key that no signature here is made with');
}

/** PKCS#8 of the national files: an OCTET STRING with the scalar, the lowest octet first. */
function nationalSigner(
  certificate: Uint8Array,
  { family }: NationalProfile,
  privateKeyInfo: Secret<'private-key'>,
): Signer<never> {
  const key = privateKeyInfo.use((der) => makeNationalKey(family, scalarIn(der)));
  return {
    certificate,
    algorithm: family,
    sign: (signedAttributes) => Promise.resolve(ok(signNational(key, signedAttributes))),
  };
}

function scalarIn(privateKeyInfo: Uint8Array): Uint8Array {
  const reader = openDer(privateKeyInfo, certificateLimits);
  const fields = reader.enter(tags.sequence);
  fields.skip();
  const algorithm = fields.enter(tags.sequence);
  readOid(algorithm);
  const inner = openDer(readOctets(fields), certificateLimits);
  const scalar = readOctets(inner);
  inner.finish();
  if (reader.fault !== undefined || inner.fault !== undefined) throw new Error('a national key of another form');
  return scalar;
}
