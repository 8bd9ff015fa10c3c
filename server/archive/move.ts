import { assert, ok, refuse, type Result, type Sha256Hex } from '../../core/kernel/index.ts';
import { canonicalize, type Json } from '../../core/signing/index.ts';
import { archiveSegment } from '../../contracts/documents/index.ts';
import { recordDocument } from '../accounts/index.ts';
import { insertSegment, readSegments, writeArchiveCheck, type Row } from '../store/index.ts';
import { buildSegment, type BuildRefusal, type BuiltSegment, type SegmentBlob } from './build-segment.ts';
import { segmentPath, takeAway, type ArchivePlace } from './place.ts';
import {
  entriesOfDatabase,
  logKeysOf,
  newestCheckpoint,
  readRules,
  retainedEvidence,
  type RetainedEvidence,
  type RulesRefusal,
} from './rules.ts';
import { verifySegment, type SegmentRefusal, type SegmentReport } from './verify-segment.ts';

export type MoveRefusal =
  | BuildRefusal
  | RulesRefusal
  | SegmentRefusal
  | 'archive-blob-absent'
  | 'archive-clock-differs';

export type MoveReport = {
  readonly segments: readonly { readonly name: string; readonly blobs: number; readonly sizeBytes: number }[];
  /** Ciphertexts that left the online store, those of a run that was interrupted included. */
  readonly moved: number;
};

/** Bounds of one segment: its entries are held in memory while it is read back (a hundred megabytes), and its file still fits on a disk that is carried. */
const entriesMax = 131_072;
const blobsMax = 50_000;
const sizeMaxBytes = 8 * 1_024 ** 3;
/** Further than this apart the clocks of the server and of the time-stamping authority are not the same day's: which one is wrong, nobody knows. */
const clockDriftMaxMs = 300_000;
/** Segments of one run: more than a day makes; the rest is for the next. */
const segmentsMax = 1_000;

async function verify(
  place: ArchivePlace,
  name: string,
  sha256: Sha256Hex,
): Promise<Result<SegmentReport, SegmentRefusal>> {
  const { desk, stamps } = place;
  return verifySegment(segmentPath(place, name), {
    platform: desk.identity.platform,
    logKeys: await logKeysOf(desk),
    stamps,
    nowMs: desk.surroundings.nowMs(),
    sha256,
  });
}

/** The next range and what goes into it; `undefined` where nothing is due. */
async function plan(
  place: ArchivePlace,
  due: readonly RetainedEvidence[],
  first: number,
  size: number,
): Promise<Result<{ readonly last: number; readonly items: readonly RetainedEvidence[] }, MoveRefusal>> {
  const end = Math.min(size, first + entriesMax);
  assert(first < end, 'archive: a segment that was recorded is a leaf behind its range');
  const items: RetainedEvidence[] = [];
  let sizeBytes = 0;
  for (const item of due) {
    sizeBytes += item.row.size_bytes;
    const isFull = items.length > 0 && (sizeBytes > sizeMaxBytes || items.length >= blobsMax);
    if (item.row.leaf_index >= end || isFull) break;
    const held = await place.blobs.stat(item.row.blob as Sha256Hex);
    if (held === undefined) return refuse('archive-blob-absent', { blob: item.row.blob });
    items.push(item);
  }
  const last = items.length === 0 ? end : Math.max(first, items.at(-1)?.row.leaf_index ?? 0) + 1;
  return ok({ last, items });
}

function blobsOf(place: ArchivePlace, items: readonly RetainedEvidence[]): readonly SegmentBlob[] {
  return items.map(({ row }) => ({
    blob: row.blob as Sha256Hex,
    sizeBytes: row.size_bytes,
    leafIndex: row.leaf_index,
    read: () => place.blobs.read(row.blob as Sha256Hex),
  }));
}

/** What was read back is what was written, from the first octet to the last. */
function isSame(built: BuiltSegment, report: SegmentReport): boolean {
  const { sha256, sizeBytes, manifestSha256, blobs } = report;
  return (
    built.sha256 === sha256 &&
    built.sizeBytes === sizeBytes &&
    built.manifestSha256 === manifestSha256 &&
    built.blobs.length === blobs.length &&
    built.blobs.every(({ blob, sizeBytes: size }, at) => blobs[at]?.blob === blob && blobs[at].sizeBytes === size)
  );
}

async function record(place: ArchivePlace, built: BuiltSegment, log: { first: number; last: number }, version: number) {
  const { desk } = place;
  const { platform, profile } = desk.identity;
  const verifiedAtMs = desk.surroundings.nowMs();
  const { name, sha256, sizeBytes, manifestSha256, stampedAtMs } = built;
  const about = {
    name,
    ...log,
    sha256,
    sizeBytes,
    manifestSha256,
    blobs: built.blobs.length,
    stampedAtMs,
    verifiedAtMs,
  };
  const document = archiveSegment.parse({ form: 'qorgan.archive-segment/1', platform, profile, version, ...about });
  const row: Row<'archive_segment'> = {
    name,
    first_index: log.first,
    last_index: log.last,
    sha256,
    size_bytes: sizeBytes,
    manifest_sha256: manifestSha256,
    stamped_at_ms: stampedAtMs,
    verified_at_ms: verifiedAtMs,
  };
  const items = built.blobs.map(({ blob, at, packedSizeBytes }) => ({
    blob,
    segment: name,
    at_byte: at,
    packed_size_bytes: packedSizeBytes,
  }));
  const text = canonicalize(document as unknown as Json);
  await recordDocument(desk, { kind: 'archive-segment', subject: 'platform', version, text }, (session) =>
    insertSegment(session, row, items),
  );
}

/** Builds, reads back, records; only what was found whole on the disk is recorded, and nothing leaves here. */
async function makeSegment(
  place: ArchivePlace,
  due: readonly RetainedEvidence[],
): Promise<Result<BuiltSegment, MoveRefusal>> {
  const { desk, stamps } = place;
  const newest = await newestCheckpoint(desk);
  if (!newest.ok) return newest;
  const segments = await readSegments(desk.database);
  const first = segments.at(-1)?.last_index ?? 0;
  const planned = await plan(place, due, first, newest.value.checkpoint.size);
  if (!planned.ok) return planned;
  const { last, items } = planned.value;
  const { platform, profile } = desk.identity;
  const readEntries = entriesOfDatabase(desk);
  const content = { platform, profile, first, last, blobs: blobsOf(place, items), readEntries, ...newest.value };
  const built = await buildSegment(place.folder, content, stamps);
  if (!built.ok) return built;
  // A clock that runs ahead would let go what is still to be kept; the authority's clock is not the operator's.
  const driftMs = Math.abs(built.value.stampedAtMs - desk.surroundings.nowMs());
  if (driftMs > clockDriftMaxMs) return refuse('archive-clock-differs', { driftSeconds: Math.round(driftMs / 1_000) });
  const report = await verify(place, built.value.name, built.value.sha256);
  if (!report.ok) return report;
  if (!isSame(built.value, report.value)) return refuse('archive-segment-differs');
  await record(place, built.value, { first, last }, segments.length + 1);
  return built;
}

/** Takes away what recorded segments hold: of a run that was interrupted, and of this one. */
async function takeRecorded(
  place: ArchivePlace,
  items: readonly RetainedEvidence[],
  online: ReadonlySet<string>,
): Promise<Result<number, MoveRefusal>> {
  let moved = 0;
  for (const { name, sha256 } of await readSegments(place.desk.database)) {
    // A hold that came meanwhile keeps it here as well: what is not due is not among the items.
    const left = items
      .filter(({ row }) => row.segment === name && online.has(row.blob))
      .map(({ row }) => row.blob as Sha256Hex);
    if (left.length === 0) continue;
    const report = await verify(place, name, sha256 as Sha256Hex);
    const outcome = report.ok ? 'good' : report.refusal.code;
    await writeArchiveCheck(place.desk.database, { segment: name, outcome, at_ms: place.desk.surroundings.nowMs() });
    if (!report.ok) return report;
    const held = new Set(report.value.blobs.map(({ blob }) => blob));
    if (!left.every((blob) => held.has(blob))) return refuse('archive-segment-differs');
    await takeAway(place.blobs, left);
    moved += left.length;
  }
  return ok(moved);
}

/** What is due and not destroyed, in the order of the log. */
async function collect(place: ArchivePlace): Promise<Result<readonly RetainedEvidence[], MoveRefusal>> {
  const rules = await readRules(place.desk);
  if (!rules.ok) return rules;
  const items: RetainedEvidence[] = [];
  for await (const item of retainedEvidence(place.desk, rules.value, place.desk.surroundings.nowMs()))
    if (item.due.due !== 'nothing' && item.row.destroyed_at_ms === null) items.push(item);
  return ok(items);
}

/**
 * Moves what is due from the online store into segments. A segment is written, synced, read back whole from the disk, recorded in the
 * log, and in the log, before one of its ciphertexts leaves; whenever it is interrupted, the next run goes on. Refuses at the first
 * thing that is wrong, by name; what was moved before stays moved.
 */
export async function moveDue(place: ArchivePlace): Promise<Result<MoveReport, MoveRefusal>> {
  const made: { name: string; blobs: number; sizeBytes: number }[] = [];
  const online = new Set<string>();
  for await (const blob of place.blobs.list()) online.add(blob);
  let moved = 0;
  for (let round = 0; round < segmentsMax; round += 1) {
    if (!(await place.settle())) return refuse('log-behind');
    const items = await collect(place);
    if (!items.ok) return items;
    const taken = await takeRecorded(place, items.value, online);
    if (!taken.ok) return taken;
    moved += taken.value;
    for (const { row } of items.value) if (row.segment !== null) online.delete(row.blob);
    const waiting = items.value.filter(({ row }) => row.segment === null);
    if (waiting.length === 0) break;
    const built = await makeSegment(place, waiting);
    if (!built.ok) return built;
    made.push({ name: built.value.name, blobs: built.value.blobs.length, sizeBytes: built.value.sizeBytes });
  }
  return ok({ segments: made, moved });
}
