import { createDecipheriv, pbkdf2Sync } from 'node:crypto';
import { ok, refuse, type Result } from '../../core/kernel/index.ts';
import { hasNoParameters, readAlgorithm, type AlgorithmIdentifier } from '../algorithms/index.ts';
import { certificateLimits, openDer, readOctets, readSmallInteger, tags, type DerReader } from '../der/index.ts';
import { deriveOctets, derivationPurpose, type DerivationDigest } from './key-derivation.ts';
import { spend, type Opening } from './limits.ts';
import { pkcs12Oids as oids } from './oids.ts';
import { decryptRc2 } from './rc2.ts';

type Decrypted = Result<Uint8Array, 'pkcs12-malformed' | 'pkcs12-unsupported' | 'pkcs12-too-costly'>;
type Decrypt = (key: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array) => Uint8Array | undefined;
type Cipher = { readonly keyBytes: number; readonly ivBytes: number; readonly decrypt: Decrypt };

const sha1: DerivationDigest = { name: 'sha1', outputBytes: 20, blockBytes: 64 };

/** Ciphers whose key and initial value both come from the password by the derivation of PKCS#12 with SHA-1 (RFC 7292 §C). */
const ciphersOfPkcs12: Readonly<Record<string, Cipher>> = {
  [oids.tripleDes]: { keyBytes: 24, ivBytes: 8, decrypt: decryptWith('des-ede3-cbc') },
  [oids.doubleDes]: { keyBytes: 16, ivBytes: 8, decrypt: decryptDoubleDes },
  [oids.rc2Of128Bits]: { keyBytes: 16, ivBytes: 8, decrypt: decryptRc2 },
  [oids.rc2Of40Bits]: { keyBytes: 5, ivBytes: 8, decrypt: decryptRc2 },
};

/** Ciphers of PBES2 (RFC 8018 §6.2), whose initial value is their parameter. */
const ciphersOfPbes2: Readonly<Record<string, Cipher>> = {
  [oids.aes128Cbc]: { keyBytes: 16, ivBytes: 16, decrypt: decryptWith('aes-128-cbc') },
  [oids.aes192Cbc]: { keyBytes: 24, ivBytes: 16, decrypt: decryptWith('aes-192-cbc') },
  [oids.aes256Cbc]: { keyBytes: 32, ivBytes: 16, decrypt: decryptWith('aes-256-cbc') },
};

const pseudoRandomFunctions: Readonly<Record<string, string>> = {
  [oids.hmacSha1]: 'sha1',
  [oids.hmacSha256]: 'sha256',
  [oids.hmacSha384]: 'sha384',
  [oids.hmacSha512]: 'sha512',
};

/**
 * Decrypts what a password protects: 3DES and RC2 of PKCS#12, AES-CBC under PBES2 with PBKDF2. Refuses `pkcs12-unsupported` for other
 * algorithms and `pkcs12-malformed` where the padding shows that the octets are not what was encrypted.
 */
export function decryptByPassword(algorithm: AlgorithmIdentifier, ciphertext: Uint8Array, opening: Opening): Decrypted {
  const cipher = ciphersOfPkcs12[algorithm.oid];
  if (cipher !== undefined) return decryptByPkcs12(cipher, algorithm, ciphertext, opening);
  return algorithm.oid === oids.pbes2 ? decryptByPbes2(algorithm, ciphertext, opening) : refuse('pkcs12-unsupported');
}

function decryptByPkcs12(
  cipher: Cipher,
  algorithm: AlgorithmIdentifier,
  ciphertext: Uint8Array,
  opening: Opening,
): Decrypted {
  const reader = openDer(algorithm.parameters ?? new Uint8Array(0), certificateLimits);
  const parameters = reader.enter(tags.sequence);
  const salt = readOctets(parameters);
  const iterations = readSmallInteger(parameters);
  parameters.finish();
  reader.finish();
  if (reader.fault !== undefined || salt.length === 0) return refuse('pkcs12-malformed');
  // The longest key takes two output blocks and the initial value one.
  if (!spend(opening, iterations * (cipher.keyBytes > sha1.outputBytes ? 3 : 2))) return refuse('pkcs12-too-costly');
  const derive = (purpose: number, sizeBytes: number): Uint8Array =>
    deriveOctets({ digest: sha1, purpose, password: opening.text, salt, iterations, sizeBytes });
  const key = derive(derivationPurpose.encryptionKey, cipher.keyBytes);
  const iv = derive(derivationPurpose.initialValue, cipher.ivBytes);
  return decrypted(cipher, key, iv, ciphertext);
}

function decryptByPbes2(algorithm: AlgorithmIdentifier, ciphertext: Uint8Array, opening: Opening): Decrypted {
  const reader = openDer(algorithm.parameters ?? new Uint8Array(0), certificateLimits);
  const parameters = reader.enter(tags.sequence);
  const derivation = readAlgorithm(parameters);
  const scheme = readAlgorithm(parameters);
  parameters.finish();
  reader.finish();
  const cipher = ciphersOfPbes2[scheme.oid];
  const iv = scheme.parameters?.[0] === tags.octetString ? scheme.parameters.subarray(2) : undefined;
  if (reader.fault !== undefined) return refuse('pkcs12-malformed');
  if (cipher === undefined || derivation.oid !== oids.pbkdf2) return refuse('pkcs12-unsupported');
  if (iv?.length !== cipher.ivBytes) return refuse('pkcs12-malformed');
  const pbkdf2 = readPbkdf2(openDer(derivation.parameters ?? new Uint8Array(0), certificateLimits));
  if (pbkdf2 === undefined || (pbkdf2.keyBytes ?? cipher.keyBytes) !== cipher.keyBytes)
    return refuse('pkcs12-malformed');
  const prf = pseudoRandomFunctions[pbkdf2.prfOid];
  if (prf === undefined) return refuse('pkcs12-unsupported');
  if (!spend(opening, pbkdf2.iterations)) return refuse('pkcs12-too-costly');
  const key = pbkdf2Sync(opening.utf8, pbkdf2.salt, pbkdf2.iterations, cipher.keyBytes, prf);
  return decrypted(cipher, key, iv, ciphertext);
}

type Pbkdf2 = {
  readonly salt: Uint8Array;
  readonly iterations: number;
  readonly keyBytes: number | undefined;
  readonly prfOid: string;
};

/** PBKDF2-params (RFC 8018 §A.2). */
function readPbkdf2(reader: DerReader): Pbkdf2 | undefined {
  const parameters = reader.enter(tags.sequence);
  const salt = readOctets(parameters);
  const iterations = readSmallInteger(parameters);
  const keyBytes = parameters.peek() === tags.integer ? readSmallInteger(parameters) : undefined;
  const prf = parameters.hasMore ? readAlgorithm(parameters) : undefined;
  parameters.finish();
  reader.finish();
  if (reader.fault !== undefined || (prf !== undefined && !hasNoParameters(prf))) return undefined;
  return { salt, iterations, keyBytes, prfOid: prf?.oid ?? oids.hmacSha1 };
}

function decrypted(cipher: Cipher, key: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array): Decrypted {
  const plaintext = cipher.decrypt(key, iv, ciphertext);
  key.fill(0);
  return plaintext === undefined ? refuse('pkcs12-malformed') : ok(plaintext);
}

function decryptWith(name: string): Decrypt {
  return (key, iv, ciphertext) => {
    try {
      const decipher = createDecipheriv(name, key, iv);
      return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
    } catch {
      // node:crypto reports wrong padding only by throwing.
      return undefined;
    }
  };
}

/** Two keys of DES, used as the first, the second and the first again. */
function decryptDoubleDes(key: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array): Uint8Array | undefined {
  const whole = Buffer.concat([key, key.subarray(0, 8)]);
  const plaintext = decryptWith('des-ede3-cbc')(whole, iv, ciphertext);
  whole.fill(0);
  return plaintext;
}
