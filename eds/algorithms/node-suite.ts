import { constants, createPublicKey, hash, verify, type KeyObject } from 'node:crypto';
import { certificateLimits, oids, openDer, readInteger, readOid, tags } from '../der/index.ts';
import { hasNoParameters, readSubjectPublicKeyInfo, type AlgorithmIdentifier } from './identifier.ts';
import { readPssDigest } from './pss.ts';
import type { AlgorithmSuite, SignatureScheme, VerifyingKey } from './suite.ts';

/** Digests of node:crypto by OID. Weak ones are here to be named in a report; the algorithm policy refuses them. */
const digestNames: Readonly<Record<string, string>> = {
  [oids.md5]: 'md5',
  [oids.sha1]: 'sha1',
  [oids.sha256]: 'sha256',
  [oids.sha384]: 'sha384',
  [oids.sha512]: 'sha512',
};

const rsaDigests: Readonly<Record<string, string>> = {
  [oids.md5WithRsa]: 'md5',
  [oids.sha1WithRsa]: 'sha1',
  [oids.sha256WithRsa]: 'sha256',
  [oids.sha384WithRsa]: 'sha384',
  [oids.sha512WithRsa]: 'sha512',
};

const ecdsaDigests: Readonly<Record<string, string>> = {
  [oids.ecdsaWithSha1]: 'sha1',
  [oids.ecdsaWithSha256]: 'sha256',
  [oids.ecdsaWithSha384]: 'sha384',
  [oids.ecdsaWithSha512]: 'sha512',
};

const curves: Readonly<Record<string, { readonly family: string; readonly sizeBits: number }>> = {
  [oids.p256]: { family: 'ec-p256', sizeBits: 256 },
  [oids.p384]: { family: 'ec-p384', sizeBits: 384 },
};

/** RSA keys beyond this cost more than any honest certificate needs: a verification at 8192 bits takes about 0.4 ms. */
const rsaSizeMaxBits = 8192;

/** RSA (PKCS#1 v1.5, PSS) and ECDSA (P-256, P-384) by node:crypto; works on OpenSSL and on Electron's BoringSSL. */
export const nodeSuite: AlgorithmSuite = {
  digest: (digestOid, content) => {
    const name = digestNames[digestOid];
    return name === undefined ? undefined : hash(name, content, 'buffer');
  },
  loadKey,
};

function loadKey(spki: Uint8Array): VerifyingKey | undefined {
  const info = readSubjectPublicKeyInfo(spki);
  if (info === undefined) return undefined;
  const { algorithm, keyBits } = info;
  if (algorithm.oid === oids.rsaEncryption) return loadRsa(spki, algorithm, keyBits);
  return algorithm.oid === oids.ecPublicKey ? loadEc(spki, algorithm) : undefined;
}

function loadRsa(spki: Uint8Array, algorithm: AlgorithmIdentifier, keyBits: Uint8Array): VerifyingKey | undefined {
  const sizeBits = rsaSizeBits(keyBits);
  if (!hasNoParameters(algorithm) || sizeBits === undefined || sizeBits > rsaSizeMaxBits) return undefined;
  const key = importKey(spki);
  return key && { family: 'rsa', sizeBits, scheme: (signature, digestOid) => rsaScheme(key, signature, digestOid) };
}

function loadEc(spki: Uint8Array, algorithm: AlgorithmIdentifier): VerifyingKey | undefined {
  // Named curves only: explicit parameters let an attacker choose the generator.
  const curveReader = openDer(algorithm.parameters ?? new Uint8Array(0), certificateLimits);
  const curve = curves[readOid(curveReader)];
  if (curveReader.fault !== undefined || curve === undefined) return undefined;
  const key = importKey(spki);
  return key && { ...curve, scheme: (signature, digestOid) => ecdsaScheme(key, signature, digestOid) };
}

function rsaSizeBits(keyBits: Uint8Array): number | undefined {
  const reader = openDer(keyBits, certificateLimits);
  const key = reader.enter(tags.sequence);
  const modulus = readInteger(key);
  const exponent = readInteger(key);
  key.finish();
  const isNegative = (modulus[0] ?? 0x80) >= 0x80 || (exponent[0] ?? 0x80) >= 0x80;
  if (reader.fault !== undefined || isNegative || !isUsualExponent(exponent)) return undefined;
  const magnitude = modulus[0] === 0 ? modulus.subarray(1) : modulus;
  return magnitude.length * 8 - Math.clz32(magnitude[0] ?? 0) + 24;
}

/** Odd, from 3 up, within 64 bits: 1 would make every message its own signature, and a huge one costs as much as a private operation. */
function isUsualExponent(exponent: Uint8Array): boolean {
  const isOdd = ((exponent.at(-1) ?? 0) & 1) === 1;
  return isOdd && exponent.length <= 9 && !(exponent.length === 1 && exponent[0] === 1);
}

function importKey(spki: Uint8Array): KeyObject | undefined {
  try {
    return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  } catch {
    // node:crypto reports a point off the curve or a malformed modulus only by throwing.
    return undefined;
  }
}

function rsaScheme(
  key: KeyObject,
  algorithm: AlgorithmIdentifier,
  digestOid: string | undefined,
): SignatureScheme | undefined {
  if (algorithm.oid === oids.rsaPss) return pssScheme(key, algorithm, digestOid);
  if (!hasNoParameters(algorithm)) return undefined;
  const declared = digestOid === undefined ? undefined : digestNames[digestOid];
  const digest = algorithm.oid === oids.rsaEncryption ? declared : rsaDigests[algorithm.oid];
  if (digest === undefined || (digestOid !== undefined && declared !== digest)) return undefined;
  // A bare RSA key means this padding, and node takes it a third faster than one with options.
  return scheme(`rsa-pkcs1-${digest}`, digest, key);
}

function pssScheme(
  key: KeyObject,
  algorithm: AlgorithmIdentifier,
  digestOid: string | undefined,
): SignatureScheme | undefined {
  const pss = readPssDigest(algorithm.parameters);
  const digest = pss === undefined ? undefined : digestNames[pss.digestOid];
  if (pss === undefined || digest === undefined || (digestOid !== undefined && digestOid !== pss.digestOid))
    return undefined;
  return scheme(`rsa-pss-${digest}`, digest, {
    key,
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: pss.saltLengthBytes,
  });
}

function ecdsaScheme(
  key: KeyObject,
  algorithm: AlgorithmIdentifier,
  digestOid: string | undefined,
): SignatureScheme | undefined {
  const digest = ecdsaDigests[algorithm.oid];
  // RFC 5758 §3.2: the parameters of ECDSA identifiers are absent.
  if (digest === undefined || algorithm.parameters !== undefined) return undefined;
  if (digestOid !== undefined && digestNames[digestOid] !== digest) return undefined;
  return scheme(`ecdsa-${digest}`, digest, { key, dsaEncoding: 'der' });
}

function scheme(name: string, digest: string, key: Parameters<typeof verify>[2]): SignatureScheme {
  return {
    name,
    verify: (message, signature) => {
      try {
        return verify(digest, message, key, signature);
      } catch {
        // Some malformed signatures are reported by throwing instead of by `false`, depending on the library beneath.
        return false;
      }
    },
  };
}
