import { createHash } from 'node:crypto';
import { ok, refuse, toHex, type Result } from '../../core/kernel/index.ts';
import { isSameAlgorithm, readAlgorithm, type AlgorithmIdentifier } from '../algorithms/index.ts';
import {
  contextTag,
  oids,
  openDer,
  readBitOctets,
  readInteger,
  readSmallInteger,
  readTimeMs,
  revocationListLimits,
  tags,
  type DerLimits,
  type DerReader,
} from '../der/index.ts';
import { parseValue, readAuthorityKey, readExtension, readName, type Name } from '../x509/index.ts';
import { scanEntries, type RevocationIndex } from './entry-index.ts';
import type { RevocationEntry } from './entry.ts';
import { readScope, wholeScope, type ListScope } from './scope.ts';

/** A revocation list as read: nothing about it is trusted by having been read. */
export type RevocationList = {
  readonly der: Uint8Array;
  readonly sha256: string;
  readonly signedPart: Uint8Array;
  readonly signatureAlgorithm: AlgorithmIdentifier;
  readonly signature: Uint8Array;
  readonly issuer: Name;
  /** Key identifier of the authority that signed it, lower-case hexadecimal. */
  readonly authorityKeyIdentifier: string | undefined;
  readonly thisUpdateMs: number;
  /** Lists without one cannot be judged fresh. */
  readonly nextUpdateMs: number | undefined;
  /** crlNumber, which grows with each list of one scope. */
  readonly number: bigint | undefined;
  /** Set for a delta list, which holds only what changed since the base list of this number: by itself it can accuse and never acquit. */
  readonly baseNumber: bigint | undefined;
  readonly scope: ListScope;
  /** Critical extensions that are not understood: such a list may cover less than it seems to. */
  readonly unknownCritical: readonly string[];
  /** True where an entry has a critical extension that is not understood: the list can accuse and never acquit. */
  readonly hasUnknownEntry: boolean;
  /** Looks a serial number (lower-case hexadecimal) up. Call it only after the signature was verified. */
  readonly find: (serial: string) => RevocationEntry | undefined;
  /** Count of entries. */
  readonly size: () => number;
};

type Header = Omit<
  RevocationList,
  'der' | 'sha256' | 'signedPart' | 'signatureAlgorithm' | 'signature' | 'hasUnknownEntry' | 'find' | 'size'
> & {
  readonly innerAlgorithm: AlgorithmIdentifier;
  readonly entries: Uint8Array;
};

/**
 * Reads one DER certificate revocation list. The octets are not copied: a list may have hundreds of megabytes, and the caller hands them over.
 * Refuses `crl-malformed`, entries included. The look-up table is built at the first `find`, which callers make only under a verified
 * signature, so that nobody else can choose serial numbers that collide in it.
 */
export function parseRevocationList(
  der: Uint8Array,
  limits: DerLimits = revocationListLimits,
): Result<RevocationList, 'crl-malformed'> {
  const reader = openDer(der, limits);
  const list = reader.enter(tags.sequence);
  const signedFrom = list.offset;
  const header = readHeader(list.enter(tags.sequence));
  const signedPart = reader.bytes.subarray(signedFrom, list.offset);
  const signatureAlgorithm = readAlgorithm(list);
  const signature = readBitOctets(list);
  list.finish();
  reader.finish();
  const isSame = isSameAlgorithm(header.innerAlgorithm, signatureAlgorithm);
  if (reader.fault !== undefined || !isSame)
    return refuse('crl-malformed', { fault: reader.fault ?? 'algorithm-differs' });
  const { innerAlgorithm: _, entries, ...rest } = header;
  const index = scanEntries(entries, limits);
  if (index === undefined) return refuse('crl-malformed', { fault: 'entries' });
  return ok({
    ...rest,
    ...lookups(index),
    der: reader.bytes,
    sha256: hash(reader.bytes),
    signedPart,
    signatureAlgorithm,
    signature,
  });
}

function lookups(index: RevocationIndex): Pick<RevocationList, 'hasUnknownEntry' | 'find' | 'size'> {
  return { hasUnknownEntry: index.hasUnknownEntry, find: (serial) => index.find(serial), size: () => index.size };
}

function hash(der: Uint8Array): string {
  return createHash('sha256').update(der).digest('hex');
}

function readHeader(fields: DerReader): Header {
  const hasVersion = fields.peek() === tags.integer;
  if (hasVersion && readSmallInteger(fields) !== 1) fields.fail('der-value-malformed');
  const innerAlgorithm = readAlgorithm(fields);
  const issuer = readName(fields);
  const thisUpdateMs = readTimeMs(fields);
  const isTime = fields.peek() === tags.utcTime || fields.peek() === tags.generalizedTime;
  const nextUpdateMs = isTime ? readTimeMs(fields) : undefined;
  const entries = fields.peek() === tags.sequence ? fields.content(tags.sequence) : new Uint8Array(0);
  const extensions =
    fields.peek() === contextTag(0) ? readListExtensions(fields.enter(contextTag(0))) : noListExtensions;
  fields.finish();
  return { innerAlgorithm, issuer, thisUpdateMs, nextUpdateMs, entries, ...extensions };
}

type ListExtensions = Pick<Header, 'authorityKeyIdentifier' | 'number' | 'baseNumber' | 'scope' | 'unknownCritical'>;

const noListExtensions: ListExtensions = {
  authorityKeyIdentifier: undefined,
  number: undefined,
  baseNumber: undefined,
  scope: wholeScope,
  unknownCritical: [],
};

type Draft = { -readonly [Key in keyof ListExtensions]: ListExtensions[Key] };

const parsers: Readonly<Record<string, (draft: Draft, inner: DerReader, value: Uint8Array) => void>> = {
  [oids.authorityKeyIdentifier]: (draft, inner) => {
    draft.authorityKeyIdentifier = readAuthorityKey(inner);
  },
  [oids.crlNumber]: (draft, inner) => {
    draft.number = readListNumber(inner);
  },
  [oids.deltaCrlIndicator]: (draft, inner) => {
    draft.baseNumber = readListNumber(inner);
  },
  [oids.issuingDistributionPoint]: (draft, inner, value) => {
    draft.scope = readScope(inner, value);
  },
};

function readListExtensions(wrapped: DerReader): ListExtensions {
  const draft: Draft = { ...noListExtensions };
  const unknownCritical: string[] = [];
  const seen = new Set<string>();
  const list = wrapped.enter(tags.sequence);
  while (list.hasMore) {
    const { oid, isCritical, value } = readExtension(list);
    if (seen.has(oid)) list.fail('der-value-malformed');
    seen.add(oid);
    const parse = parsers[oid];
    if (parse !== undefined) parseValue(list, value, (inner) => parse(draft, inner, value));
    else if (isCritical) unknownCritical.push(oid);
  }
  wrapped.finish();
  return { ...draft, unknownCritical };
}

/** Numbers have up to 20 octets (RFC 5280 §5.2.3). */
function readListNumber(inner: DerReader): bigint {
  const content = readInteger(inner);
  if (content.length > 21 || (content[0] ?? 0x80) >= 0x80) inner.fail('der-value-malformed');
  return inner.fault === undefined ? BigInt(`0x${toHex(content)}`) : 0n;
}
