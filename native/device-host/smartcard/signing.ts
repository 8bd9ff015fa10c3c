import { createHash, verify, X509Certificate } from 'node:crypto';
import pkcs11js from 'pkcs11js';
import type { SignatureMechanism, SigningWay } from '../../../contracts/device-host/index.ts';
import { ok, refuse, type Result } from '../../../core/kernel/index.ts';
import { certificateOf } from './certificates.ts';
import { authenticateIfAsked, outputMaxBytes, withKey, type KeyRefusal, type KeyUse } from './keys.ts';
import type { CardSession, ModuleFinder } from './login.ts';
import { number } from './objects.ts';
import { wayOf } from './profiles.ts';

/** DigestInfo of SHA-256 (RFC 8017 §9.2, note 1). */
const sha256DigestInfo = Buffer.from('3031300d060960864801650304020105000420', 'hex');

/** What this process knows of a mechanism. The national ones it neither hashes nor verifies: the caller does both. */
type Known = { readonly hash: 'sha256' | 'sha384'; readonly keyType: string; readonly curve?: string };
const known: Readonly<Partial<Record<SignatureMechanism, Known>>> = {
  'rsa-pkcs1-sha256': { hash: 'sha256', keyType: 'rsa' },
  'ecdsa-p256-sha256': { hash: 'sha256', keyType: 'ec', curve: 'prime256v1' },
  'ecdsa-p384-sha384': { hash: 'sha384', keyType: 'ec', curve: 'secp384r1' },
};

export type SigningUse = KeyUse & {
  readonly mechanism: SignatureMechanism;
  readonly data: Uint8Array;
  /** The digest of `data`, which a national token that does not hash signs. */
  readonly digest?: Uint8Array | undefined;
};

/**
 * Signs by the module's profile. RSA and ECDSA are checked with the certificate of the same key: a faulty token is found here and not by
 * the first reader of the act. National signatures are checked by the caller, who alone can.
 */
export function signOnCard(
  modules: ModuleFinder,
  use: SigningUse,
): Result<{ signature: Uint8Array }, KeyRefusal | 'card-signature-wrong'> {
  return withKey<{ signature: Uint8Array }, KeyRefusal | 'card-signature-wrong'>(modules, use, (card, key) => {
    const der = certificateOf(card, use.keyId);
    if (der === undefined) return refuse('key-absent');
    const way = wayOf(card.profile, use.mechanism, card.api.C_GetMechanismList(card.slot));
    const input = way && isKeyOf(way, card, key) && isCertificateOf(use.mechanism, der) ? inputOf(way, use) : undefined;
    if (way === undefined || input === undefined) return refuse('mechanism-unsupported');
    const { api, session } = card;
    api.C_SignInit(session, { mechanism: way.type }, key);
    authenticateIfAsked(card, key);
    const answered = api.C_Sign(session, input, Buffer.alloc(outputMaxBytes));
    const signature = inOrder(way, Uint8Array.from(answered));
    return isRight(use, der, signature) ? ok({ signature }) : refuse('card-signature-wrong');
  });
}

/** Keys of another type are not tried: some modules sign with whatever they find. A token that does not tell the type is believed. */
function isKeyOf(way: SigningWay, { api, session }: CardSession, key: Buffer): boolean {
  const type = number(api, session, key, pkcs11js.CKA_KEY_TYPE);
  return type === undefined || way.keyTypes.includes(type);
}

function isCertificateOf(mechanism: SignatureMechanism, der: Buffer): boolean {
  const expected = known[mechanism];
  if (expected === undefined) return true;
  const { publicKey } = new X509Certificate(der);
  const curve = publicKey.asymmetricKeyDetails?.namedCurve;
  return publicKey.asymmetricKeyType === expected.keyType && curve === expected.curve;
}

function inputOf(way: SigningWay, { mechanism, data, digest }: SigningUse): Buffer | undefined {
  if (way.input === 'data') return Buffer.from(data);
  const hash = known[mechanism]?.hash;
  const ready = hash === undefined ? digest : createHash(hash).update(data).digest();
  if (ready === undefined) return undefined;
  const ordered = way.digestOrder === 'reversed' ? Buffer.from(ready).reverse() : Buffer.from(ready);
  return way.input === 'digest-info' ? Buffer.concat([sha256DigestInfo, ordered]) : ordered;
}

/** The signature as CMS writes it, from the order in which this module answers. */
function inOrder({ signatureOrder }: SigningWay, answered: Uint8Array): Uint8Array {
  const half = answered.length / 2;
  const [first, second] = [answered.slice(0, half), answered.slice(half)];
  switch (signatureOrder) {
    case 'as-answered':
      return answered;
    case 'reversed':
      return answered.reverse();
    case 'halves-reversed':
      return Uint8Array.from([...first.reverse(), ...second.reverse()]);
    case 'halves-swapped':
      return Uint8Array.from([...second, ...first]);
  }
}

function isRight({ mechanism, data }: SigningUse, der: Buffer, signature: Uint8Array): boolean {
  const hash = known[mechanism]?.hash;
  if (hash === undefined) return true;
  const { publicKey } = new X509Certificate(der);
  return verify(hash, data, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature);
}
