import { fromHex } from '../../core/kernel/index.ts';
import { openDer, parseTimeMs, tags, type DerLimits } from '../der/index.ts';
import { entryLimits, readEntry, readEntryExtensions, type RevocationEntry } from './entry.ts';

export type RevocationIndex = {
  readonly size: number;
  /** True where an entry has a critical extension that is not understood: absence from the list means nothing then (RFC 5280 §5.3). */
  readonly hasUnknownEntry: boolean;
  readonly find: (serial: string) => RevocationEntry | undefined;
};

/** Slots per entry: open addressing stays near one probe below half full. */
const slotsPerEntry = 2;

/**
 * Checks the content octets of revokedCertificates in one pass and makes them searchable: a hash table of offsets, 8 octets of memory per
 * entry beside the list itself, built at the first `find`. The list is walked with bare offsets, since a reader object for each of a
 * million entries would cost more than all the rest. `undefined` where an entry is malformed.
 */
export function scanEntries(entries: Uint8Array, limits: DerLimits): RevocationIndex | undefined {
  const found = entryOffsets(entries, limits);
  if (found === undefined) return undefined;
  const { offsets, hasUnknownEntry } = found;
  let table: Uint32Array | undefined;
  const find = (serial: string): RevocationEntry | undefined => {
    const wanted = fromHex(serial);
    if (!wanted.ok) return undefined;
    table ??= buildTable(entries, offsets);
    const mask = table.length - 1;
    let slot = hashOf(wanted.value) & mask;
    for (let stored = table[slot] ?? 0; stored !== 0; stored = table[slot] ?? 0) {
      if (isEqual(serialAt(entries, stored - 1), wanted.value)) return entryAt(entries, stored - 1);
      slot = (slot + 1) & mask;
    }
    return undefined;
  };
  return { size: offsets.length, hasUnknownEntry, find };
}

/** Slots hold offset + 1; zero is free, and at least half are, so that every probe ends. */
function buildTable(entries: Uint8Array, offsets: Uint32Array): Uint32Array {
  let capacity = 4;
  while (capacity < offsets.length * slotsPerEntry) capacity *= 2;
  const table = new Uint32Array(capacity);
  for (const offset of offsets) {
    let slot = hashOf(serialAt(entries, offset)) & (capacity - 1);
    while (table[slot] !== 0) slot = (slot + 1) & (capacity - 1);
    table[slot] = offset + 1;
  }
  return table;
}

/** Offsets of the entries, after checking that each is SEQUENCE { INTEGER, Time, … } within its bounds. */
function entryOffsets(
  entries: Uint8Array,
  limits: DerLimits,
): { readonly offsets: Uint32Array; readonly hasUnknownEntry: boolean } | undefined {
  let offsets = new Uint32Array(1024);
  let hasUnknownEntry = false;
  let count = 0;
  let at = 0;
  while (at < entries.length) {
    const header = headerAt(entries, at);
    if (header === undefined || entries[at] !== tags.sequence || !isSerialWithTime(entries, header)) return undefined;
    if (count * 3 >= limits.elementsMax) return undefined;
    if (count === offsets.length) {
      const larger = new Uint32Array(count * 2);
      larger.set(offsets);
      offsets = larger;
    }
    hasUnknownEntry ||= mayBeCritical(entries, header) && isUnknown(entries, header);
    offsets[count] = at;
    count += 1;
    at = header.end;
  }
  return { offsets: offsets.subarray(0, count), hasUnknownEntry };
}

type Span = { readonly from: number; readonly end: number };

/** Entries are short: lengths of one or two further octets cover 64 kB, far beyond any entry. */
function headerAt(bytes: Uint8Array, at: number): Span | undefined {
  const first = bytes[at + 1] ?? 0xff;
  let from = at + 2;
  let length = first;
  if (first === 0x81) {
    length = bytes[at + 2] ?? 0;
    from = at + 3;
    if (length < 0x80) return undefined;
  } else if (first === 0x82) {
    length = (bytes[at + 2] ?? 0) * 256 + (bytes[at + 3] ?? 0);
    from = at + 4;
    if (length < 0x100) return undefined;
  } else if (first >= 0x80) return undefined;
  return from + length > bytes.length ? undefined : { from, end: from + length };
}

function isSerialWithTime(bytes: Uint8Array, entry: Span): boolean {
  const serialLength = bytes[entry.from + 1] ?? 0xff;
  const timeAt = entry.from + 2 + serialLength;
  const timeLength = bytes[timeAt + 1] ?? 0xff;
  const isSerial = bytes[entry.from] === tags.integer && serialLength > 0 && serialLength <= 21;
  const isUtc = bytes[timeAt] === tags.utcTime && timeLength === 13;
  const isGeneralized = bytes[timeAt] === tags.generalizedTime && timeLength === 15;
  return isSerial && (isUtc || isGeneralized) && timeAt + 2 + timeLength <= entry.end;
}

/** True where the octets of TRUE stand in an entry: few have them, so that the others need not be parsed. */
function mayBeCritical(bytes: Uint8Array, { from, end }: Span): boolean {
  for (let at = from; at + 2 < end; at += 1)
    if (bytes[at] === tags.boolean && bytes[at + 1] === 1 && bytes[at + 2] === 0xff) return true;
  return false;
}

function isUnknown(bytes: Uint8Array, { from, end }: Span): boolean {
  const reader = openDer(bytes.subarray(from, end), entryLimits);
  reader.skip();
  reader.skip();
  if (!reader.hasMore) return false;
  const { unknownCritical } = readEntryExtensions(reader);
  return unknownCritical.length > 0 || reader.fault !== undefined;
}

function serialAt(bytes: Uint8Array, offset: number): Uint8Array {
  const from = headerAt(bytes, offset)?.from ?? 0;
  const length = bytes[from + 1] ?? 0;
  const isPadded = length > 1 && bytes[from + 2] === 0;
  return bytes.subarray(from + 2 + (isPadded ? 1 : 0), from + 2 + length);
}

/** FNV-1a: serial numbers are assigned by the authority whose signature was verified, so nobody can aim for collisions. */
function hashOf(serial: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of serial) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false;
  return true;
}

function entryAt(bytes: Uint8Array, offset: number): RevocationEntry {
  const from = headerAt(bytes, offset)?.from ?? 0;
  const timeAt = from + 2 + (bytes[from + 1] ?? 0);
  const time = bytes.subarray(timeAt + 2, timeAt + 2 + (bytes[timeAt + 1] ?? 0));
  const end = headerAt(bytes, offset)?.end ?? 0;
  const revokedAtMs = parseTimeMs(time, time.length === 13 ? 2 : 4);
  // A malformed date counts as revoked from the beginning: fail closed.
  const safeMs = Number.isNaN(revokedAtMs) ? Number.NEGATIVE_INFINITY : revokedAtMs;
  return readEntry(safeMs, bytes.subarray(timeAt + 2 + time.length, end));
}
