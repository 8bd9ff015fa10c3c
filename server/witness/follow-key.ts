import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { equalBytes } from '../../core/kernel/index.ts';
import {
  followKey,
  formatNoteKey,
  logKeyAt,
  parseLogKeyChange,
  type KeyRotation,
  type LogPins,
  type NoteKey,
} from '../../core/log/index.ts';
import { keyRotation } from '../../contracts/documents/index.ts';
import { sha256 } from '../../eds/index.ts';
import { replaceFile, verifyEd25519 } from '../keys/index.ts';

/** The keys of the logs that a witness knows: those of its file, and those that took over from them with a proof that it keeps. */
export type LogKeyring = {
  /** Keys that may sign a tree of this size under this name. */
  readonly keysAt: (origin: string, size: number) => readonly NoteKey[];
  /**
   * Follows a change from a key that is pinned, where its head is `known`, the head that this witness vouched for: the
   * consistency of the log is proven by then. Durable on return; false, and nothing changed, where it is not proven.
   */
  readonly follow: (
    rotation: KeyRotation,
    knownOf: (origin: string) => { readonly size: number; readonly root: Uint8Array },
  ) => boolean;
};

const fileName = 'followed';
/** Keys change once in some years; a file with more was not written here. */
const rotationsMax = 256;
const kept = z.array(keyRotation).max(rotationsMax);

/** The file of proven changes; one that cannot be read throws: a witness that forgot a change would believe the replaced key. */
function readKept(path: string): readonly KeyRotation[] {
  return existsSync(path) ? kept.parse(JSON.parse(readFileSync(path, 'utf8'))) : [];
}

/** Opens the keys of a witness; every kept change is proven again. */
export function openLogKeyring(folder: string, logs: readonly NoteKey[]): LogKeyring {
  const path = join(folder, fileName);
  const chains: LogPins[] = logs.map((key) => [{ key, fromSize: 0 }]);
  const rotations: KeyRotation[] = [];

  function take(
    rotation: KeyRotation,
  ): { readonly commit: () => void; readonly head: { origin: string; size: number; root: Uint8Array } } | undefined {
    const change = parseLogKeyChange(rotation.document.document);
    if (!change.ok) return undefined;
    const at = chains.findIndex((pins) => formatNoteKey((pins.at(-1) ?? pins[0]).key) === change.value.before);
    const pins = chains[at];
    if (pins === undefined) return undefined;
    const followed = followKey(rotation, (pins.at(-1) ?? pins[0]).key, { sha256, verifyEd25519 });
    if (!followed.ok) return undefined;
    const { key, head } = followed.value;
    const commit = (): void => {
      chains[at] = [...pins, { key, fromSize: head.size }];
      rotations.push(rotation);
    };
    return { commit, head };
  }

  for (const rotation of readKept(path)) {
    const taken = take(rotation);
    // A key that was taken out of the list of logs is followed no more.
    taken?.commit();
  }

  return {
    keysAt: (origin, size) => chains.filter(([first]) => first.key.name === origin).map((pins) => logKeyAt(pins, size)),
    follow: (rotation, knownOf) => {
      const taken = take(rotation);
      if (taken === undefined || rotations.length >= rotationsMax) return false;
      const known = knownOf(taken.head.origin);
      if (known.size !== taken.head.size || !equalBytes(known.root, taken.head.root)) return false;
      replaceFile(path, `${JSON.stringify([...rotations, rotation])}\n`, 0o644);
      taken.commit();
      return true;
    },
  };
}
