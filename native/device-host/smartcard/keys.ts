import { X509Certificate } from 'node:crypto';
import pkcs11js from 'pkcs11js';
import type { AgreementMechanism, DecryptionMechanism, TokenReference } from '../../../contracts/device-host/index.ts';
import { ok, refuse, type Result } from '../../../core/kernel/index.ts';
import { certificateOf } from './certificates.ts';
import { withSession, type CardSession, type ModuleFinder, type SessionRefusal } from './login.ts';
import { removeOaep } from './oaep.ts';
import { attribute, findObjects, flag } from './objects.ts';
import { isPkcs11Error } from './refusals.ts';
import { didCardStay } from './tokens.ts';

/** As wide as the widest key that a card holds, RSA-4096, with room to spare. */
export const outputMaxBytes = 1_024;

const vagueErrors: ReadonlySet<number> = new Set([
  pkcs11js.CKR_GENERAL_ERROR,
  pkcs11js.CKR_FUNCTION_FAILED,
  pkcs11js.CKR_DEVICE_ERROR,
  pkcs11js.CKR_ARGUMENTS_BAD,
  pkcs11js.CKR_TOKEN_NOT_RECOGNIZED,
  pkcs11js.CKR_DATA_INVALID,
  pkcs11js.CKR_DATA_LEN_RANGE,
]);

export type KeyUse = { readonly token: TokenReference; readonly keyId: string; readonly pin?: Uint8Array | undefined };
export type KeyRefusal = SessionRefusal | 'key-absent';

export function withKey<T, Code extends string>(
  modules: ModuleFinder,
  use: KeyUse,
  run: (card: CardSession, key: Buffer) => Result<T, Code>,
): Result<T, Code | KeyRefusal> {
  return withSession<T, Code | KeyRefusal>(modules, { token: use.token, login: { pin: use.pin } }, (card) => {
    const [key] = findObjects(card.api, card.session, 'private-key', use.keyId);
    return key === undefined ? refuse('key-absent') : run(card, key);
  });
}

/** A key that wants its own login gets it between the start of the operation and the operation (PKCS#11 2.40 §11.6, C_Login). */
export function authenticateIfAsked(card: CardSession, key: Buffer): void {
  if (flag(card.api, card.session, key, pkcs11js.CKA_ALWAYS_AUTHENTICATE) === true) card.authenticateAgain();
}

/**
 * A token that is still there and says no more than "failed" has met a ciphertext that is not for its key: SoftHSM answers
 * CKR_GENERAL_ERROR to wrong padding, to a number beyond the modulus and to a wrong width alike.
 */
function decryptInto(card: CardSession, ciphertext: Uint8Array, space: Buffer): Buffer | undefined {
  const { api, session, slot } = card;
  try {
    return api.C_Decrypt(session, Buffer.from(ciphertext), space);
  } catch (error) {
    const isVague = isPkcs11Error(error) && vagueErrors.has(error.code);
    if (isVague && didCardStay(api, slot)) return undefined;
    throw error;
  }
}

/** The bare RSA operation on the token, padding removed in this process. */
function decryptBare(
  card: CardSession,
  key: Buffer,
  hash: 'sha1' | 'sha256',
  ciphertext: Uint8Array,
): Uint8Array | undefined {
  card.api.C_DecryptInit(card.session, { mechanism: pkcs11js.CKM_RSA_X_509 }, key);
  authenticateIfAsked(card, key);
  const space = Buffer.alloc(outputMaxBytes);
  const output = decryptInto(card, ciphertext, space);
  if (output === undefined) return undefined;
  // Some modules drop leading zeroes of the number; the padding is checked on the full width.
  const encoded = new Uint8Array(ciphertext.length);
  encoded.set(output.subarray(0, encoded.length), Math.max(encoded.length - output.length, 0));
  const message = removeOaep(encoded, hash);
  space.fill(0);
  encoded.fill(0);
  return message;
}

/** CKZ_DATA_SPECIFIED, which the binding does not name; no data, so the empty label. */
const dataSpecified = 1;

/** OAEP inside the token. SHA-1 only: SoftHSM 2.6 knows no other hash here. */
function decryptPadded(card: CardSession, key: Buffer, ciphertext: Uint8Array): Uint8Array | undefined {
  const parameter = {
    type: pkcs11js.CK_PARAMS_RSA_OAEP,
    hashAlg: pkcs11js.CKM_SHA_1,
    mgf: pkcs11js.CKG_MGF1_SHA1,
    source: dataSpecified,
  };
  card.api.C_DecryptInit(card.session, { mechanism: pkcs11js.CKM_RSA_PKCS_OAEP, parameter }, key);
  authenticateIfAsked(card, key);
  const space = Buffer.alloc(outputMaxBytes);
  const output = decryptInto(card, ciphertext, space);
  const message = output === undefined ? undefined : Uint8Array.from(output);
  space.fill(0);
  return message;
}

/** A ciphertext of another width is for another key; tokens answer to it as if they had failed or gone. */
function isOfKeyWidth(card: CardSession, keyId: string, ciphertext: Uint8Array): boolean {
  const der = certificateOf(card, keyId);
  if (der === undefined) return true;
  const bits = new X509Certificate(der).publicKey.asymmetricKeyDetails?.modulusLength;
  return bits === undefined || Math.ceil(bits / 8) === ciphertext.length;
}

/** Opens an OAEP ciphertext: by the token's own OAEP where it has the hash, else by the bare operation. */
export function decryptOnCard(
  modules: ModuleFinder,
  use: KeyUse & { readonly mechanism: DecryptionMechanism; readonly ciphertext: Uint8Array },
): Result<{ plaintext: Uint8Array }, KeyRefusal> {
  return withKey<{ plaintext: Uint8Array }, KeyRefusal>(modules, use, (card, key) => {
    if (!isOfKeyWidth(card, use.keyId, use.ciphertext)) return refuse('ciphertext-invalid');
    const offered = card.api.C_GetMechanismList(card.slot);
    const hash = use.mechanism === 'rsa-oaep-sha1' ? 'sha1' : 'sha256';
    const isPaddingOnToken = hash === 'sha1' && offered.includes(pkcs11js.CKM_RSA_PKCS_OAEP);
    if (!isPaddingOnToken && !offered.includes(pkcs11js.CKM_RSA_X_509)) return refuse('mechanism-unsupported');
    const plaintext = isPaddingOnToken
      ? decryptPadded(card, key, use.ciphertext)
      : decryptBare(card, key, hash, use.ciphertext);
    return plaintext === undefined ? refuse('ciphertext-invalid') : ok({ plaintext });
  });
}

const coordinateBytes: Record<AgreementMechanism, number> = { 'ecdh-p256': 32, 'ecdh-p384': 48 };

/** Diffie–Hellman on the token; the derived key is a session object, read and gone with the session. */
export function agreeOnCard(
  modules: ModuleFinder,
  use: KeyUse & { readonly mechanism: AgreementMechanism; readonly peerPublicKey: Uint8Array },
): Result<{ sharedSecret: Uint8Array }, KeyRefusal> {
  const width = coordinateBytes[use.mechanism];
  if (use.peerPublicKey.length !== 1 + 2 * width || use.peerPublicKey[0] !== 4) return refuse('peer-key-invalid');
  return withKey<{ sharedSecret: Uint8Array }, KeyRefusal>(modules, use, (card, key) => {
    const { api, session } = card;
    const parameter = {
      type: pkcs11js.CK_PARAMS_EC_DH,
      kdf: pkcs11js.CKD_NULL,
      publicData: Buffer.from(use.peerPublicKey),
    };
    authenticateIfAsked(card, key);
    const derived = api.C_DeriveKey(session, { mechanism: pkcs11js.CKM_ECDH1_DERIVE, parameter }, key, [
      { type: pkcs11js.CKA_CLASS, value: pkcs11js.CKO_SECRET_KEY },
      { type: pkcs11js.CKA_KEY_TYPE, value: pkcs11js.CKK_GENERIC_SECRET },
      { type: pkcs11js.CKA_TOKEN, value: false },
      { type: pkcs11js.CKA_SENSITIVE, value: false },
      { type: pkcs11js.CKA_EXTRACTABLE, value: true },
      { type: pkcs11js.CKA_VALUE_LEN, value: width },
    ]);
    const secret = attribute(api, session, derived, pkcs11js.CKA_VALUE);
    if (secret?.length !== width) return refuse('mechanism-unsupported');
    const sharedSecret = Uint8Array.from(secret);
    secret.fill(0);
    return ok({ sharedSecret });
  });
}
