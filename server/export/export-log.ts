import { ok, refuse, type Result } from '../../core/kernel/index.ts';
import { formatNoteKey, formatOpening, formatProof, inclusionPath, tileWidth } from '../../core/log/index.ts';
import {
  entryPath,
  formatManifest,
  ownLineOf,
  packageFiles,
  type EntryFolder,
  type PackageManifest,
} from '../../core/log-package/index.ts';
import { sha256, sha256Hex } from '../../eds/index.ts';
import type { BlobStore } from '../evidence/index.ts';
import type { FrozenLog } from '../log/index.ts';
import { openPackageFolder } from '../package-folder/index.ts';
import { tagRow, type Desk } from '../platform/index.ts';
import {
  insertReading,
  readAccessPlaces,
  readCheckpointAt,
  readDocumentPlaces,
  readRevocationLists,
  readTrustCertificates,
} from '../store/index.ts';
import { entriesOf, readContents, type EntryContent, type LoggedEntry } from './contents.ts';
import { writeHeads } from './heads.ts';
import { readKeyChain, writeKeyChanges } from './key-changes.ts';
import { writeMedia, type MediaWork } from './media.ts';

export type ExportRefusal = 'export-place-taken' | 'export-content-differs' | 'log-range-empty' | 'log-files-differ';

export type ExportRequest = {
  /** First and last index, from 0; cut to what the published log holds. */
  readonly from: number;
  readonly to: number;
  /** A folder that is not there yet. */
  readonly place: string;
  /** The single-file verifier, and how it is used, in two languages. */
  readonly verifier: Uint8Array;
  /** Evidence leaves in the clear; sealed otherwise. */
  readonly withMedia: boolean;
  readonly guides: (manifest: PackageManifest, firstAct: number | undefined) => Readonly<Record<'ru' | 'kk', string>>;
};

/** Documents that acts stand on: whom the platform is, its rules, its authorities, its devices, its people, and what it was founded on. */
const contextKinds = ['platform', 'policy', 'trust', 'device', 'staff', 'founding', 'break-glass'];
/** Acts on rights that are read at once. */
const accessPageMax = 256;

type Work = MediaWork & {
  readonly log: FrozenLog;
  readonly checkpoint: string;
  /** Revocation lists that are in the package. */
  readonly lists: Set<string>;
  readonly counts: { entries: number; destroyed: number; context: number; media: number; mediaAbsent: number };
  /** The first act of the range whose files are in the package. */
  firstAct: number | undefined;
};

function writeEntry(work: Work, folder: EntryFolder, { index, text }: LoggedEntry, content: EntryContent): void {
  const { log, checkpoint } = work;
  const path = inclusionPath({ sha256, readHash: log.readHash, index, size: log.size });
  const extra = content.is === 'whole' ? { extra: formatOpening(content.opening) } : {};
  work.folder.write(entryPath(folder, index, 'leaf'), text);
  work.folder.write(entryPath(folder, index, 'proof'), formatProof({ ...extra, index, path, checkpoint }));
  if (content.is !== 'whole') return;
  for (const { part, bytes } of content.files) work.folder.write(entryPath(folder, index, part), bytes);
}

async function writeLists({ desk, folder, lists }: Work, named: readonly string[]): Promise<void> {
  const missing = [...new Set(named)].filter((hash) => !lists.has(hash));
  for (const { sha256: hash, der } of await readRevocationLists(desk.database, missing)) {
    // The hash of the bytes decides, not the column that claims it.
    if (sha256Hex(der) !== hash) continue;
    folder.writeOnce(`${packageFiles.lists}/${hash}.crl`, der);
    lists.add(hash);
  }
}

async function writeRun(
  work: Work,
  folder: EntryFolder,
  from: number,
  to: number,
): Promise<Result<null, ExportRefusal>> {
  const entries = entriesOf(work.log.readEntries(from, to), from);
  const contents = await readContents(work.desk, entries);
  for (const [at, entry] of entries.entries()) {
    const content = contents[at];
    if (content === undefined || content.is === 'different')
      return refuse('export-content-differs', { index: entry.index });
    writeEntry(work, folder, entry, content);
    work.counts[folder] += 1;
    if (folder === 'entries' && entry.leaf.kind === 'act' && content.is === 'whole') work.firstAct ??= entry.index;
    if (content.is === 'whole') await writeLists(work, content.lists);
    else work.counts.destroyed += folder === 'entries' ? 1 : 0;
    if (folder === 'context' || content.is !== 'whole' || content.document === undefined) continue;
    const media = await writeMedia(work, content.document);
    if (!media.ok) return media;
    if (media.value === 'absent') work.counts.mediaAbsent += 1;
    else if (media.value !== 'none') work.counts.media += 1;
  }
  return ok(null);
}

/** A tile at a time: what is in memory does not grow with the range. */
async function writeRange(work: Work, from: number, to: number): Promise<Result<null, ExportRefusal>> {
  for (let at = from; at <= to;) {
    const end = Math.min(to + 1, (Math.floor(at / tileWidth) + 1) * tileWidth);
    const written = await writeRun(work, 'entries', at, end);
    if (!written.ok) return written;
    at = end;
  }
  return writeContext(work, Math.min(from, work.log.size));
}

/** What acts from `before` on stand on: documents, and every act on rights. */
async function writeContext(work: Work, before: number): Promise<Result<null, ExportRefusal>> {
  const { database } = work.desk;
  for (const index of await readDocumentPlaces(database, contextKinds, before - 1)) {
    const written = await writeRun(work, 'context', index, index + 1);
    if (!written.ok) return written;
  }
  for (let after = -1, isMore = true; isMore;) {
    const places = await readAccessPlaces(database, { after, before, limit: accessPageMax });
    for (const index of places) {
      const written = await writeRun(work, 'context', index, index + 1);
      if (!written.ok) return written;
    }
    after = places.at(-1) ?? after;
    isMore = places.length === accessPageMax;
  }
  return ok(null);
}

async function writeCertificates({ desk, folder }: Work): Promise<readonly string[]> {
  const anchors: string[] = [];
  for (const { sha256: hash, der, kind } of await readTrustCertificates(desk.database)) {
    if (sha256Hex(der) !== hash) continue;
    folder.writeOnce(`${packageFiles.certificates}/${hash}.cer`, der);
    if (kind === 'anchor') anchors.push(hash);
  }
  return anchors;
}

/** Personal data leaves only after the reading of it is written down (57-5): by whoever owns the folder and its passphrase. */
async function noteReading(
  { database, keyring, surroundings }: Desk,
  details: Readonly<Record<string, number | boolean>>,
): Promise<void> {
  const reading = {
    reading_id: surroundings.uuid(),
    device: 'server',
    reader: 'administration',
    door: 'log-export',
    details: JSON.stringify(details),
    at_ms: surroundings.nowMs(),
  };
  await insertReading(database, tagRow(keyring, 'reading', reading));
}

async function fill(work: Work, request: ExportRequest, to: number): Promise<Result<PackageManifest, ExportRefusal>> {
  const { desk, log, folder, counts } = work;
  const { from } = request;
  const written = await writeRange(work, from, to);
  if (!written.ok) return written;
  const before = await readCheckpointAt(desk.database, 'at-most', from);
  const complete = await readCheckpointAt(desk.database, 'at-least', to + 1);
  const keys = await readKeyChain(desk, log);
  if (!keys.ok) return keys;
  const { pins, heads: tookOver, changes } = keys.value;
  const heads = writeHeads({ folder, log, pins, older: { before, complete }, changes: tookOver });
  if (!heads.ok) return heads;
  writeKeyChanges(folder, changes);
  const { platform, operatorName, profile, logOrigin: origin } = desk.identity;
  const manifest: PackageManifest = {
    ...{ platform, operatorName, origin, isDemo: profile === 'demo' },
    logKey: formatNoteKey(desk.logKey),
    keyChanges: changes.length,
    platformKey: Buffer.from(desk.documentKey.publicKey).toString('base64'),
    madeAtMs: desk.surroundings.nowMs(),
    ...{ from, to, size: log.size, ...counts },
    anchors: await writeCertificates(work),
  };
  folder.write(packageFiles.manifest, formatManifest(manifest));
  folder.write(packageFiles.verifier, request.verifier);
  const guides = request.guides(manifest, work.firstAct);
  for (const locale of ['ru', 'kk'] as const) folder.write(packageFiles.guides[locale], guides[locale]);
  await folder.finish();
  return ok(manifest);
}

/**
 * Writes a package of a range of the log with everything that is needed to check it: nothing is left behind where it is
 * refused. `export-content-differs` names the first entry of which the tables hold something else than its leaf commits to.
 */
export async function exportLog(
  desk: Desk,
  { log, blobs }: { readonly log: FrozenLog; readonly blobs: BlobStore },
  request: ExportRequest,
): Promise<Result<PackageManifest, ExportRefusal>> {
  const to = Math.min(request.to, log.size - 1);
  if (request.from > to) return refuse('log-range-empty', { size: log.size });
  const folder = openPackageFolder(request.place);
  if (folder === undefined) return refuse('export-place-taken');
  let isWhole = false;
  try {
    const { from, withMedia } = request;
    await noteReading(desk, { from, to, withMedia });
    const counts = { entries: 0, destroyed: 0, context: 0, media: 0, mediaAbsent: 0 };
    const checkpoint = ownLineOf(log.note, desk.logKey);
    const lists = new Set<string>();
    const work: Work = { desk, log, folder, blobs, withMedia, checkpoint, lists, counts, firstAct: undefined };
    const filled = await fill(work, request, to);
    isWhole = filled.ok;
    return filled;
  } finally {
    if (!isWhole) folder.discard();
  }
}
