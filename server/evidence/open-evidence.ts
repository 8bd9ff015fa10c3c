import { mkdir, readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { EvidenceDocument, EvidenceState } from '../../core/evidence/index.ts';
import { ok, refuse, type Result, type Sha256Hex } from '../../core/kernel/index.ts';
import type { EvidenceStatus } from '../../contracts/http/index.ts';
import { deviceId, parseEvidenceDocument, sha256Hex, wireDocument } from '../../contracts/documents/index.ts';
import { readDocuments, readProvenDocument, type LoggedDocument } from '../accounts/index.ts';
import type { Platform } from '../platform/index.ts';
import { readBlob, readBlobNames, readUpload } from '../store/index.ts';
import { openBlobStore, syncFolderAside, type BlobStore } from './blob-store.ts';
import { incomingFolder, incomingPath, type EvidenceContext } from './context.ts';
import { removeFile } from './disk.ts';
import { startQuarantine, type Quarantine } from './quarantine.ts';
import { subjectOf, type UploadName } from './upload-row.ts';
import { Uploads } from './uploads.ts';

/** Abandoned uploads are looked for this often. */
const expiryMs = 3_600_000;

/** A sealed file by the hash of its bytes. */
export type SealedFile = { readonly blob: Sha256Hex; readonly sizeBytes: number };

/** Sealed files that are named at once. */
const listMax = 1_000;

/** The evidence store of a running server. */
export type Evidence = {
  readonly uploads: Uploads;
  readonly blobs: BlobStore;
  readonly status: (name: UploadName) => Promise<Result<EvidenceStatus, string>>;
  /** Size of a sealed file that counts: one that has a row and a verdict, and is online or in the archive. */
  readonly blobSize: (blob: Sha256Hex) => Promise<number | undefined>;
  /** Sealed files that count and are online, by name after `after`; `next` is where the list goes on, or `null` at its end. */
  readonly list: (after: string) => Promise<{ readonly blobs: readonly SealedFile[]; readonly next: string | null }>;
  /** Ends the loops and closes the files, after what is under way. */
  readonly close: () => Promise<void>;
};

async function statusOf(
  { platform }: EvidenceContext,
  uploads: Uploads,
  quarantine: Quarantine,
  name: UploadName,
): Promise<Result<EvidenceStatus, string>> {
  const progress = await uploads.offset(name);
  if (!progress.ok) return progress.refusal.code === 'evidence-upload-unknown' ? refuse('evidence-unknown') : progress;
  const row = await readUpload(platform.database, name);
  if (row === undefined) return refuse('evidence-unknown');
  const proven = row.leaf_id === null ? undefined : await readProvenDocument(platform, row.leaf_id, subjectOf(name));
  return ok({
    sha256: name.sha256,
    state: row.state as EvidenceState,
    ...progress.value,
    refusal: row.refusal,
    waiting: row.state === 'quarantined' ? (quarantine.waitsFor(name) ?? null) : null,
    document: proven === undefined ? null : wireDocument(proven.signed),
    receipt: proven?.receipt ?? null,
  });
}

async function listFrom(
  { platform, blobs }: EvidenceContext,
  after: string,
): Promise<{ readonly blobs: readonly SealedFile[]; readonly next: string | null }> {
  const names = (await readBlobNames(platform.database, after, listMax)) as readonly Sha256Hex[];
  const found: SealedFile[] = [];
  for (const blob of names) {
    const file = await blobs.stat(blob);
    if (file !== undefined) found.push({ blob, sizeBytes: file.sizeBytes });
  }
  return { blobs: found, next: names.length < listMax ? null : (names.at(-1) ?? null) };
}

function nameOfFile(file: string): UploadName | undefined {
  const [device, sha256] = file.split('.');
  const parsed = { device: deviceId.safeParse(device), sha256: sha256Hex.safeParse(sha256) };
  return parsed.device.success && parsed.sha256.success
    ? { device: parsed.device.data, sha256: parsed.sha256.data }
    : undefined;
}

/** Removes files whose upload is forgotten, or whose blob has its own name: a crash came between the row and the file. */
async function sweep({ platform, folder }: EvidenceContext): Promise<void> {
  for (const file of await readdir(incomingFolder(folder))) {
    const name = nameOfFile(file);
    const row = name === undefined ? undefined : await readUpload(platform.database, name);
    const isWanted = row !== undefined && row.state !== 'accepted' && row.refusal !== 'evidence-hash-mismatch';
    if (name !== undefined && !isWanted) await removeFile(incomingPath(folder, name));
  }
}

/** Opens the store in a folder of its own, which is made where it is not there, and starts to examine what waits. `behind` puts an archive behind it. */
export async function openEvidence(
  options: Omit<EvidenceContext, 'blobs'>,
  behind: (online: BlobStore) => BlobStore = (online) => online,
): Promise<Evidence> {
  const { folder } = options;
  await mkdir(incomingFolder(folder), { recursive: true, mode: 0o700 });
  await syncFolderAside(folder);
  await syncFolderAside(dirname(folder));
  const context: EvidenceContext = { ...options, blobs: behind(openBlobStore(folder)) };
  await sweep(context);
  const quarantine = startQuarantine(context);
  const uploads = new Uploads(context, quarantine.wake);
  const expire = (): void => {
    uploads.expire().catch(context.onTrouble);
  };
  expire();
  const timer = setInterval(expire, expiryMs);
  return {
    uploads,
    blobs: context.blobs,
    status: (name) => statusOf(context, uploads, quarantine, name),
    blobSize: async (blob) => {
      const row = await readBlob(context.platform.database, blob);
      return row === undefined ? undefined : (await context.blobs.stat(blob))?.sizeBytes;
    },
    list: (after) => listFrom(context, after),
    close: async () => {
      clearInterval(timer);
      await uploads.close();
      await quarantine.stop();
    },
  };
}

/** A document of evidence that counts, with its place in the log. */
export type LoggedEvidence = Pick<LoggedDocument, 'hash' | 'leafIndex'> & { readonly evidence: EvidenceDocument };

/**
 * All evidence that the log holds and whose key is not destroyed, in the order of the log; `rejected` counts rows that do not open
 * their leaf, and those whose key is gone.
 */
export async function readEvidence(
  platform: Platform,
): Promise<{ readonly evidence: readonly LoggedEvidence[]; readonly rejected: number }> {
  const { documents, rejected } = await readDocuments(platform, 'evidence');
  const evidence = documents.flatMap(({ signed, hash, leafIndex }) => {
    const parsed = parseEvidenceDocument(signed.document);
    return parsed.ok ? [{ evidence: parsed.value, hash, leafIndex }] : [];
  });
  return { evidence, rejected: rejected + documents.length - evidence.length };
}
