import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { packageFiles } from '../../core/log-package/index.ts';

/** A package that is being written: a folder beside its place, which takes that place only when it is whole. */
export type PackageFolder = {
  readonly write: (path: string, bytes: Uint8Array | string) => void;
  /** Writes a file of any size; one that is there already stays, since such files are named after their hashes. */
  readonly writeStream: (path: string, bytes: AsyncIterable<Uint8Array>) => Promise<void>;
  /** Writes a file that is named after its hash; once. */
  readonly writeOnce: (path: string, bytes: Uint8Array) => void;
  /** Names every file with its hash, and puts the folder into its place. */
  readonly finish: () => Promise<void>;
  readonly discard: () => void;
};

/** The files under a folder, in the order of their names, folder by folder: only the names of the folders above are held. */
export function* filesUnder(folder: string, prefix = ''): Generator<string> {
  const entries = readdirSync(join(folder, prefix), { withFileTypes: true });
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = prefix === '' ? entry.name : `${prefix}/${entry.name}`;
    if (entry.isDirectory()) yield* filesUnder(folder, path);
    else yield path;
  }
}

/** SHA-256 of a file of any size, lower-case hexadecimal. */
export async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(file)) hash.update(part as Buffer);
  return hash.digest('hex');
}

/** The list that `sha256sum -c` reads, of all files but itself. They are read back from the disk, so that it says what is there. */
async function writeSums(folder: string): Promise<void> {
  const file = await open(join(folder, packageFiles.sums), 'wx', 0o600);
  try {
    for (const path of filesUnder(folder)) {
      if (path !== packageFiles.sums) await file.write(`${await hashOf(join(folder, path))}  ${path}\n`);
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Starts a package; `undefined` where something stands in its place already. */
export function openPackageFolder(place: string): PackageFolder | undefined {
  const folder = `${place}.part`;
  if (existsSync(place) || existsSync(folder)) return undefined;
  mkdirSync(folder, { mode: 0o700 });
  const made = new Set<string>();
  const write = (path: string, bytes: Uint8Array | string): void => {
    const parent = dirname(join(folder, path));
    if (!made.has(parent)) mkdirSync(parent, { recursive: true, mode: 0o700 });
    // One folder holds the entries of one tile: the names of folders are few, and forgotten when they are many.
    if (made.size > 1_000) made.clear();
    made.add(parent);
    writeFileSync(join(folder, path), bytes, { flag: 'wx', mode: 0o600 });
  };
  const writeStream = async (path: string, bytes: AsyncIterable<Uint8Array>): Promise<void> => {
    if (existsSync(join(folder, path))) return;
    write(path, new Uint8Array());
    const file = await open(join(folder, path), 'r+');
    try {
      for await (const part of bytes) await file.write(part);
    } finally {
      await file.close();
    }
  };
  return {
    write,
    writeStream,
    writeOnce: (path, bytes) => {
      if (!existsSync(join(folder, path))) write(path, bytes);
    },
    finish: async () => {
      await writeSums(folder);
      renameSync(folder, place);
    },
    discard: () => rmSync(folder, { recursive: true, force: true }),
  };
}
