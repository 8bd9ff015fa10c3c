import { closeSync, constants, existsSync, fstatSync, openSync, readSync } from 'node:fs';

/** A file that is only read. */
export type ReadFile = {
  readonly size: number;
  /** The octets that are there of [at, at + length). */
  readonly read: (at: number, length: number) => Buffer;
  readonly close: () => void;
};

/** Opens a file for reading; `undefined` where there is none. */
export function openToRead(path: string): ReadFile | undefined {
  if (!existsSync(path)) return undefined;
  const descriptor = openSync(path, constants.O_RDONLY);
  const { size } = fstatSync(descriptor);
  return {
    size,
    read: (at, length) => {
      const bytes = Buffer.alloc(Math.max(0, Math.min(length, size - at)));
      let done = 0;
      while (done < bytes.length) {
        const count = readSync(descriptor, bytes, done, bytes.length - done, at + done);
        if (count === 0) return bytes.subarray(0, done);
        done += count;
      }
      return bytes;
    },
    close: () => closeSync(descriptor),
  };
}
