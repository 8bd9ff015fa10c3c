import { oids, openDer, readTimeMs, tags, type DerReader } from '../der/index.ts';
import { readExtension } from '../x509/index.ts';

const reasons = {
  0: 'unspecified',
  1: 'key-compromise',
  2: 'authority-compromise',
  3: 'affiliation-changed',
  4: 'superseded',
  5: 'cessation-of-operation',
  6: 'certificate-hold',
  8: 'remove-from-list',
  9: 'privilege-withdrawn',
  10: 'attribute-authority-compromise',
} as const;

/** Why a certificate was revoked (RFC 5280 §5.3.1). */
export type RevocationReason = (typeof reasons)[keyof typeof reasons];

/** The reason of a CRLReason's content octets; one that is not known is unspecified, which is never a hold and never lifted. */
export function revocationReasonOf(content: Uint8Array): RevocationReason {
  const [code = 0] = content;
  return (
    (content.length === 1 ? (reasons as Readonly<Record<number, RevocationReason>>)[code] : undefined) ?? 'unspecified'
  );
}

export type RevocationEntry = {
  readonly revokedAtMs: number;
  readonly reason: RevocationReason;
  /** invalidityDate: since when the key is known or suspected to be in other hands, which may be long before the revocation. */
  readonly invalidSinceMs?: number;
};

/** From when on the entry counts: the revocation, or the invalidity where that is earlier. A later one never softens the revocation. */
export function revokedSinceMs({ revokedAtMs, invalidSinceMs }: RevocationEntry): number {
  return Math.min(revokedAtMs, invalidSinceMs ?? revokedAtMs);
}

/** Bounds of the extensions of one entry: real ones have a reason and at most two dates. */
export const entryLimits = { sizeMaxBytes: 65_536, depthMax: 4, elementsMax: 256 };

/** An entry of a list from its date and the octets after it. Malformed extensions make it revoked from the beginning and for good: fail closed. */
export function readEntry(revokedAtMs: number, extensions: Uint8Array): RevocationEntry {
  const reader = openDer(extensions, entryLimits);
  if (!reader.hasMore) return { revokedAtMs, reason: 'unspecified' };
  const found = readEntryExtensions(reader);
  reader.finish();
  return reader.fault === undefined
    ? { revokedAtMs, reason: found.reason ?? 'unspecified', ...invaliditySince(found.invalidSinceMs) }
    : { revokedAtMs: Number.NEGATIVE_INFINITY, reason: 'unspecified' };
}

/** What the extensions of an entry say; OCSP carries the same ones beside an answer (RFC 6960 §4.4.5). */
export type EntryExtensions = {
  readonly reason: RevocationReason | undefined;
  readonly invalidSinceMs: number | undefined;
  /** Critical ones that are not understood. */
  readonly unknownCritical: readonly string[];
};

export function readEntryExtensions(reader: DerReader): EntryExtensions {
  let reason: RevocationReason | undefined;
  let invalidSinceMs: number | undefined;
  const unknownCritical: string[] = [];
  const extensions = reader.enter(tags.sequence);
  while (extensions.hasMore) {
    const { oid, isCritical, value } = readExtension(extensions);
    const inner = openDer(value, entryLimits);
    if (oid === oids.reasonCode) reason = revocationReasonOf(inner.content(tags.enumerated));
    else if (oid === oids.invalidityDate) invalidSinceMs = readTimeMs(inner);
    else if (isCritical) unknownCritical.push(oid);
    if (inner.fault !== undefined) extensions.fail(inner.fault);
  }
  return { reason, invalidSinceMs, unknownCritical };
}

function invaliditySince(invalidSinceMs: number | undefined): { readonly invalidSinceMs?: number } {
  return invalidSinceMs === undefined ? {} : { invalidSinceMs };
}
