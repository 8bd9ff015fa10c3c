import { parseCanonical, type Json } from '../../core/kernel/index.ts';
import { canonicalize, verifyDocument, type SignedDocument } from '../../core/signing/index.ts';
import { sha256, sha256Hex, verifyEd25519 } from '../../eds/index.ts';

/** The largest document of the platform, with its signatures and the escapes of its quotes. */
export const documentSizeMax = 1_048_576;

export type Fields = { readonly [name: string]: Json };

/** A canonical text with members; `undefined` for anything else. */
export function fieldsOf(text: string, sizeMax: number): Fields | undefined {
  const parsed = parseCanonical(text, sizeMax);
  const value = parsed.ok ? parsed.value : null;
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

/** A member of a member, `undefined` where any of them is not there. */
export function memberOf(fields: Fields | undefined, ...names: readonly string[]): Json | undefined {
  let value: Json | undefined = fields;
  for (const name of names) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    value = (value as Fields)[name];
  }
  return value;
}

type Grant = { readonly fields: Fields };

/** A text as it stands; an empty one for anything that is none, which nobody is called. */
export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** What the documents of the package say of people and rules, newest last. */
export type Documents = {
  /** Reads the text of a `document.json`; `undefined` where it is none. */
  readonly read: (text: string) => SignedDocument | undefined;
  readonly isSigned: (document: SignedDocument, platformKey: Uint8Array) => boolean;
  readonly signaturesHash: (document: SignedDocument) => string;
  /** Remembers a document that its leaf opened. */
  readonly take: (document: SignedDocument) => void;
  /** Whether the person might do such an act then by this certificate; a word where the package cannot tell. */
  readonly mayAct: (act: {
    readonly iin: string;
    readonly certificate: string;
    readonly type: string;
    readonly policy: number;
    readonly atMs: number;
  }) => boolean | 'staff-absent' | 'policy-absent';
};

export function createDocuments(): Documents {
  const staff = new Map<string, Grant>();
  const policies = new Map<number, Fields>();
  return {
    read: (text) => {
      const fields = text.endsWith('\n') ? fieldsOf(text.slice(0, -1), documentSizeMax) : undefined;
      const { document, signatures } = fields ?? {};
      const isShaped =
        typeof document === 'string' && Array.isArray(signatures) && Object.keys(fields ?? {}).length === 2;
      return isShaped ? (fields as unknown as SignedDocument) : undefined;
    },
    isSigned: (document, publicKey) => verifyDocument({ document, publicKey, sha256, verifyEd25519 }).ok,
    signaturesHash: ({ signatures }) => sha256Hex(canonicalize(signatures as unknown as Json)),
    take: ({ document }) => {
      const fields = fieldsOf(document, documentSizeMax);
      const form = fields?.['form'];
      if (fields === undefined) return;
      if (form === 'qorgan.staff/1') staff.set(textOf(fields['iin']), { fields });
      if (form === 'qorgan.policy/1') policies.set(Number(fields['version']), fields);
    },
    mayAct: ({ iin, certificate, type, policy, atMs }) => {
      const grant = staff.get(iin)?.fields;
      const rules = policies.get(policy);
      if (grant === undefined) return 'staff-absent';
      if (rules === undefined) return 'policy-absent';
      const allowed = memberOf(rules, 'access', 'acts', type);
      const { certificates, roles, validFromMs, validUntilMs } = grant;
      return (
        Array.isArray(certificates) &&
        certificates.includes(certificate) &&
        Array.isArray(roles) &&
        Array.isArray(allowed) &&
        roles.some((role: Json) => allowed.includes(role)) &&
        Number(validFromMs) <= atMs &&
        atMs < Number(validUntilMs)
      );
    },
  };
}
