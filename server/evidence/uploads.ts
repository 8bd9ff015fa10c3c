import { stat } from 'node:fs/promises';
import { recordKeySizeBytes, recordSizeBytes, type EvidenceDescriptor } from '../../core/evidence/index.ts';
import { assert, ok, refuse, type DeviceId, type Result } from '../../core/kernel/index.ts';
import { canonicalize, type Json } from '../../core/signing/index.ts';
import {
  deleteUpload,
  insertUpload,
  moveUpload,
  readUpload,
  scanUploads,
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

export type Progress = { readonly offsetBytes: number; readonly sizeBytes: number };
export type Creation = Progress & { readonly isNew: boolean };
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

type Chunk = { readonly offsetBytes: number; readonly chunk: Uint8Array };
/** Chunks of an upload that wait for their turn, and their answers once the first of them has it. */
type Arrived = { readonly chunks: Chunk[]; kept?: Promise<readonly Result<Progress, ChunkRefusal>[]> };

const fileName = ({ device, sha256 }: UploadName): string => `${device}.${sha256}`;

function isAligned(chunk: Uint8Array, offsetBytes: number, sizeBytes: number): boolean {
  const end = offsetBytes + chunk.length;
  return chunk.length > 0 && (end === sizeBytes || (end < sizeBytes && chunk.length % recordSizeBytes === 0));
}

function isSame(a: EvidenceDescriptor, b: EvidenceDescriptor): boolean {
  return canonicalize(a as unknown as Json) === canonicalize(b as unknown as Json);
}

/** Uploads that are not whole yet. */
export class Uploads {
  readonly #context: EvidenceContext;
  readonly #files = createOpenFiles();
  readonly #arrived = new Map<string, Arrived>();
  readonly #onWhole: () => void;

  /** `onWhole` is told when an upload is in quarantine. */
  constructor(context: EvidenceContext, onWhole: () => void) {
    this.#context = context;
    this.#onWhole = onWhole;
  }

  /** One upload for each device and hash: asking again finds it, with its offset. */
  create(device: DeviceId, descriptor: EvidenceDescriptor): Promise<Result<Creation, CreationRefusal>> {
    const name = { device, sha256: descriptor.sha256 };
    return this.#inTurn(name, () => this.#findOrMake(name, descriptor));
  }

  /** Durable bytes of an upload; all of them where it is whole. */
  offset(
    name: UploadName,
  ): Promise<Result<Progress, 'evidence-upload-unknown' | 'evidence-upload-busy' | 'evidence-storage-full'>> {
    return this.#inTurn(name, async () => {
      const row = await readUpload(this.#context.platform.database, name);
      return row === undefined ? refuse('evidence-upload-unknown') : ok(await this.#progress(name, row));
    });
  }

  /**
   * Adds a chunk at `offsetBytes`; durable on return. The last one puts the upload into quarantine. What arrives while the disk flushes
   * is kept together, under the next flush.
   */
  append(name: UploadName, offsetBytes: number, chunk: Uint8Array): Promise<Result<Progress, ChunkRefusal>> {
    const file = fileName(name);
    // Whoever is refused here may use his bytes again at once: they must not wait with the others.
    if (this.#files.isBusy(file)) return Promise.resolve(refuse('evidence-upload-busy'));
    const arrived = this.#arrived.get(file) ?? { chunks: [] };
    this.#arrived.set(file, arrived);
    const place = arrived.chunks.push({ offsetBytes, chunk }) - 1;
    return this.#inTurn<Progress, ChunkRefusal>(name, async () => {
      arrived.kept ??= this.#keep(name, arrived.chunks);
      const kept = (await arrived.kept)[place];
      assert(kept !== undefined, 'evidence: each chunk has an answer');
      return kept;
    });
  }

  /** Forgets an upload that is not whole. */
  end(name: UploadName): Promise<Result<null, ChunkRefusal>> {
    return this.#inTurn(name, async () => {
      const row = await readUpload(this.#context.platform.database, name);
      if (row === undefined) return refuse('evidence-upload-unknown');
      return row.state === 'receiving' && (await this.#remove(name)) ? ok(null) : refuse('evidence-upload-closed');
    });
  }

  /** Gives up what took no byte for a week; answers how many. */
  async expire(): Promise<number> {
    const { platform } = this.#context;
    const beforeMs = platform.surroundings.nowMs() - abandonedAfterMs;
    let expired = 0;
    for await (const rows of scanUploads(platform.database, 'receiving', beforeMs)) {
      for (const row of rows) {
        const name = nameOfRow(row);
        const removed = await this.#inTurn(name, async () =>
          ok((await this.#isAbandoned(name, beforeMs)) && (await this.#remove(name))),
        );
        if (removed.ok && removed.value) expired += 1;
      }
    }
    return expired;
  }

  close(): Promise<void> {
    return this.#files.close();
  }

  /** Keeps what has arrived, as far as one follows the other; answers for each. To be called within a turn. */
  async #keep(name: UploadName, chunks: readonly Chunk[]): Promise<readonly Result<Progress, ChunkRefusal>[]> {
    this.#arrived.delete(fileName(name));
    const opened = await this.#fileOf(name);
    if (!opened.ok) return chunks.map(() => opened);
    const file = opened.value;
    const { sizeBytes } = file;
    const fitting: Uint8Array[] = [];
    let end = file.offsetBytes();
    const answers = chunks.map(({ offsetBytes, chunk }): Result<Progress, ChunkRefusal> => {
      if (offsetBytes !== end) return refuse('evidence-offset-differs', { offsetBytes: end });
      if (!isAligned(chunk, end, sizeBytes)) return refuse('evidence-chunk-unaligned');
      fitting.push(chunk);
      end += chunk.length;
      return ok({ offsetBytes: end, sizeBytes });
    });
    if (fitting.length > 0) await file.append(...fitting);
    await this.#settle(name, file);
    return answers;
  }

  /** The file of an upload that takes chunks. One that is held open is known to do so. */
  async #fileOf(name: UploadName): Promise<Result<UploadFile, 'evidence-upload-unknown' | 'evidence-upload-closed'>> {
    const held = this.#files.held(fileName(name));
    if (held !== undefined) return ok(held);
    const row = await readUpload(this.#context.platform.database, name);
    if (row === undefined) return refuse('evidence-upload-unknown');
    return row.state === 'receiving' ? ok(await this.#open(name, row)) : refuse('evidence-upload-closed');
  }

  async #open(name: UploadName, row: Row<'evidence_upload'>): Promise<UploadFile> {
    const held = this.#files.held(fileName(name));
    if (held !== undefined) return held;
    const { folder, platform } = this.#context;
    const key = (await platform.subjectKeys.known([subjectOf(name)])).get(subjectOf(name));
    if (key === undefined) throw new Error('evidence: the key of an upload is stored before its row');
    const file = await openUploadFile({
      path: incomingPath(folder, name),
      cipher: openUploadSecret(key, row).cipher,
      sizeBytes: row.size_bytes,
      randomBytes: platform.surroundings.randomBytes,
    });
    await this.#files.hold(fileName(name), file);
    return file;
  }

  /** Puts a whole upload into quarantine. A crash before this is made up for when the device next asks. */
  async #settle(name: UploadName, file: UploadFile): Promise<void> {
    if (!file.isWhole()) return;
    await this.#files.drop(fileName(name));
    await moveUpload(this.#context.platform.database, name, { from: 'receiving', to: 'quarantined' });
    this.#onWhole();
  }

  async #progress(name: UploadName, row: Row<'evidence_upload'>): Promise<Progress> {
    const sizeBytes = row.size_bytes;
    if (row.state !== 'receiving') return { offsetBytes: sizeBytes, sizeBytes };
    const file = await this.#open(name, row);
    await this.#settle(name, file);
    return { offsetBytes: file.offsetBytes(), sizeBytes };
  }

  async #remove(name: UploadName): Promise<boolean> {
    await this.#files.drop(fileName(name));
    if (!(await deleteUpload(this.#context.platform.database, name))) return false;
    await removeFile(incomingPath(this.#context.folder, name));
    return true;
  }

  async #findOrMake(name: UploadName, descriptor: EvidenceDescriptor): Promise<Result<Creation, CreationRefusal>> {
    const { database, subjectKeys } = this.#context.platform;
    const row = await readUpload(database, name);
    if (row === undefined) return this.#make(name, descriptor);
    if (row.refusal === 'evidence-infected') return refuse('evidence-infected');
    if (row.state === 'refused') {
      // The bytes were others than announced; what the device holds now may be right.
      await this.#remove(name);
      return this.#make(name, descriptor);
    }
    const key = (await subjectKeys.known([subjectOf(name)])).get(subjectOf(name));
    // A key that was destroyed by the rule leaves nothing to compare with; the upload is as closed as it was.
    if (key !== undefined && !isSame(openUploadSecret(key, row).descriptor, descriptor))
      return refuse('evidence-descriptor-differs');
    return ok({ ...(await this.#progress(name, row)), isNew: false });
  }

  async #make(name: UploadName, descriptor: EvidenceDescriptor): Promise<Result<Creation, CreationRefusal>> {
    const { folder, platform } = this.#context;
    const { database, subjectKeys, surroundings } = platform;
    const { sizeBytes } = descriptor;
    if ((await freeBytes(folder)) < sizeBytes + freeBytesMin) return refuse('evidence-storage-full');
    const subject = subjectOf(name);
    const key = (await subjectKeys.ensure([subject])).get(subject);
    if (key === undefined) throw new Error('evidence: a subject has a key once it is ensured');
    const place = { device: name.device, created_at_ms: surroundings.nowMs() };
    const blobKey = surroundings.randomBytes(recordKeySizeBytes);
    const made = await insertUpload(
      database,
      {
        ...name,
        size_bytes: sizeBytes,
        state: 'receiving',
        refusal: null,
        sealed: sealUpload(key, place, { descriptor, key: blobKey }),
        leaf_id: null,
        created_at_ms: place.created_at_ms,
      },
      uploadQuota,
    );
    return made === 'full'
      ? refuse('evidence-quota-exceeded', { retryAfterSeconds: 60 })
      : ok({ offsetBytes: 0, sizeBytes, isNew: true });
  }

  async #isAbandoned(name: UploadName, beforeMs: number): Promise<boolean> {
    try {
      return (await stat(incomingPath(this.#context.folder, name))).mtimeMs < beforeMs;
    } catch (error) {
      if (isMissing(error)) return true;
      throw error;
    }
  }

  /** One request at a time of each upload. What the disk refuses is a refusal: nothing was acknowledged. */
  #inTurn<T, Code extends string>(
    name: UploadName,
    work: () => Promise<Result<T, Code>>,
  ): Promise<Result<T, Code | 'evidence-upload-busy' | 'evidence-storage-full'>> {
    return this.#files.inTurn<T, Code | 'evidence-storage-full'>(fileName(name), async () => {
      try {
        return await work();
      } catch (error) {
        if (!isDiskTrouble(error)) throw error;
        this.#context.onTrouble(error);
        return refuse('evidence-storage-full');
      }
    });
  }
}
