import { toBase64 } from '../../core/kernel/index.ts';
import {
  checkpointText,
  consistencyPath,
  createFrontier,
  formatNoteKey,
  hashLeaf,
  inclusionPath,
  noteKey,
  rootOf,
  signNote,
  type NoteKey,
} from '../../core/log/index.ts';
import { sha256, testKey } from './crypto.ts';

/** A log in memory that signs whatever tree it is told to. */
export type TestLog = {
  readonly key: NoteKey;
  readonly keyText: string;
  /** The way from a leaf to the root of the whole tree. */
  readonly pathOf: (index: number) => readonly Uint8Array[];
  /** The signed checkpoint of the first `size` leaves. */
  readonly note: (size: number) => string;
  /** The body of a request to a witness that knows the tree of `oldSize` leaves. */
  readonly submission: (oldSize: number, size: number) => string;
};

/** Leaves are texts; two logs of one origin and other leaves are a fork. */
export function testLog(origin: string, leaves: readonly string[]): TestLog {
  const signer = testKey(origin);
  const key = noteKey(sha256, { name: origin, publicKey: signer.publicKey });
  const hashes = new Map<string, Uint8Array>();
  const frontier = createFrontier({ sha256 });
  for (const leaf of leaves)
    frontier.append(hashLeaf(sha256, leaf), (level, index, hash) => hashes.set(`${level}/${index}`, hash));
  const readHash = (level: number, index: number): Uint8Array => {
    const hash = hashes.get(`${level}/${index}`);
    if (hash === undefined) throw new Error('the tree has this hash');
    return hash;
  };
  const note = (size: number): string =>
    signNote({
      text: checkpointText({ origin, size, root: rootOf({ sha256, readHash, size }) }),
      key,
      sign: signer.sign,
    });
  const submission = (oldSize: number, size: number): string => {
    const path = oldSize > size ? [] : consistencyPath({ sha256, readHash, oldSize, size });
    return [`old ${oldSize}`, ...path.map(toBase64), '', note(size)].join('\n');
  };
  const pathOf = (index: number): readonly Uint8Array[] =>
    inclusionPath({ sha256, readHash, index, size: leaves.length });
  return { key, keyText: formatNoteKey(key), pathOf, note, submission };
}
