import * as z from 'zod';
import { bytesOrNoneUpTo, bytesUpTo, defineVerbs } from '../rpc/index.ts';
import { moduleId, signatureMechanisms } from './configuration.ts';

/** Signed attributes are a few hundred bytes; the bound leaves room for other types of envelope, not for documents. */
const signedMaxBytes = 64 * 1024;
/** RSA-4096 and a P-521 point both fit. */
const keyMaterialMaxBytes = 1_024;
const ed25519PublicKeyBytes = 32;
const certificateMaxBytes = 32 * 1024;
/** PKCS#11 names no limit; real tokens stop at 16 to 32. */
const pinMaxBytes = 64;

const hex = (byteMax: number) => z.string().regex(new RegExp(`^(?:[0-9a-f]{2}){1,${byteMax}}$`, 'u'));

/** One card in one reader, as it was listed: a call about it is refused with `card-absent` once another card is there. */
const tokenReference = z.strictObject({
  moduleId,
  slotId: hex(16),
  serial: z.string().max(64),
});

/** The identifier (CKA_ID) that ties a private key to its certificate. */
const keyId = hex(64);

/** UTF-8 bytes; absent when the person enters the PIN on the reader. The host overwrites them after use. */
const pin = bytesUpTo(pinMaxBytes).optional();

/** `count-low`: at least one wrong PIN since the last right one. `final-try`: one more wrong PIN locks the card. */
const attempts = z.enum(['ok', 'count-low', 'final-try', 'locked']);

const signatureMechanism = z.enum(signatureMechanisms);
/** Streebog-512 is the longest digest. */
const digestMaxBytes = 64;
const decryptionMechanism = z.enum(['rsa-oaep-sha1', 'rsa-oaep-sha256']);
const agreementMechanism = z.enum(['ecdh-p256', 'ecdh-p384']);

const token = z.strictObject({
  reference: tokenReference,
  label: z.string().max(128),
  manufacturer: z.string().max(128),
  model: z.string().max(128),
  attempts,
  /** The PIN is entered on the reader: no PIN may be asked on the screen. */
  hasPinPad: z.boolean(),
  pinLengthMin: z.int().nonnegative(),
  pinLengthMax: z.int().nonnegative(),
  /** What this module can do with some key of this token; a single key may allow less. */
  mechanisms: z.array(z.union([signatureMechanism, decryptionMechanism, agreementMechanism])),
});

const moduleState = z.strictObject({
  id: moduleId,
  /** `loaded`, or why no card of this module can be seen. */
  state: z.enum(['loaded', 'card-module-missing', 'card-module-unusable', 'card-module-set-aside']),
});

const certificate = z.strictObject({
  keyId,
  label: z.string().max(256),
  certificateDer: bytesUpTo(certificateMaxBytes),
  /** What the token says of the key; the certificate's own key usage is judged by its reader. */
  usableFor: z.strictObject({ sign: z.boolean(), decrypt: z.boolean(), agree: z.boolean() }),
});

/** What any call that addresses a card may meet; `pin-incorrect` carries `attempts`, `pin-length` the bounds. */
const cardRefusals = [
  'card-module-missing',
  'card-module-unusable',
  'card-module-set-aside',
  'card-absent',
  'card-removed',
  'card-busy',
  'card-failed',
  'pin-incorrect',
  'pin-locked',
  'pin-length',
  'pin-expired',
  'pin-entry-cancelled',
  'key-absent',
  'mechanism-unsupported',
  'ciphertext-invalid',
  'peer-key-invalid',
  'card-signature-wrong',
] as const;

/** A vendor library that dies or hangs takes only the device host with it. */
const moduleFailure = { lostAs: 'card-module-crashed', lateAs: 'card-module-hung' } as const;

/** A card answers in less than a second; the rest is for slow readers and a card that is being reset. */
const listingTimeoutMs = 15_000;
/** A token in a server answers at once; nobody enters a PIN on a reader. */
const unattendedTimeoutMs = 5_000;
/** PIN entry on a reader counts: readers give the person about 30 seconds for each of two entries. */
const keyUseTimeoutMs = 90_000;

/**
 * What main may ask about cards. A call with a PIN opens its own session, logs in, does one thing, logs out and closes.
 * `pin-incorrect` carries `attempts` in its details. No call is repeated by the host: each login may cost an attempt.
 */
export const smartcardVerbs = defineVerbs({
  'tokens.list': {
    input: z.strictObject({}),
    output: z.strictObject({ modules: z.array(moduleState), tokens: z.array(token) }),
    timeoutMs: listingTimeoutMs,
    refusals: [],
    ...moduleFailure,
  },
  /** Tries a module again that could not be used or was set aside. Where it is the death of the host again, the call is lost with it. */
  'modules.retry': {
    input: z.strictObject({ moduleId }),
    output: z.strictObject({}),
    timeoutMs: listingTimeoutMs,
    refusals: ['card-module-missing', 'card-module-unusable'],
    ...moduleFailure,
  },
  'certificates.list': {
    input: z.strictObject({ token: tokenReference }),
    output: z.strictObject({ certificates: z.array(certificate) }),
    timeoutMs: listingTimeoutMs,
    refusals: cardRefusals,
    ...moduleFailure,
  },
  /** Proves that the PIN is right, and nothing else. */
  'login.check': {
    input: z.strictObject({ token: tokenReference, pin }),
    output: z.strictObject({}),
    timeoutMs: keyUseTimeoutMs,
    refusals: cardRefusals,
    ...moduleFailure,
  },
  /**
   * Signs `data` (DER of signed attributes). RSA: as wide as the modulus. ECDSA: r and s side by side, 64 or 96 bytes. Both are verified with the card's
   * certificate before they are returned. GOST: r and s side by side, 64 or 128 bytes, the lowest octets first; the caller gives `digest`, since
   * not every token hashes, and verifies, since the host knows no such algorithm.
   */
  sign: {
    input: z.strictObject({
      token: tokenReference,
      keyId,
      mechanism: signatureMechanism,
      data: bytesUpTo(signedMaxBytes),
      digest: bytesUpTo(digestMaxBytes).optional(),
      pin,
    }),
    output: z.strictObject({ signature: bytesUpTo(keyMaterialMaxBytes) }),
    timeoutMs: keyUseTimeoutMs,
    refusals: cardRefusals,
    ...moduleFailure,
  },
  /** Opens what was encrypted to the card's RSA key. MGF1 uses the same hash; the label is empty. The caller wipes the plaintext. */
  decrypt: {
    input: z.strictObject({
      token: tokenReference,
      keyId,
      mechanism: decryptionMechanism,
      ciphertext: bytesUpTo(keyMaterialMaxBytes),
      pin,
    }),
    output: z.strictObject({ plaintext: bytesOrNoneUpTo(keyMaterialMaxBytes) }),
    timeoutMs: keyUseTimeoutMs,
    refusals: cardRefusals,
    ...moduleFailure,
  },
  /** Elliptic-curve Diffie–Hellman: the x coordinate, 32 or 48 bytes, not yet hashed. `peerPublicKey` is an uncompressed point. The caller wipes the secret. */
  agree: {
    input: z.strictObject({
      token: tokenReference,
      keyId,
      mechanism: agreementMechanism,
      peerPublicKey: bytesUpTo(keyMaterialMaxBytes),
      pin,
    }),
    output: z.strictObject({ sharedSecret: bytesUpTo(keyMaterialMaxBytes) }),
    timeoutMs: keyUseTimeoutMs,
    refusals: cardRefusals,
    ...moduleFailure,
  },
  /**
   * The public key of the Ed25519 pair under an identifier, 32 bytes; the pair is made in the token, never to leave it, where there is none.
   * `isExtractable`: a pair that was there, and that the token would give out.
   */
  'ed25519.ensure': {
    input: z.strictObject({ token: tokenReference, keyId, pin }),
    output: z.strictObject({ publicKey: bytesUpTo(ed25519PublicKeyBytes), isExtractable: z.boolean() }),
    timeoutMs: unattendedTimeoutMs,
    refusals: cardRefusals,
    ...moduleFailure,
  },
  /** Signs `data` by pure Ed25519 (RFC 8032), 64 bytes. No certificate stands beside such a key: the caller knows the public key, and verifies. */
  'ed25519.sign': {
    input: z.strictObject({ token: tokenReference, keyId, data: bytesUpTo(signedMaxBytes), pin }),
    output: z.strictObject({ signature: bytesUpTo(keyMaterialMaxBytes) }),
    timeoutMs: unattendedTimeoutMs,
    refusals: cardRefusals,
    ...moduleFailure,
  },
});

export type SmartcardVerbs = typeof smartcardVerbs;

/** What the device host announces about cards. A module that crashed announces nothing: ask `tokens.list` after `ready`. */
export const smartcardEvents = {
  'token.inserted': z.strictObject({ token }),
  'token.removed': z.strictObject({ reference: tokenReference }),
  /** A module is about to be loaded and to list its cards for the first time; `tried` says that the host outlived it. */
  'module.trying': z.strictObject({ moduleId }),
  'module.tried': z.strictObject({ moduleId }),
} as const;

export type TokenReference = z.infer<typeof tokenReference>;
export type TokenState = z.infer<typeof token>;
export type PinAttempts = z.infer<typeof attempts>;
export type CardCertificate = z.infer<typeof certificate>;
export type CardModuleState = z.infer<typeof moduleState>;
export type SignatureMechanism = z.infer<typeof signatureMechanism>;
export type DecryptionMechanism = z.infer<typeof decryptionMechanism>;
export type AgreementMechanism = z.infer<typeof agreementMechanism>;
export type CardMechanism = SignatureMechanism | DecryptionMechanism | AgreementMechanism;
