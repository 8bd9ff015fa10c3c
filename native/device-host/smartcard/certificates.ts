import pkcs11js from 'pkcs11js';
import type { CardCertificate, TokenReference } from '../../../contracts/device-host/index.ts';
import { ok, type Result } from '../../../core/kernel/index.ts';
import { withSession, type CardSession, type ModuleFinder, type SessionRefusal } from './login.ts';
import { attribute, findObjects, flag, number } from './objects.ts';

type Usage = CardCertificate['usableFor'];

/** What the token says of a key without a login: by its public half, or by its type when no public half is shown. */
function usageOf({ api, session }: CardSession, keyId: string): Usage {
  const [publicKey] = findObjects(api, session, 'public-key', keyId);
  if (publicKey === undefined) return { sign: true, decrypt: true, agree: true };
  const isElliptic = number(api, session, publicKey, pkcs11js.CKA_KEY_TYPE) === pkcs11js.CKK_EC;
  const has = (type: number): boolean => flag(api, session, publicKey, type) ?? false;
  return {
    sign: has(pkcs11js.CKA_VERIFY),
    decrypt: !isElliptic && has(pkcs11js.CKA_ENCRYPT),
    agree: isElliptic && has(pkcs11js.CKA_DERIVE),
  };
}

function readCertificate(card: CardSession, object: Buffer): CardCertificate | undefined {
  const { api, session } = card;
  const der = attribute(api, session, object, pkcs11js.CKA_VALUE);
  const id = attribute(api, session, object, pkcs11js.CKA_ID);
  // Without a key identifier the certificate is somebody else's, such as that of an issuing authority.
  if (der === undefined || id === undefined) return undefined;
  const keyId = id.toString('hex');
  const label = attribute(api, session, object, pkcs11js.CKA_LABEL)?.toString('utf8') ?? '';
  return { keyId, label: label.slice(0, 256), certificateDer: Uint8Array.from(der), usableFor: usageOf(card, keyId) };
}

/** The DER of the certificate that belongs to a key, or `undefined`. */
export function certificateOf({ api, session }: CardSession, keyId: string): Buffer | undefined {
  const [object] = findObjects(api, session, 'certificate', keyId);
  return object === undefined ? undefined : attribute(api, session, object, pkcs11js.CKA_VALUE);
}

/** Every certificate that the card shows without a PIN, with the key that it belongs to. */
export function listCertificates(
  modules: ModuleFinder,
  token: TokenReference,
): Result<{ certificates: CardCertificate[] }, SessionRefusal> {
  return withSession(modules, { token, login: 'public' }, (card) => {
    const objects = findObjects(card.api, card.session, 'certificate');
    return ok({ certificates: objects.flatMap((object) => readCertificate(card, object) ?? []) });
  });
}
