import { stat } from 'node:fs/promises';
import { recordKeySizeBytes, recordSizeBytes, type EvidenceDescriptor } from '../../core/evidence/index.ts';
import { ok, refuse, type DeviceId, type Result } from '../../core/kernel/index.ts';
import { canonicalize, type Json } from '../../core/signing/index.ts';
import {
  deleteUpload,
  insertUpload,
  moveUpload,
  readUpload,
  readUploads,
  type Row,
  type UploadQuota,
} from '../store/index.ts';
import { incomingPath, type EvidenceContext } from './context.ts';
import { freeBytes, isDiskTrouble, isMissing, removeFile } from './disk.ts';
import { createOpenFiles } from './open-files.ts';
import { openUploadFile, type UploadFile } from './upload-file.ts';
import { nameOfRow, openUploadSecret, sealUpload, subjectOf, type UploadName } from './upload-row.ts';

/** Of one device, waiting at once: a shift's screenshots, or four of the largest videos. */
export const uploadQuota: UploadQuota = { uploadsMax: 256, bytesMax: 8_589_934_592 };
/** What evidence leaves free on the disk: log and database must go on when it does not. */
const freeBytesMin = 268_435_456;
/** An upload that took no byte for this long is given up; the workstation keeps the file and may begin again. */
export const abandonedAfterMs = 604_800_000;
/** Uploads that one look for abandoned ones takes. */
const expiryPageMax = 256;

export type Progress = { readonly offsetBytes: number; readonly sizeBytes: number };
export type CreationRefusal =
  | 'evidence-descriptor-differs'
  | 'evidence-quota-exceeded'
  | 'evidence-storage-full'
  | 'evidence-infected'
  | 'evidence-upload-busy';
export type ChunkRefusal =
  | 'evidence-upload-unknown'
  | 'evidence-upload-closed'
  | 'evidence-upload-busy'
  | 'evidence-offset-differs'
  | 'evidence-chunk-unaligned'
  | 'evidence-storage-full';

/** Uploads that are not whole yet. */
export type Uploads = {
  /** One upload for each device and hash: asking again finds it, with its offset. */
  readonly create: (
    device: DeviceId,
    descriptor: EvidenceDescriptor,
  ) => Promise<Result<Progress & { readonly isNew: boolean }, CreationRefusal>>;
  /** Durable bytes of an upload; all of them where it is whole. */
  readonly offset: (
    name: UploadName,
  ) => Promise<Result<Progress, 'evidence-upload-unknown' | 'evidence-upload-busy' | 'evidence-storage-full'>>;
  /** Adds a chunk at `offsetBytes`; durable on return. The last one puts the upload into quarantine. */
  readonly append: (
    name: UploadName,
    offsetBytes: number,
    chunk: Uint8Array,
  ) => Promise<Result<Progress, ChunkRefusal>>;
  /** Forgets an upload that is not whole. */
  readonly end: (
    name: UploadName,
  ) => Promise<
    Result<
      null,
      'evidence-upload-unknown' | 'evidence-upload-closed' | 'evidence-upload-busy' | 'evidence-storage-full'
    >
  >;
  /** Gives up what took no byte for a week; answers how many. */
  readonly expire: () => Promise<number>;
  readonly close: () => Promise<void>;
};

const fileName = ({ device, sha256 }: UploadName): string => `${device}.${sha256}`;

function isAligned(chunk: Uint8Array, offsetBytes: number, sizeBytes: number): boolean {
  const end = offsetBytes + chunk.length;
  return chunk.length > 0 && (end === sizeBytes || (end < sizeBytes && chunk.length % recordSizeBytes === 0));
}

/** Opens the door of uploads. `onWhole` is told when one is in quarantine. */
export function openUploads(context: EvidenceContext, onWhole: () => void): Uploads {
  const { platform, folder } = context;
  const { database, subjectKeys, surroundings } = platform;
  const files = createOpenFiles();

  async function openFile(name: UploadName, row: Row<'evidence_upload'>): Promise<UploadFile> {
    const held = files.held(fileName(name));
    if (held !== undefined) return held;
    const key = (await subjectKeys.known([subjectOf(name)])).get(subjectOf(name));
    if (key === undefined) throw new Error('evidence: the key of an upload is stored before its row');
    const file = await openUploadFile({
      path: incomingPath(folder, name),
      cipher: openUploadSecret(key, row).cipher,
      sizeBytes: row.size_bytes,
      randomBytes: surroundings.randomBytes,
    });
    await files.hold(fileName(name), file);
    return file;
  }

  /** Puts a whole upload into quarantine. A crash before this is made up for when the device next asks. */
  async function settle(name: UploadName, file: UploadFile): Promise<void> {
    if (!file.isWhole()) return;
    await files.drop(fileName(name));
    await moveUpload(database, name, { from: 'receiving', to: 'quarantined' });
    onWhole();
  }

  async function progress(name: UploadName, row: Row<'evidence_upload'>): Promise<Progress> {
    const sizeBytes = row.size_bytes;
    if (row.state !== 'receiving') return { offsetBytes: sizeBytes, sizeBytes };
    const file = await openFile(name, row);
    await settle(name, file);
    return { offsetBytes: file.offsetBytes(), sizeBytes };
  }

  async function remove(name: UploadName): Promise<boolean> {
    await files.drop(fileName(name));
    if (!(await deleteUpload(database, name))) return false;
    await removeFile(incomingPath(folder, name));
    return true;
  }

  async function make(
    name: UploadName,
    descriptor: EvidenceDescriptor,
  ): Promise<Result<Progress & { readonly isNew: boolean }, CreationRefusal>> {
    if ((await freeBytes(folder)) < descriptor.sizeBytes + freeBytesMin) return refuse('evidence-storage-full');
    const subject = subjectOf(name);
    const key = (await subjectKeys.ensure([subject])).get(subject);
    if (key === undefined) throw new Error('evidence: a subject has a key once it is ensured');
    const sealed = sealUpload(key, descriptor, surroundings.randomBytes(recordKeySizeBytes));
    const created_at_ms = surroundings.nowMs();
    const row = { ...name, size_bytes: descriptor.sizeBytes, state: 'receiving', refusal: null, sealed, leaf_id: null };
    const made = await insertUpload(database, { ...row, created_at_ms }, uploadQuota);
    if (made === 'full') return refuse('evidence-quota-exceeded', { retryAfterSeconds: 60 });
    return ok({ offsetBytes: 0, sizeBytes: descriptor.sizeBytes, isNew: true });
  }

  async function find(
    name: UploadName,
    descriptor: EvidenceDescriptor,
  ): Promise<Result<Progress & { readonly isNew: boolean }, CreationRefusal>> {
    const row = await readUpload(database, name);
    if (row === undefined) return make(name, descriptor);
    if (row.refusal === 'evidence-infected') return refuse('evidence-infected');
    if (row.state === 'refused') {
      // The bytes were others than announced; what the device holds now may be right.
      await remove(name);
      return make(name, descriptor);
    }
    const key = (await subjectKeys.known([subjectOf(name)])).get(subjectOf(name));
    // A key that was destroyed by the rule leaves nothing to compare with; the upload is as closed as it was.
    if (key !== undefined && !isSame(openUploadSecret(key, row).descriptor, descriptor))
      return refuse('evidence-descriptor-differs');
    return ok({ ...(await progress(name, row)), isNew: false });
  }

  async function append(
    name: UploadName,
    offsetBytes: number,
    chunk: Uint8Array,
  ): Promise<Result<Progress, ChunkRefusal>> {
    let file = files.held(fileName(name));
    const row = file === undefined ? await readUpload(database, name) : undefined;
    if (file === undefined && row === undefined) return refuse('evidence-upload-unknown');
    if (row !== undefined && row.state !== 'receiving') return refuse('evidence-upload-closed');
    if (file === undefined && row !== undefined) file = await openFile(name, row);
    if (file === undefined) return refuse('evidence-upload-unknown');
    const { sizeBytes } = file;
    if (file.offsetBytes() !== offsetBytes)
      return refuse('evidence-offset-differs', { offsetBytes: file.offsetBytes() });
    if (!isAligned(chunk, offsetBytes, sizeBytes)) return refuse('evidence-chunk-unaligned');
    await file.append(chunk);
    await settle(name, file);
    return ok({ offsetBytes: file.offsetBytes(), sizeBytes });
  }

  /** What the disk refuses is a refusal; its file is opened anew, and read anew, by whoever comes next. */
  async function inTurn<T, Code extends string>(
    name: UploadName,
    work: () => Promise<Result<T, Code>>,
  ): Promise<Result<T, Code | 'evidence-upload-busy' | 'evidence-storage-full'>> {
    return files.inTurn<T, Code | 'evidence-storage-full'>(fileName(name), async () => {
      try {
        return await work();
      } catch (error) {
        if (!isDiskTrouble(error)) throw error;
        context.onTrouble(error);
        return refuse('evidence-storage-full');
      }
    });
  }

  async function isAbandoned(row: Row<'evidence_upload'>, beforeMs: number): Promise<boolean> {
    try {
      return (await stat(incomingPath(folder, nameOfRow(row)))).mtimeMs < beforeMs;
    } catch (error) {
      if (isMissing(error)) return true;
      throw error;
    }
  }

  return {
    create: (device, descriptor) => {
      const name = { device, sha256: descriptor.sha256 };
      return inTurn(name, () => find(name, descriptor));
    },
    offset: (name) =>
      inTurn(name, async () => {
        const row = await readUpload(database, name);
        return row === undefined ? refuse('evidence-upload-unknown') : ok(await progress(name, row));
      }),
    append: (name, offsetBytes, chunk) => inTurn(name, () => append(name, offsetBytes, chunk)),
    end: (name) =>
      inTurn(name, async () => {
        const row = await readUpload(database, name);
        if (row === undefined) return refuse('evidence-upload-unknown');
        return row.state === 'receiving' && (await remove(name)) ? ok(null) : refuse('evidence-upload-closed');
      }),
    expire: async () => {
      const beforeMs = surroundings.nowMs() - abandonedAfterMs;
      const rows = await readUploads(database, {
        state: 'receiving',
        createdBeforeMs: beforeMs,
        limit: expiryPageMax,
      });
      let expired = 0;
      for (const row of rows) {
        const name = nameOfRow(row);
        const removed = await inTurn(name, async () => ok((await isAbandoned(row, beforeMs)) && (await remove(name))));
        if (removed.ok && removed.value) expired += 1;
      }
      return expired;
    },
    close: files.close,
  };
}

function isSame(a: EvidenceDescriptor, b: EvidenceDescriptor): boolean {
  return canonicalize(a as unknown as Json) === canonicalize(b as unknown as Json);
}
