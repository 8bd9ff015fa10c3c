import pkcs11js from 'pkcs11js';
import type { Pkcs11 } from './module.ts';
import { isPkcs11Error } from './refusals.ts';

/** More objects than any personal card holds; a module that lists without end is broken. */
const objectsMaxCount = 256;

export type ObjectKind = 'certificate' | 'public-key' | 'private-key';

const classOf: Record<ObjectKind, number> = {
  certificate: pkcs11js.CKO_CERTIFICATE,
  'public-key': pkcs11js.CKO_PUBLIC_KEY,
  'private-key': pkcs11js.CKO_PRIVATE_KEY,
};

/** The objects of one kind that the session can see, all or those with one CKA_ID. */
export function findObjects(api: Pkcs11, session: Buffer, kind: ObjectKind, keyId?: string): readonly Buffer[] {
  const template = [{ type: pkcs11js.CKA_CLASS, value: classOf[kind] }];
  const identified = keyId === undefined ? [] : [{ type: pkcs11js.CKA_ID, value: Buffer.from(keyId, 'hex') }];
  api.C_FindObjectsInit(session, [...template, ...identified]);
  try {
    const found: Buffer[] = [];
    while (found.length < objectsMaxCount) {
      const next = api.C_FindObjects(session);
      if (next === null) break;
      found.push(next);
    }
    return found;
  } finally {
    api.C_FindObjectsFinal(session);
  }
}

/** One attribute, or `undefined` where the object does not have it or does not show it. */
export function attribute(api: Pkcs11, session: Buffer, object: Buffer, type: number): Buffer | undefined {
  try {
    const value = api.C_GetAttributeValue(session, object, [{ type }])[0]?.value;
    return Buffer.isBuffer(value) && value.length > 0 ? value : undefined;
  } catch (error) {
    if (!isPkcs11Error(error)) throw error;
    if (error.code === pkcs11js.CKR_ATTRIBUTE_TYPE_INVALID || error.code === pkcs11js.CKR_ATTRIBUTE_SENSITIVE) {
      return undefined;
    }
    throw error;
  }
}

/** A CK_BBOOL attribute; `undefined` where the object does not have it. */
export function flag(api: Pkcs11, session: Buffer, object: Buffer, type: number): boolean | undefined {
  const value = attribute(api, session, object, type);
  return value === undefined ? undefined : value[0] !== 0;
}

/** A CK_ULONG attribute in the machine's byte order (x86-64 and arm64 Linux are little-endian). */
export function number(api: Pkcs11, session: Buffer, object: Buffer, type: number): number | undefined {
  const value = attribute(api, session, object, type);
  return value === undefined ? undefined : value.readUIntLE(0, Math.min(value.length, 6));
}
