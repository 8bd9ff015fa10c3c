import { createHash } from 'node:crypto';
import { ok, refuse, type Result } from '../../core/kernel/index.ts';
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
import { scanEntries, type RevocationEntry, type RevocationIndex } from './entry-index.ts';

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
  /** Set for a delta list, which says nothing by itself. */
  readonly isDelta: boolean;
  /** Critical extensions that are not understood: such a list may cover less than it seems to. */
  readonly unknownCritical: readonly string[];
  /** Looks a serial number (lower-case hexadecimal) up. Call it only after the signature was verified. */
  readonly find: (serial: string) => RevocationEntry | undefined;
  /** Count of entries. */
  readonly size: () => number;
};

type Header = Omit<
  RevocationList,
  'der' | 'sha256' | 'signedPart' | 'signatureAlgorithm' | 'signature' | 'find' | 'size'
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

function lookups(index: RevocationIndex): Pick<RevocationList, 'find' | 'size'> {
  return { find: (serial) => index.find(serial), size: () => index.size };
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

type ListExtensions = Pick<Header, 'authorityKeyIdentifier' | 'isDelta' | 'unknownCritical'>;

const noListExtensions: ListExtensions = { authorityKeyIdentifier: undefined, isDelta: false, unknownCritical: [] };

function readListExtensions(wrapped: DerReader): ListExtensions {
  const found: { -readonly [Key in keyof ListExtensions]: ListExtensions[Key] } = { ...noListExtensions };
  const unknownCritical: string[] = [];
  const list = wrapped.enter(tags.sequence);
  while (list.hasMore) {
    const { oid, isCritical, value } = readExtension(list);
    if (oid === oids.authorityKeyIdentifier) {
      parseValue(list, value, (inner) => {
        found.authorityKeyIdentifier = readAuthorityKey(inner);
      });
    } else if (oid === oids.deltaCrlIndicator) {
      parseValue(list, value, (inner) => void readInteger(inner));
      found.isDelta = true;
    } else if (isCritical && oid !== oids.crlNumber) unknownCritical.push(oid);
  }
  wrapped.finish();
  return { ...found, unknownCritical };
}
