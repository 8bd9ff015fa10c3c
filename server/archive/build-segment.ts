import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ok, refuse, type PlatformId, type Result, type Sha256Hex } from '../../core/kernel/index.ts';
import type { Checkpoint } from '../../core/log/index.ts';
import type { Profile } from '../../core/signing/index.ts';
import { sha256Hex } from '../../eds/index.ts';
import { syncFolder } from '../keys/index.ts';
import { bundleOf, bundleWidth, proveRange, type ReadEntries } from './log-range.ts';
import { blobName, entriesName, manifestText, names, segmentName, type ManifestFile } from './manifest.ts';
import { memberOf, openSegmentWriter, type SegmentWriter, type WrittenMember } from './segment-writer.ts';
import type { Stamped, TimeStampRefusal, TimeStamps } from './time-stamp.ts';

/** A ciphertext that goes into a segment. */
export type SegmentBlob = {
  readonly blob: Sha256Hex;
  readonly sizeBytes: number;
  /** The leaf of the document that accepted it. */
  readonly leafIndex: number;
  readonly read: () => AsyncIterable<Uint8Array>;
};

export type SegmentPlan = {
  readonly platform: PlatformId;
  readonly profile: Profile;
  /** The range of the log, `last` not in it. */
  readonly first: number;
  readonly last: number;
  readonly blobs: readonly SegmentBlob[];
  readonly readEntries: ReadEntries;
  /** Signed note, and what it says. */
  readonly note: string;
  readonly checkpoint: Checkpoint;
};

/** A segment that stands on disk under its name; nobody has read it back yet. */
export type BuiltSegment = {
  readonly name: string;
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
  readonly manifestSha256: Sha256Hex;
  readonly stampedAtMs: number;
  readonly blobs: readonly (WrittenMember & { readonly blob: Sha256Hex })[];
};

export type BuildRefusal = TimeStampRefusal | 'archive-blob-differs' | 'archive-log-differs';

type Written = { readonly files: readonly ManifestFile[]; readonly blobs: BuiltSegment['blobs'] };

const fileOf = ({ name, sha256, sizeBytes }: WrittenMember): ManifestFile => ({ name, sha256, sizeBytes });

async function writeContent(
  writer: SegmentWriter,
  plan: SegmentPlan,
): Promise<Result<Written, 'archive-blob-differs'>> {
  const files: ManifestFile[] = [];
  const blobs: (WrittenMember & { readonly blob: Sha256Hex })[] = [];
  // By their names, so that the same ciphertexts always stand in the same order.
  for (const { blob, sizeBytes, leafIndex, read } of plan.blobs.toSorted((a, b) => (a.blob < b.blob ? -1 : 1))) {
    const written = await writer.add({ name: blobName(blob), sizeBytes, read });
    // The name is the hash: what has rotted in the store must be seen now, not in five years.
    if (written.sha256 !== blob) return refuse('archive-blob-differs', { blob });
    files.push({ ...fileOf(written), leafIndex });
    blobs.push({ ...written, blob });
  }
  for (let from = plan.first; from < plan.last;) {
    const to = Math.min(plan.last, from - (from % bundleWidth) + bundleWidth);
    const entries = await plan.readEntries(from, to - from);
    if (entries.length !== to - from) throw new Error('archive: the entries of the range are there');
    files.push(fileOf(await writer.add(memberOf(entriesName(from, to), bundleOf(entries)))));
    from = to;
  }
  files.push(fileOf(await writer.add(memberOf(names.checkpoint, plan.note))));
  return ok({ files, blobs });
}

async function writeAll(
  writer: SegmentWriter,
  plan: SegmentPlan,
  stamps: Pick<TimeStamps, 'ask'>,
): Promise<Result<Omit<BuiltSegment, 'name'>, BuildRefusal>> {
  const { platform, profile, first, last, checkpoint, readEntries } = plan;
  const proof = await proveRange({ read: readEntries, first, last, size: checkpoint.size, root: checkpoint.root });
  if (proof === undefined) return refuse('archive-log-differs');
  const content = await writeContent(writer, plan);
  if (!content.ok) return content;
  const log = { origin: checkpoint.origin, first, last, checkpointSize: checkpoint.size };
  const manifest = manifestText({
    form: 'qorgan.archive-manifest/1',
    platform,
    profile,
    log: { ...log, ...proof, before: [...proof.before], consistency: [...proof.consistency] },
    files: [...content.value.files],
  });
  const stamped: Result<Stamped, TimeStampRefusal> = await stamps.ask(Buffer.from(manifest));
  if (!stamped.ok) return stamped;
  await writer.add(memberOf(names.manifest, manifest));
  await writer.add(memberOf(names.token, stamped.value.token));
  const whole = await writer.end();
  const { blobs } = content.value;
  return ok({ ...whole, manifestSha256: sha256Hex(manifest), stampedAtMs: stamped.value.atMs, blobs });
}

/**
 * Writes a segment into the archive folder: draft, sync, name, sync of the folder; durable on return, and none of it under its name
 * before. Without a token of a time-stamping authority there is no segment. Nothing is taken away anywhere.
 */
export async function buildSegment(
  folder: string,
  plan: SegmentPlan,
  stamps: Pick<TimeStamps, 'ask'>,
): Promise<Result<BuiltSegment, BuildRefusal>> {
  const name = segmentName(plan.first, plan.last);
  const path = join(folder, name);
  const draft = `${path}.new`;
  // What an interrupted run left; it never had its name.
  await rm(draft, { force: true });
  const file = await open(draft, 'wx', 0o600);
  let written: Result<Omit<BuiltSegment, 'name'>, BuildRefusal>;
  try {
    written = await writeAll(openSegmentWriter(file), plan, stamps);
    if (written.ok) await file.sync();
  } finally {
    await file.close();
  }
  if (!written.ok) {
    await rm(draft, { force: true });
    return written;
  }
  await rename(draft, path);
  syncFolder(folder);
  return ok({ name, ...written.value });
}
