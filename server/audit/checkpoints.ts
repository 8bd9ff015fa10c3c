import { readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseCheckpoint, parseNote, openNote, noteKeyTypes, type NoteKey } from '../../core/log/index.ts';
import { toBase64 } from '../../core/kernel/index.ts';
import { verifyMlDsa44 } from '../../eds/index.ts';
import { verifyEd25519 } from '../keys/index.ts';
import { countTable, readCheckpoints, readRowsBy, scanTable, type Row } from '../store/index.ts';
import { firstDifference, type Expectation } from './finding.ts';
import type { KeysAt } from './log-keys.ts';
import type { AuditRun, LogKeys } from './run.ts';

/** What the world was shown, read before the snapshot of the tables: these then hold it already. */
export type PublishedHeads = { readonly checkpoint: string | undefined; readonly cosigned: string | undefined };

export function readPublishedHeads(folder: string): PublishedHeads {
  const read = (name: string): string | undefined => {
    const path = join(folder, name);
    return existsSync(path) ? readFileSync(path, 'latin1') : undefined;
  };
  return { checkpoint: read('checkpoint'), cosigned: read('checkpoint.cosigned') };
}

/** Notes hold the dash of signature lines; octets that are no text must not be mended by reading. */
const utf8 = (text: string): Buffer => Buffer.from(text, 'latin1');

/** The size that a note names; -1 where it is none. */
function sizeOf(found: string): number {
  const parsed = parseNote(utf8(found).toString());
  const head = parsed.ok ? parseCheckpoint(parsed.value.text) : parsed;
  return head.ok ? head.value.size : -1;
}

type Head = {
  readonly size: number;
  readonly root: string;
  /** When the log says that it signed, where a line of it says when. */
  readonly atSeconds: number | undefined;
};

/** The head of a note whose every line is a good signature of these keys, one of them the log's own. */
function openWhole(note: string, keys: LogKeys): Head | undefined {
  const opened = openNote({ note, keys, verifyEd25519, verifyMlDsa44 });
  if (!opened.ok) return undefined;
  const lines = note.slice(opened.value.text.length + 1, -1).split('\n');
  const isEach = opened.value.signatures.length === lines.length;
  const own = opened.value.signatures.find(({ key }) => key.type === noteKeyTypes.ed25519);
  const checkpoint = parseCheckpoint(opened.value.text);
  if (!isEach || own === undefined || !checkpoint.ok || checkpoint.value.origin !== own.key.name) return undefined;
  const atSeconds = opened.value.signatures.find((line) => line.atSeconds !== undefined)?.atSeconds;
  return { size: checkpoint.value.size, root: toBase64(checkpoint.value.root), atSeconds };
}

/** Judges the stored checkpoints while the tree grows past their sizes. */
export type CheckpointRows = {
  /** Reads those of trees of `from` + 1 to `to` leaves. */
  readonly load: (from: number, to: number) => Promise<void>;
  /** Told the root of each size as the tree grows. */
  readonly see: (size: number, root: () => Uint8Array) => void;
  /** After the last leaf: the newest head, rows that nobody signed, and what the world was shown. */
  readonly finish: (heads: PublishedHeads, witnesses: readonly NoteKey[]) => Promise<{ readonly unknownLines: number }>;
};

class Checkpoints {
  readonly #run: AuditRun;
  readonly #keysAt: KeysAt;
  readonly #isLive: boolean;
  #waiting: Row<'checkpoint'>[] = [];
  #seen = 0;
  #last: { readonly row: Row<'checkpoint'>; readonly head: Head | undefined } | undefined;
  #hasForked = false;

  constructor(run: AuditRun, keysAt: KeysAt, isLive: boolean) {
    this.#run = run;
    this.#keysAt = keysAt;
    this.#isLive = isLive;
  }

  readonly load = async (from: number, to: number): Promise<void> => {
    this.#waiting = [...(await readCheckpoints(this.#run.session, from, to))];
  };

  readonly see = (size: number, root: () => Uint8Array): void => {
    const [row] = this.#waiting;
    if (row?.tree_size !== size) return;
    this.#waiting.shift();
    this.#seen += 1;
    const head = openWhole(row.note, this.#keysAt(size));
    this.#judge(row, head, () => toBase64(root()));
    this.#last = { row, head };
  };

  #judge(row: Row<'checkpoint'>, head: Head | undefined, root: () => string): void {
    const named = { place: 'table checkpoint', key: String(row.tree_size), is: 'different' } as const;
    const { report } = this.#run;
    if (head === undefined) report({ ...named, column: 'note', expected: 'log-signature' });
    else if (head.size !== row.tree_size) report({ ...named, column: 'tree_size', expected: 'log-signature' });
    // The first that the tree does not extend says where: those after it follow from it.
    else if (!this.#hasForked && head.root !== root()) {
      this.#hasForked = true;
      report({ ...named, column: 'note', expected: 'tree-root' });
    }
    const { atSeconds } = head ?? {};
    const isTime =
      atSeconds === undefined
        ? row.signed_at_ms >= (this.#last?.row.signed_at_ms ?? 0)
        : row.signed_at_ms === atSeconds * 1_000;
    if (!isTime) report({ ...named, column: 'signed_at_ms', expected: 'log-signature' });
  }

  readonly finish = async (
    heads: PublishedHeads,
    witnesses: readonly NoteKey[],
  ): Promise<{ readonly unknownLines: number }> => {
    await this.#compareHead();
    if ((await countTable(this.#run.session, 'checkpoint')) !== this.#seen) await this.#nameStrangers();
    this.#compareFile(heads.checkpoint);
    return { unknownLines: await this.#compareCosigned(heads.cosigned, witnesses) };
  };

  async #compareHead(): Promise<void> {
    const { report, session } = this.#run;
    const place = 'table checkpoint_head';
    const rows = await readRowsBy(session, 'checkpoint_head', { column: 'name', values: ['log'] });
    if ((await countTable(session, 'checkpoint_head')) > rows.length)
      report({ place, key: '', is: 'added', expected: 'newest-checkpoint' });
    const [row] = rows;
    const last = this.#last;
    if (row === undefined || last === undefined) {
      if (row !== last) report({ place, key: 'log', is: 'missing', expected: 'newest-checkpoint' });
      return;
    }
    const named = { place, key: 'log', is: 'different', expected: 'newest-checkpoint' } as const;
    if (row.tree_size !== last.row.tree_size) report({ ...named, column: 'tree_size' });
    else if (last.head !== undefined && row.root !== last.head.root) report({ ...named, column: 'root' });
  }

  async #nameStrangers(): Promise<void> {
    const { report, session } = this.#run;
    const last = this.#last?.row.tree_size ?? 0;
    for await (const page of scanTable(session, 'checkpoint')) {
      for (const { tree_size: size } of page) {
        if (size < 0 || size > last)
          report({ place: 'table checkpoint', key: String(size), is: 'added', expected: 'tree-root' });
      }
    }
  }

  /** Names the first octet that is not what was stored. */
  #compareNote(name: string, found: string, is: 'different' | 'unfinished', expected: Expectation): void {
    const stored = Buffer.from(this.#last?.row.note ?? '');
    const offset = Math.max(0, firstDifference(utf8(found), stored));
    this.#run.report({ place: `log/${name}`, key: '', offset, is, expected });
  }

  #compareFile(found: string | undefined): void {
    const newest = this.#last?.row.note;
    if (newest === undefined) return;
    if (found === undefined)
      return this.#run.report({ place: 'log/checkpoint', key: '', is: 'missing', expected: 'file' });
    if (utf8(found).equals(Buffer.from(newest))) return;
    const head = openWhole(utf8(found).toString(), this.#keysAt(sizeOf(found)));
    const isOlder = head !== undefined && head.size < (this.#last?.row.tree_size ?? 0);
    // While a server runs, the tables may be one head ahead of the file.
    if (isOlder && this.#isLive) return;
    this.#compareNote('checkpoint', found, isOlder ? 'unfinished' : 'different', 'newest-checkpoint');
  }

  /** Compares the head that witnesses cosigned; answers how many lines nobody here can verify. */
  async #compareCosigned(found: string | undefined, witnesses: readonly NoteKey[]): Promise<number> {
    if (found === undefined) return 0;
    const note = utf8(found).toString();
    const isText = Buffer.from(note).equals(utf8(found));
    const parsed = isText ? parseNote(note) : undefined;
    const size = isText ? sizeOf(found) : -1;
    const [row] = await readCheckpoints(this.#run.session, size - 1, size);
    if (parsed?.ok !== true || row === undefined || !note.startsWith(row.note)) {
      this.#compareNote('checkpoint.cosigned', found, 'different', 'stored-checkpoint');
      return 0;
    }
    const keys = [...this.#keysAt(size), ...witnesses];
    const opened = openNote({ note, keys, verifyEd25519, verifyMlDsa44 });
    if (!opened.ok)
      this.#run.report({
        ...{ place: 'log/checkpoint.cosigned', key: '', offset: Buffer.byteLength(row.note) },
        ...{ is: 'different', expected: 'witness-signature' },
      });
    return opened.ok ? parsed.value.signatures.length - opened.value.signatures.length : 0;
  }
}

export function openCheckpointRows(run: AuditRun, keysAt: KeysAt, isLive: boolean): CheckpointRows {
  return new Checkpoints(run, keysAt, isLive);
}
