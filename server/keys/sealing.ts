import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  randomBytes,
  type KeyObject,
} from 'node:crypto';
import { assert, InvariantError, type Secret } from '../../core/kernel/index.ts';

const keySizeBytes = 32;
const nonceSizeBytes = 12;
const tagSizeBytes = 16;

/** Nonces are drawn from the system in pages: a call for each record would cost more than the cipher. */
const noncePageSizeBytes = 512 * nonceSizeBytes;
let noncePage = Buffer.alloc(0);

function freshNonce(): Buffer {
  if (noncePage.length < nonceSizeBytes) noncePage = randomBytes(noncePageSizeBytes);
  const nonce = noncePage.subarray(0, nonceSizeBytes);
  noncePage = noncePage.subarray(nonceSizeBytes);
  return nonce;
}

/** AES-256-GCM with a random nonce: nonce ‖ ciphertext ‖ tag. `purpose` is authenticated, so that no record passes for another. */
function sealWith(key: KeyObject, purpose: string, plain: Uint8Array | string): Buffer {
  const nonce = freshNonce();
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(purpose));
  const body = cipher.update(typeof plain === 'string' ? Buffer.from(plain) : plain);
  return Buffer.concat([nonce, body, cipher.final(), cipher.getAuthTag()]);
}

function openWith(key: KeyObject, purpose: string, sealed: Uint8Array): Buffer {
  assert(sealed.length >= nonceSizeBytes + tagSizeBytes, 'sealing: a record is longer than its overhead');
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceSizeBytes));
  decipher.setAAD(Buffer.from(purpose));
  decipher.setAuthTag(sealed.subarray(sealed.length - tagSizeBytes));
  try {
    return Buffer.concat([
      decipher.update(sealed.subarray(nonceSizeBytes, sealed.length - tagSizeBytes)),
      decipher.final(),
    ]);
  } catch {
    throw new InvariantError('sealing: a stored record is what was sealed');
  }
}

/** A data key of one subject: what is destroyed when his data must be. */
export type DataKey = {
  readonly seal: (purpose: string, plain: Uint8Array | string) => Buffer;
  /** Throws where the record is not what this key sealed for this purpose: the database was edited. */
  readonly open: (purpose: string, sealed: Uint8Array) => Buffer;
};

/** The wrapping key of the platform over all data keys. */
export type Keyring = {
  /** A fresh data key and its wrapped form, bound to the subject. */
  readonly create: (subject: string) => { readonly key: DataKey; readonly wrapped: Buffer };
  readonly unwrap: (subject: string, wrapped: Uint8Array) => DataKey;
  /** Seals a short-lived record by the wrapping key itself. */
  readonly seal: (purpose: string, plain: string) => Buffer;
  readonly open: (purpose: string, sealed: Uint8Array) => Buffer;
  /** Keyed fingerprint, so that a person can be found without his number standing in a column. */
  readonly tag: (purpose: string, text: string) => string;
};

/** As a key object: the cipher takes one three times as fast as bytes, and it cannot be logged. */
function dataKey(bytes: Uint8Array): DataKey {
  const key = createSecretKey(bytes);
  return {
    seal: (purpose, plain) => sealWith(key, purpose, plain),
    open: (purpose, sealed) => openWith(key, purpose, sealed),
  };
}

/** Opens the keyring; the secret is wiped, and its key stays with the ring for the life of the server. */
export function createKeyring(wrappingKey: Secret<'data-wrapping-key'>): Keyring {
  const key = wrappingKey.use((bytes) => createSecretKey(bytes));
  wrappingKey.wipe();
  // Purposes are constants of the code; the log asks for the same two thousands of times a second.
  const tagKeys = new Map<string, KeyObject>();
  const tagKeyOf = (purpose: string): KeyObject => {
    const known = tagKeys.get(purpose);
    if (known !== undefined) return known;
    const made = createSecretKey(createHmac('sha256', key).update(`tag ${purpose}`).digest());
    tagKeys.set(purpose, made);
    return made;
  };
  return {
    create: (subject) => {
      const bytes = randomBytes(keySizeBytes);
      return { key: dataKey(bytes), wrapped: sealWith(key, `data-key ${subject}`, bytes) };
    },
    unwrap: (subject, wrapped) => dataKey(openWith(key, `data-key ${subject}`, wrapped)),
    seal: (purpose, plain) => sealWith(key, purpose, plain),
    open: (purpose, sealed) => openWith(key, purpose, sealed),
    tag: (purpose, text) => createHmac('sha256', tagKeyOf(purpose)).update(text).digest('hex'),
  };
}
