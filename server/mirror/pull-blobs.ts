import { createHash, type Hash } from 'node:crypto';
import { mkdir, open, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { ok, refuse, type Result } from '../../core/kernel/index.ts';
import { openBlobStore, type BlobStore } from '../evidence/index.ts';
import type { BlobDoor, BlobEntry } from './blob-door.ts';
import { hashingFile } from './hash-file.ts';
import type { FetchRefusal } from './verified-tiles.ts';

export type BlobsPulled = {
  /** Blobs of the platform that are held now. */
  readonly held: number;
  readonly added: number;
};

export type BlobRefusal = FetchRefusal | 'mirror-blob-wrong';

const incoming = 'incoming';

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  return found?.size ?? 0;
}

/** Writes the rest of a blob behind what is there; false where the line was cut or more comes than was said. */
async function writeRest(file: FileHandle, rest: AsyncIterable<Uint8Array>, hash: Hash, sizeMaxBytes: number) {
  let size = 0;
  try {
    for await (const part of rest) {
      size += part.length;
      if (size > sizeMaxBytes) return false;
      hash.update(part);
      await file.write(part);
    }
    return size === sizeMaxBytes;
  } catch (error) {
    // A line that was cut is taken up by the next round; a disk that refuses is no matter of the line.
    if (error instanceof Error && 'syscall' in error && error.syscall === 'write') throw error;
    return false;
  }
}

async function take(
  door: BlobDoor,
  store: BlobStore,
  folder: string,
  { blob, sizeBytes }: BlobEntry,
): Promise<Result<null, BlobRefusal>> {
  const part = join(folder, `${blob}.part`);
  let from = await sizeOf(part);
  if (from > sizeBytes) {
    await rm(part);
    from = 0;
  }
  // What an earlier round left is hashed again: nothing is taken on trust.
  const hash = from === 0 ? createHash('sha256') : await hashingFile(part);
  if (from < sizeBytes) {
    const rest = await door.read(blob, from);
    if (!rest.ok) return rest;
    await using file = await open(part, 'a', 0o600);
    if (!(await writeRest(file, rest.value, hash, sizeBytes - from)))
      return refuse('mirror-origin-unreachable', { path: blob });
    await file.sync();
  } else {
    await using file = await open(part, 'a', 0o600);
    await file.sync();
  }
  if (hash.digest('hex') !== blob) {
    await rm(part);
    return refuse('mirror-blob-wrong', { blob });
  }
  await store.put(part, blob);
  await rm(part);
  return ok(null);
}

/**
 * Takes every sealed piece of evidence that the platform lists and this mirror lacks: whole, hashed, on the disk with its
 * folders, and only then under its name. One that is not what its name says is left out, named, and asked for again by the
 * next round; a cut line is taken up where it was cut.
 */
export async function pullBlobs(folder: string, door: BlobDoor): Promise<Result<BlobsPulled, BlobRefusal>> {
  const store = openBlobStore(folder);
  const parts = join(folder, incoming);
  await mkdir(parts, { recursive: true, mode: 0o700 });
  let held = 0;
  let added = 0;
  let wrong: Result<never, BlobRefusal> | undefined;
  for (let after = ''; ;) {
    const page = await door.list(after);
    if (!page.ok) return page;
    for (const entry of page.value.blobs) {
      if ((await store.stat(entry.blob))?.sizeBytes !== entry.sizeBytes) {
        const taken = await take(door, store, parts, entry);
        if (!taken.ok && taken.refusal.code !== 'mirror-blob-wrong') return taken;
        if (!taken.ok) wrong ??= taken;
        else added += 1;
      }
      held += 1;
    }
    const { next } = page.value;
    if (next === null) return wrong ?? ok({ held, added });
    // A list that does not go on would never end.
    if (next <= after) return refuse('mirror-origin-unreachable', { path: after });
    after = next;
  }
}
