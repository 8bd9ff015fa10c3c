import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvariantError } from '../../core/kernel/index.ts';
import { parseCheckpoint, parseNote, type Checkpoint } from '../../core/log/index.ts';
import { sha256, sha256Hex } from '../../eds/index.ts';
import { replaceFile } from '../keys/index.ts';

/** The newest tree head of each log that this witness vouched for, one file a log, with the signature of the log. */
export type Heads = {
  /** The head of the empty tree where nothing was seen yet. A file that cannot be read throws: a witness that forgot vouches for nothing. */
  readonly read: (origin: string) => Checkpoint;
  /** The note of that head as it was written. */
  readonly note: (origin: string) => string | undefined;
  /** Durable on return. */
  readonly write: (origin: string, note: string) => void;
};

export function openHeads(folder: string): Heads {
  const pathOf = (origin: string): string => join(folder, sha256Hex(origin));
  const noteOf = (origin: string): string | undefined =>
    existsSync(pathOf(origin)) ? readFileSync(pathOf(origin), 'utf8') : undefined;
  return {
    note: noteOf,
    read: (origin) => {
      const text = noteOf(origin);
      if (text === undefined) return { origin, size: 0, root: sha256() };
      const note = parseNote(text);
      const head = note.ok ? parseCheckpoint(note.value.text) : note;
      if (!head.ok || head.value.origin !== origin) throw new InvariantError('witness: a kept head can be read');
      return head.value;
    },
    write: (origin, note) => replaceFile(pathOf(origin), note, 0o600),
  };
}
