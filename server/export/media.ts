import type { Readable } from 'node:stream';
import { evidenceSubject, type EvidenceDocument } from '../../core/evidence/index.ts';
import { ok, refuse, type Result } from '../../core/kernel/index.ts';
import { mediaPath } from '../../core/log-package/index.ts';
import { parseEvidenceDocument } from '../../contracts/documents/index.ts';
import { openBlobKey, RecordsMalformed, SealedPass, type BlobStore } from '../evidence/index.ts';
import type { PackageFolder } from '../package-folder/index.ts';
import type { Desk } from '../platform/index.ts';
import { readBlob } from '../store/index.ts';

export type MediaWork = {
  readonly desk: Desk;
  readonly folder: PackageFolder;
  readonly blobs: BlobStore;
  /** True where evidence leaves in the clear. */
  readonly withMedia: boolean;
};

type Written = 'sealed' | 'open' | 'absent';

/** In the clear, where the key is still there and every record opens to what the document says. */
async function writeOpen(
  work: MediaWork,
  document: EvidenceDocument,
): Promise<Result<Written, 'export-content-differs'>> {
  const { desk, folder, blobs } = work;
  const { descriptor, blob } = document;
  const subject = evidenceSubject(descriptor.sha256);
  const key = (await desk.subjectKeys.known([subject])).get(subject);
  const row = await readBlob(desk.database, blob);
  if (key === undefined || row === undefined) return ok('absent');
  const pass = await SealedPass.open(blobs.pathOf(blob), openBlobKey(key, row), descriptor.sizeBytes);
  try {
    await folder.writeStream(mediaPath(descriptor.sha256, descriptor.mediaType), pass.plain());
    const hashes = await pass.finish();
    const isSame = hashes.ok && hashes.value.plain === descriptor.sha256 && hashes.value.sealed === blob;
    return isSame ? ok('open') : refuse('export-content-differs', { index: blob });
  } catch (error) {
    if (error instanceof RecordsMalformed) return refuse('export-content-differs', { index: blob });
    throw error;
  } finally {
    await pass.close();
  }
}

/**
 * Writes what a document of clean evidence names: the sealed file, or with `withMedia` what is in it. What is not online any more, or
 * whose key was destroyed, is `absent`; any other document has no media.
 */
export async function writeMedia(
  work: MediaWork,
  text: string,
): Promise<Result<Written | 'none', 'export-content-differs'>> {
  const document = parseEvidenceDocument(text);
  if (!document.ok || document.value.verdict !== 'clean') return ok('none');
  const { blob } = document.value;
  if ((await work.blobs.stat(blob)) === undefined) return ok('absent');
  if (work.withMedia) return writeOpen(work, document.value);
  const sealed: Readable = work.blobs.read(blob);
  await work.folder.writeStream(mediaPath(blob), sealed);
  return ok('sealed');
}
