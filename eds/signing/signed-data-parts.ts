import { ok, toHex, type Result } from '../../core/kernel/index.ts';
import { parseSignedData, type CmsRefusal } from '../cms/index.ts';
import {
  contextTag,
  element,
  integer,
  messageLimits,
  objectIdentifier,
  oids,
  openDer,
  readOid,
  readSmallInteger,
  retagged,
  sequence,
  setOf,
  tagged,
  tags,
  type DerReader,
} from '../der/index.ts';

/** A SignedData taken apart into whole elements (RFC 5652 §5.1), so that it can be put together again with more in it. */
export type SignedDataParts = {
  readonly version: number;
  readonly digestAlgorithms: readonly Uint8Array[];
  readonly encapsulated: Uint8Array;
  readonly certificates: readonly Uint8Array[];
  /** `[1] crls` whole. */
  readonly revocationData: Uint8Array | undefined;
  readonly signers: readonly Uint8Array[];
};

/** Takes a signature file apart; refuses what `parseSignedData` refuses. Verifies nothing. */
export function splitSignedData(cms: Uint8Array): Result<SignedDataParts, CmsRefusal> {
  const parsed = parseSignedData(cms);
  if (!parsed.ok) return parsed;
  const info = openDer(cms, messageLimits).enter(tags.sequence);
  readOid(info);
  const body = info.enter(contextTag(0)).enter(tags.sequence);
  const version = readSmallInteger(body);
  const digestAlgorithms = elementsOf(body.enter(tags.set));
  const encapsulated = body.element(tags.sequence);
  const certificates = body.peek() === contextTag(0) ? elementsOf(body.enter(contextTag(0))) : [];
  const revocationData = body.peek() === contextTag(1) ? body.element() : undefined;
  const signers = elementsOf(body.enter(tags.set));
  return ok({ version, digestAlgorithms, encapsulated, certificates, revocationData, signers });
}

/** Puts a SignedData together: sets in DER order, each element once. */
export function writeSignedData(parts: SignedDataParts): Uint8Array {
  const certificates = unique(parts.certificates);
  const body = sequence(
    integer(parts.version),
    setOf(...unique(parts.digestAlgorithms)),
    parts.encapsulated,
    ...(certificates.length === 0 ? [] : [retagged(contextTag(0), setOf(...certificates))]),
    ...(parts.revocationData === undefined ? [] : [parts.revocationData]),
    setOf(...unique(parts.signers)),
  );
  return sequence(objectIdentifier(oids.signedData), tagged(0, body));
}

/** `Attribute` with one value (RFC 5652 §5.3). */
export function attribute(oid: string, value: Uint8Array): Uint8Array {
  return sequence(objectIdentifier(oid), element(tags.set, value));
}

/** What is left in a reader, element by element. */
export function elementsOf(reader: DerReader): readonly Uint8Array[] {
  const found: Uint8Array[] = [];
  while (reader.hasMore) found.push(reader.element());
  return found;
}

function unique(elements: readonly Uint8Array[]): readonly Uint8Array[] {
  return [...new Map(elements.map((one) => [toHex(one), one])).values()];
}
