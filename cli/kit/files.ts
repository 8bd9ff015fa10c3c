import { open } from 'node:fs/promises';
import { ok, refuse, type Result } from '../../core/kernel/index.ts';

/** Reads a file of at most `sizeMaxBytes`; the size is checked on what is read, not on what the folder says. */
export async function readSmallFile(
  file: string,
  sizeMaxBytes: number,
): Promise<Result<Uint8Array, 'file-unreadable' | 'file-too-large'>> {
  try {
    await using handle = await open(file, 'r');
    const buffer = Buffer.alloc(sizeMaxBytes + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length);
      length += bytesRead;
      if (length > sizeMaxBytes) return refuse('file-too-large', { file });
      if (bytesRead === 0) return ok(new Uint8Array(buffer.subarray(0, length)));
    }
  } catch {
    return refuse('file-unreadable', { file });
  }
}
