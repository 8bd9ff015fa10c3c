import { ok, parseCanonical, refuse, type Json, type Result } from '../../core/kernel/index.ts';

export const evidenceForm = 'qorgan.evidence/1';

/** What a pack says, read but not judged. Octets are in the clear here and base64 in the text. */
export type EvidenceDocument = {
  readonly cms: Uint8Array;
  /** SHA-256 of the content, lower-case hexadecimal. */
  readonly content: string;
  /** The time of judgement, or with `time-stamp` the last moment that a time-stamp may name. */
  readonly judgedAtMs: number;
  /** `time-stamp`: every signature was judged at the time that its own time-stamp proves. */
  readonly referenceTime: 'time-stamp' | 'given';
  readonly certificates: readonly Uint8Array[];
  readonly revocationLists: readonly Uint8Array[];
  readonly ocspResponses: readonly Uint8Array[];
  readonly algorithmPolicy: Json;
  readonly trust: string;
};

/** UTF-16 units of one pack: revocation lists of a national authority take most of it. */
const packSizeMax = 256 * 1024 * 1024;
/** Items of one kind in one pack: 16 signers with six certificates each, and as many of their time-stamps. */
const itemsMax = 256;

const names = [
  'form',
  'cms',
  'content',
  'judgedAtMs',
  'referenceTime',
  'certificates',
  'revocationLists',
  'ocspResponses',
  'algorithmPolicy',
  'trust',
] as const;

/** Reads the text of a pack: canonical, with exactly the members of its form. Refuses `evidence-malformed`. */
export function readEvidenceDocument(text: string): Result<EvidenceDocument, 'evidence-malformed'> {
  const parsed = parseCanonical(text, packSizeMax);
  const malformed = (field: string) => refuse('evidence-malformed', { field });
  if (!parsed.ok) return malformed('text');
  const fields = parsed.value;
  if (!isObject(fields) || Object.keys(fields).length !== names.length) return malformed('members');
  const unknown = names.find((name) => fields[name] === undefined);
  if (unknown !== undefined) return malformed(unknown);
  const { form, content, judgedAtMs, referenceTime, algorithmPolicy = null, trust } = fields;
  const cms = octetsOf(fields['cms']);
  const [certificates, revocationLists, ocspResponses] = [
    itemsOf(fields['certificates']),
    itemsOf(fields['revocationLists']),
    itemsOf(fields['ocspResponses']),
  ];
  if (form !== evidenceForm) return malformed('form');
  if (!isHash(content) || !isHash(trust)) return malformed('hash');
  if (typeof judgedAtMs !== 'number' || (referenceTime !== 'time-stamp' && referenceTime !== 'given'))
    return malformed('time');
  if (cms === undefined) return malformed('cms');
  if (certificates === undefined || revocationLists === undefined || ocspResponses === undefined)
    return malformed('items');
  const lists = { certificates, revocationLists, ocspResponses };
  return ok({ cms, content, judgedAtMs, referenceTime, ...lists, algorithmPolicy, trust });
}

/** Base64 by the platform, since a pack may carry lists of many megabytes. */
export function base64Of(octets: Uint8Array): string {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString('base64');
}

function octetsOf(value: Json | undefined): Uint8Array | undefined {
  if (typeof value !== 'string') return undefined;
  const octets = Buffer.from(value, 'base64');
  // Only the canonical spelling: the platform reads others too.
  return octets.toString('base64') === value ? new Uint8Array(octets) : undefined;
}

function itemsOf(value: Json | undefined): readonly Uint8Array[] | undefined {
  if (!isList(value) || value.length > itemsMax) return undefined;
  const items = value.map(octetsOf).filter((octets) => octets !== undefined);
  return items.length === value.length ? items : undefined;
}

function isHash(value: Json | undefined): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/u.test(value);
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

function isObject(value: Json): value is { readonly [name: string]: Json } {
  return typeof value === 'object' && value !== null && !isList(value);
}
