import pkcs11js from 'pkcs11js';
import { ok, refuse, type Result } from '../../../core/kernel/index.ts';
import { authenticateIfAsked, outputMaxBytes, withKey, type KeyRefusal, type KeyUse } from './keys.ts';
import { withSession, type CardSession, type ModuleFinder } from './login.ts';
import { attribute, findObjects, flag } from './objects.ts';

/** PKCS#11 3.0 §2.3, which the binding does not name; SoftHSM has had them since 2.4. */
const edwards = { keyType: 0x40, makePair: 0x1055, sign: 0x1057 } as const;
/** DER of id-Ed25519 (RFC 8410). */
const ed25519Parameters = Buffer.from('06032b6570', 'hex');
/** CKA_EC_POINT: the 32 bytes of RFC 8032 as an OCTET STRING. */
const pointHeader = Buffer.from('0420', 'hex');
const publicKeyBytes = 32;

type PublicPart = { readonly publicKey: Uint8Array; readonly isExtractable: boolean };

function publicPartOf({ api, session }: CardSession, key: Buffer, point: Buffer): PublicPart | undefined {
  const isPoint = point.length === pointHeader.length + publicKeyBytes && point.indexOf(pointHeader) === 0;
  if (!isPoint) return undefined;
  // What the token does not say is no promise that the key stays inside.
  const isKept =
    flag(api, session, key, pkcs11js.CKA_SENSITIVE) === true &&
    flag(api, session, key, pkcs11js.CKA_EXTRACTABLE) === false;
  return { publicKey: Uint8Array.from(point.subarray(pointHeader.length)), isExtractable: !isKept };
}

function makePair({ api, session }: CardSession, keyId: string): void {
  const shared = [
    { type: pkcs11js.CKA_KEY_TYPE, value: edwards.keyType },
    { type: pkcs11js.CKA_TOKEN, value: true },
    { type: pkcs11js.CKA_ID, value: Buffer.from(keyId, 'hex') },
  ];
  api.C_GenerateKeyPair(
    session,
    { mechanism: edwards.makePair },
    [
      ...shared,
      { type: pkcs11js.CKA_CLASS, value: pkcs11js.CKO_PUBLIC_KEY },
      { type: pkcs11js.CKA_PRIVATE, value: false },
      { type: pkcs11js.CKA_VERIFY, value: true },
      { type: pkcs11js.CKA_EC_PARAMS, value: ed25519Parameters },
    ],
    [
      ...shared,
      { type: pkcs11js.CKA_CLASS, value: pkcs11js.CKO_PRIVATE_KEY },
      { type: pkcs11js.CKA_PRIVATE, value: true },
      { type: pkcs11js.CKA_SENSITIVE, value: true },
      { type: pkcs11js.CKA_EXTRACTABLE, value: false },
      { type: pkcs11js.CKA_SIGN, value: true },
    ],
  );
}

/** The pair under an identifier, made in the token where neither half is there; half a pair is `key-absent`. */
export function ensureEd25519(modules: ModuleFinder, use: KeyUse): Result<PublicPart, KeyRefusal> {
  const session = { token: use.token, login: { pin: use.pin }, mayWrite: true };
  return withSession<PublicPart, KeyRefusal>(modules, session, (card) => {
    const find = (kind: 'private-key' | 'public-key'): Buffer | undefined =>
      findObjects(card.api, card.session, kind, use.keyId)[0];
    const isNew = find('private-key') === undefined && find('public-key') === undefined;
    if (isNew) makePair(card, use.keyId);
    const key = find('private-key');
    const half = find('public-key');
    if (key === undefined || half === undefined) return refuse('key-absent');
    const point = attribute(card.api, card.session, half, pkcs11js.CKA_EC_POINT);
    const part = point === undefined ? undefined : publicPartOf(card, key, point);
    return part === undefined ? refuse('mechanism-unsupported') : ok(part);
  });
}

/** Pure Ed25519 on the token. */
export function signEd25519(
  modules: ModuleFinder,
  use: KeyUse & { readonly data: Uint8Array },
): Result<{ signature: Uint8Array }, KeyRefusal> {
  return withKey<{ signature: Uint8Array }, KeyRefusal>(modules, use, (card, key) => {
    card.api.C_SignInit(card.session, { mechanism: edwards.sign }, key);
    authenticateIfAsked(card, key);
    const signature = card.api.C_Sign(card.session, Buffer.from(use.data), Buffer.alloc(outputMaxBytes));
    return ok({ signature: Uint8Array.from(signature) });
  });
}
