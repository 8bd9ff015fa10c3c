import {
  chmodSync,
  closeSync,
  existsSync,
  fchmodSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** The two calls that make bytes and names durable; a fault test takes one away to see that it is missed. */
export type Durability = {
  readonly syncFile: (descriptor: number) => void;
  readonly syncFolder: (folder: string) => void;
  /** Of SQLite; `FULL` in the product. */
  readonly synchronous: 'FULL' | 'OFF';
};

/** What the product uses. */
export const durable: Durability = { syncFile: fsyncSync, syncFolder, synchronous: 'FULL' };

function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Files of a vault in their folder. */
export function vaultFiles(directory: string) {
  const at = (name: string): string => join(directory, name);
  return {
    directory,
    journal: at('journal.db'),
    /** Beside the journal while it is written to the end; worthless until renamed. */
    journalNext: at('journal.db.next'),
    slots: at('journal.slots'),
    slotsNext: at('journal.slots.next'),
    /** An encrypted file of evidence; its name is chance, so that it tells nothing of what it holds. */
    evidence: at,
  } as const;
}

export type VaultFiles = ReturnType<typeof vaultFiles>;

/** Makes the folder for its owner only, and durable in its own parent. */
export function makeFolder(directory: string, durability: Durability): void {
  if (existsSync(directory)) return chmodSync(directory, 0o700);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  durability.syncFolder(dirname(directory));
}

/** Replaces a file at once: write beside it, fsync, rename, fsync the folder. Afterwards the new content is durable. */
export function replaceFile(options: {
  readonly file: string;
  readonly beside: string;
  readonly content: string;
  readonly durability: Durability;
}): void {
  const { file, beside, content, durability } = options;
  const descriptor = openSync(beside, 'w', 0o600);
  try {
    fchmodSync(descriptor, 0o600);
    const bytes = Buffer.from(content, 'utf8');
    for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
    durability.syncFile(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(beside, file);
  durability.syncFolder(dirname(file));
}

/** Makes content and name of a finished file durable. */
export function syncPath(file: string, durability: Durability): void {
  const descriptor = openSync(file, 'r+');
  try {
    fchmodSync(descriptor, 0o600);
    durability.syncFile(descriptor);
  } finally {
    closeSync(descriptor);
  }
  durability.syncFolder(dirname(file));
}

/** Moves a finished file into place, durably. */
export function moveIntoPlace(options: {
  readonly from: string;
  readonly to: string;
  readonly durability: Durability;
}): void {
  syncPath(options.from, options.durability);
  renameSync(options.from, options.to);
  options.durability.syncFolder(dirname(options.to));
}

/** Content of one file in another, by plain writes. The caller makes it durable. */
export function copyContent(from: string, to: string): void {
  const source = openSync(from, 'r');
  const target = openSync(to, 'w', 0o600);
  try {
    const chunk = Buffer.alloc(1_048_576);
    for (let read = readSync(source, chunk); read > 0; read = readSync(source, chunk)) {
      for (let at = 0; at < read;) at += writeSync(target, chunk, at, read - at);
    }
  } finally {
    closeSync(source);
    closeSync(target);
  }
}

/** Removes a leftover and what SQLite may have put beside it. */
export function removeLeftover(file: string): void {
  for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
}

const evidenceName = /^evidence-[0-9a-f]{32}$/u;

/** The name of a file of evidence, from 16 random bytes. */
export function evidenceFileName(chance: Uint8Array): string {
  return `evidence-${Buffer.from(chance).toString('hex')}`;
}

/** Names of all files of evidence in a folder, needed or not. */
export function evidenceFiles(directory: string): readonly string[] {
  return readdirSync(directory).filter((name) => evidenceName.test(name));
}

/** Text of a file: `undefined` where it is absent, `null` where its bytes are no UTF-8. */
export function readIfPresent(file: string): string | null | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(file));
  } catch {
    return null;
  }
}
