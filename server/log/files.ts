import { closeSync, constants, fdatasyncSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { assert } from '../../core/kernel/index.ts';

/** A file that is written at places of its own choosing, and what it holds. */
export type File = { readonly descriptor: number; size: number };

/** Opens a file for reading and writing; made where it is not there. */
export function openFile(path: string): File {
  const descriptor = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o644);
  return { descriptor, size: fstatSync(descriptor).size };
}

/** Reads exactly `length` bytes that were written. */
export function readAt(file: File, at: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  assert(at + length <= file.size, 'log files: what is read was written');
  let done = 0;
  while (done < length) {
    const count = readSync(file.descriptor, bytes, done, length - done, at + done);
    assert(count > 0, 'log files: a file does not shrink');
    done += count;
  }
  return bytes;
}

/** Writes all of `bytes`; not durable before `syncFile`. */
export function writeAt(file: File, at: number, bytes: Uint8Array): void {
  let done = 0;
  while (done < bytes.length) done += writeSync(file.descriptor, bytes, done, bytes.length - done, at + done);
  file.size = Math.max(file.size, at + bytes.length);
}

export function cutFile(file: File, size: number): void {
  if (file.size <= size) return;
  ftruncateSync(file.descriptor, size);
  file.size = size;
}

export const syncFile = (file: File): void => fdatasyncSync(file.descriptor);
export const closeFile = (file: File): void => closeSync(file.descriptor);
