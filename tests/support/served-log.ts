import { ok, refuse, type Result } from '../../core/kernel/index.ts';
import { checkpointText, formatNoteKey, noteKey, signNote, type NoteKey } from '../../core/log/index.ts';
import { openLogStore, readTile } from '../../server/log/index.ts';
import { sha256, testKey } from './crypto.ts';

/** A log on the disk that signs and serves its whole tree, as the doors of a platform do. */
export type ServedLog = {
  readonly folder: string;
  readonly key: NoteKey;
  readonly keyText: string;
  readonly append: (entries: readonly string[]) => void;
  readonly root: (size: number) => string;
  readonly note: (size: number) => string;
  /** The file at a path below the prefix of the log. */
  readonly fetch: (
    path: string,
    sizeMaxBytes: number,
  ) => Promise<Result<Uint8Array, 'mirror-file-missing' | 'mirror-answer-too-large'>>;
  readonly close: () => void;
};

/** Opens such a log; two of one name and other entries are a fork. */
export function servedLog(folder: string, name: string): ServedLog {
  const signer = testKey(name);
  const key = noteKey(sha256, { name, publicKey: signer.publicKey });
  const store = openLogStore(folder, key);
  const { tree, readEntries, readHashes } = store;
  const note = (size: number): string =>
    signNote({
      text: checkpointText({ origin: name, size, root: Buffer.from(tree.rootAt(size), 'base64') }),
      ...{ key, sign: signer.sign },
    });
  function read(path: string): Uint8Array | undefined {
    if (path === 'checkpoint') return Buffer.from(note(tree.size()));
    const log = { checkpointSize: () => tree.size(), readEntries, readHashes };
    return path.startsWith('tile/') ? readTile(log, path.slice('tile/'.length)) : undefined;
  }
  return {
    ...{ folder, key, note },
    keyText: formatNoteKey(key),
    append: (entries) => tree.append(entries),
    root: tree.rootAt,
    fetch: async (path, sizeMaxBytes) => {
      const bytes = read(path);
      if (bytes === undefined) return refuse('mirror-file-missing', { path });
      return bytes.length > sizeMaxBytes ? refuse('mirror-answer-too-large', { path }) : ok(Uint8Array.from(bytes));
    },
    close: store.close,
  };
}
