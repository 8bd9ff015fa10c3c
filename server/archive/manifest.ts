import * as z from 'zod';
import { ok, refuse, type Result } from '../../core/kernel/index.ts';
import { canonicalize, type Json } from '../../core/signing/index.ts';
import { base64Exact, count, line, platformId, profile, sha256Hex } from '../../contracts/documents/index.ts';

/** A tree below 2^53 leaves has no more complete subtrees on its edge, and no longer proof. */
const hashesMax = 64;

const file = z.strictObject({
  name: z.string().regex(/^[\x21-\x7e]{1,100}$/u),
  sha256: sha256Hex,
  sizeBytes: count,
  /** Of a ciphertext: the leaf of the document that accepted it. */
  leafIndex: count.optional(),
});

const manifest = z.strictObject({
  form: z.literal('qorgan.archive-manifest/1'),
  platform: platformId,
  profile,
  /** Entries `first` to `last` (not itself) of the log, and what leads from them to the checkpoint: all hashes base64. */
  log: z.strictObject({
    origin: line(128, 1),
    first: count,
    last: count,
    /** Complete subtrees left of `first`, largest first. */
    before: z.array(base64Exact(32)).max(hashesMax),
    /** Root of the tree of `last` leaves, and the proof that the checkpoint's tree extends it. */
    root: base64Exact(32),
    checkpointSize: count,
    consistency: z.array(base64Exact(32)).max(hashesMax),
  }),
  files: z.array(file).min(1).max(1_000_000),
});

/** What a segment holds: MANIFEST.json. */
export type Manifest = z.output<typeof manifest>;
export type ManifestFile = Manifest['files'][number];

/** Names of the members that every segment has. */
export const names = { manifest: 'MANIFEST.json', token: 'MANIFEST.tst', checkpoint: 'checkpoint' } as const;

/** A hundred octets or two for each member. */
export const manifestSizeMaxBytes = 268_435_456;

/** One line for each file, so that a shell without a reader of JSON finds names and hashes; the same manifest always gives the same octets. */
export function manifestText({ files, ...about }: Manifest): string {
  const head = canonicalize(about as unknown as Json);
  const lines = files.map((one) => canonicalize(one as unknown as Json)).join(',\n');
  return `${head.slice(0, -1)},"files":[\n${lines}\n]}\n`;
}

/** Reads a manifest; refuses all but the octets that `manifestText` makes. */
export function parseManifest(bytes: Uint8Array): Result<Manifest, 'archive-segment-malformed'> {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const parsed = manifest.safeParse(JSON.parse(text));
    if (parsed.success && manifestText(parsed.data) === text) return ok(parsed.data);
  } catch {
    // Refused below, like every other text that is none of ours.
  }
  return refuse('archive-segment-malformed');
}

/** Name of a ciphertext in a segment: as in the store. */
export function blobName(blob: string): string {
  return `blobs/sha256/${blob.slice(0, 2)}/${blob.slice(2, 4)}/${blob}`;
}

/** Name of a bundle of entries; its content is that of a C2SP entry bundle. */
export function entriesName(first: number, last: number): string {
  return `entries/${first}-${last}`;
}

/** Name of the segment of a range. */
export function segmentName(first: number, last: number): string {
  return `${first}-${last}.tar.zst`;
}
