import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { sha256Hex } from '../../eds/index.ts';
import { replaceFile } from '../keys/index.ts';

/** What a log did that no log may do: sign another history than the one that is held, or show an older one. */
export type AlarmKind = 'mirror-log-forked' | 'mirror-log-rewound';

/** Proofs of what a log did, one file each; they stand until a person moves them away. */
export type Alarms = {
  /** Keeps both heads, each with the log's own signature. Durable on return; what is known already is not written again. */
  readonly raise: (kind: AlarmKind, heads: { readonly held: string; readonly shown: string }) => void;
  /** Names of the files, oldest kind first. */
  readonly standing: () => readonly string[];
};

/** A log that signs ever new histories proves no more by the next one, and must not fill the disk. */
const alarmsMax = 256;

/** Opens the alarms of a folder. */
export function openAlarms(folder: string, nowMs: () => number): Alarms {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const standing = (): readonly string[] =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.txt'))
      .toSorted();
  return {
    standing,
    raise: (kind, { held, shown }) => {
      const name = `${kind}-${sha256Hex(held, shown).slice(0, 16)}.txt`;
      if (existsSync(join(folder, name)) || standing().length >= alarmsMax) return;
      const at = new Date(nowMs()).toISOString();
      replaceFile(join(folder, name), `${kind}\n${at}\n\n=== held\n${held}\n=== shown\n${shown}`, 0o600);
    },
  };
}
