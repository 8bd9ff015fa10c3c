import { ok, refuse, type PlatformId, type Result, type Sha256Hex } from '../../core/kernel/index.ts';
import { openCheckpoint, type NoteKey } from '../../core/log/index.ts';
import { sha256Hex } from '../../eds/index.ts';
import { verifyEd25519 } from '../keys/index.ts';
import { bundleWidth, checkRange, entriesOf } from './log-range.ts';
import { blobName, entriesName, names, parseManifest, type Manifest } from './manifest.ts';
import { readSegment, type ReadMember } from './segment-reader.ts';
import type { TimeStamps } from './time-stamp.ts';

/** What a segment turned out to be. */
export type SegmentReport = {
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
  readonly manifest: Manifest;
  readonly manifestSha256: Sha256Hex;
  readonly stampedAtMs: number;
  readonly blobs: readonly { readonly blob: Sha256Hex; readonly sizeBytes: number; readonly leafIndex: number }[];
};

export type SegmentRefusal =
  | 'archive-segment-malformed'
  | 'archive-segment-differs'
  | 'archive-other-platform'
  | 'archive-file-differs'
  | 'archive-log-differs'
  | 'archive-checkpoint-invalid'
  | 'archive-time-stamp-untrusted';

export type VerifyOptions = {
  readonly platform: PlatformId;
  /** The keys that the log ever signed by: a segment keeps the head of its own time. */
  readonly logKeys: readonly NoteKey[];
  readonly stamps: Pick<TimeStamps, 'judge'>;
  readonly nowMs: number;
  /** Hash of the packed file as the log's document has it. Without it, octets of the packing that change no content may differ. */
  readonly sha256?: Sha256Hex | undefined;
};

const contentOf = (members: readonly ReadMember[], name: string): Uint8Array | undefined =>
  members.find((member) => member.name === name)?.content;

/** Every member is in the manifest under its hash, in its order, and nothing else is there. */
function checkFiles(members: readonly ReadMember[], manifest: Manifest): Result<null, 'archive-file-differs'> {
  const listed = members.slice(0, -2);
  const others = members.slice(-2).map(({ name }) => name);
  const count = Math.max(listed.length, manifest.files.length);
  for (let at = 0; at < count; at += 1) {
    const [member, file] = [listed[at], manifest.files[at]];
    const isSame =
      member?.name === file?.name && member?.sha256 === file?.sha256 && member?.sizeBytes === file?.sizeBytes;
    if (!isSame) return refuse('archive-file-differs', { file: file?.name ?? member?.name ?? '' });
  }
  return others[0] === names.manifest && others[1] === names.token
    ? ok(null)
    : refuse('archive-file-differs', { file: others.join(' ') });
}

function blobsOf(manifest: Manifest): SegmentReport['blobs'] | undefined {
  const blobs: { blob: Sha256Hex; sizeBytes: number; leafIndex: number }[] = [];
  for (const { name, sha256, sizeBytes, leafIndex } of manifest.files) {
    if ((leafIndex === undefined) !== (name !== blobName(sha256))) return undefined;
    if (leafIndex !== undefined) blobs.push({ blob: sha256, sizeBytes, leafIndex });
  }
  return blobs;
}

/** The entries of the whole range are there, and lead to the tree of a checkpoint that the log signed. */
function checkLog(
  members: readonly ReadMember[],
  { log }: Manifest,
  logKeys: readonly NoteKey[],
): Result<null, 'archive-log-differs' | 'archive-checkpoint-invalid'> {
  const note = Buffer.from(contentOf(members, names.checkpoint) ?? []).toString();
  const opened = logKeys.map((logKey) => openCheckpoint({ note, logKey, verifyEd25519 }));
  const checkpoint = opened.find((one) => one.ok);
  const isNamed =
    checkpoint?.ok === true && checkpoint.value.origin === log.origin && checkpoint.value.size === log.checkpointSize;
  if (!isNamed) return refuse('archive-checkpoint-invalid');
  const range = checkRange(log);
  if (range === undefined) return refuse('archive-log-differs');
  for (let from = log.first; from < log.last;) {
    const to = Math.min(log.last, from - (from % bundleWidth) + bundleWidth);
    const entries = entriesOf(contentOf(members, entriesName(from, to)) ?? new Uint8Array(0));
    if (entries?.length !== to - from) return refuse('archive-log-differs', { from, to });
    for (const entry of entries) range.add(entry);
    from = to;
  }
  return range.holds(checkpoint.value.root) ? ok(null) : refuse('archive-log-differs');
}

/**
 * Reads a segment whole and judges everything in it: form, every hash against the manifest, the entries against the checkpoint, the
 * checkpoint against the log's key, and the time-stamp over the manifest.
 */
export async function verifySegment(
  path: string,
  options: VerifyOptions,
): Promise<Result<SegmentReport, SegmentRefusal>> {
  const members: ReadMember[] = [];
  const read = await readSegment(path, {
    isKept: (name) => !name.startsWith('blobs/'),
    onMember: (member) => void members.push(member),
  });
  if (!read.ok) return read;
  if (options.sha256 !== undefined && options.sha256 !== read.value.sha256) return refuse('archive-segment-differs');
  const text = contentOf(members, names.manifest) ?? new Uint8Array(0);
  const manifest = parseManifest(text);
  if (!manifest.ok) return manifest;
  if (manifest.value.platform !== options.platform) return refuse('archive-other-platform');
  const files = checkFiles(members, manifest.value);
  if (!files.ok) return files;
  const blobs = blobsOf(manifest.value);
  if (blobs === undefined) return refuse('archive-segment-malformed');
  const log = checkLog(members, manifest.value, options.logKeys);
  if (!log.ok) return log;
  const token = contentOf(members, names.token) ?? new Uint8Array(0);
  const stamped = options.stamps.judge(text, token, options.nowMs);
  if (!stamped.ok) return stamped;
  return ok({
    ...read.value,
    manifest: manifest.value,
    manifestSha256: sha256Hex(text),
    stampedAtMs: stamped.value,
    blobs,
  });
}
