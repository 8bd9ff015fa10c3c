import { equalBytes, ok, refuse, toBase64, type Result } from '../../core/kernel/index.ts';
import {
  createFrontier,
  hashLeaf,
  hashSizeBytes,
  noteKeyTypes,
  openNote,
  tileHeight,
  tileWidth,
} from '../../core/log/index.ts';
import { sha256, verifyMlDsa44 } from '../../eds/index.ts';
import { openBlobStore } from '../evidence/index.ts';
import { verifyEd25519 } from '../keys/index.ts';
import type { LogStore } from '../log/index.ts';
import { entriesOf } from './entries.ts';
import { hashOfFile } from './hash-file.ts';
import type { Mirror } from './open-mirror.ts';

/** What a mirror surely holds. */
export type MirrorState = {
  /** Sealed pieces of evidence. */
  readonly evidence: number;
  readonly origin: string;
  /** Leaves below the published checkpoint; 0 where nothing was pulled yet. */
  readonly size: number;
  /** Size of the newest head that is known; above `size` where a round was cut short. */
  readonly knownSize: number;
  /** When the mirror last vouched for its checkpoint; `null` where it does not. */
  readonly cosignedAtMs: number | null;
  readonly alarms: readonly string[];
};

export type MirrorFault =
  | 'mirror-evidence-damaged'
  | 'mirror-entry-wrong'
  | 'mirror-damaged'
  | 'mirror-checkpoint-wrong';

/** Hashes every entry and compares every tile with it; answers the root of the whole. */
function walk({ tree, readEntries, readHashes }: LogStore): Result<Uint8Array, MirrorFault> {
  const frontier = createFrontier({ sha256 });
  let isTileWrong = false;
  const compare = (level: number, index: number, hash: Uint8Array): void => {
    if (level % tileHeight === 0 && !equalBytes(readHashes(level / tileHeight, index, 1), hash)) isTileWrong = true;
  };
  for (let from = 0; from < tree.size(); from += tileWidth) {
    const width = Math.min(tileWidth, tree.size() - from);
    const hashes = readHashes(0, from, width);
    let at = 0;
    for (const entry of entriesOf(readEntries(from, from + width))) {
      const leaf = hashLeaf(sha256, entry);
      if (!equalBytes(leaf, hashes.subarray(at * hashSizeBytes, (at + 1) * hashSizeBytes)))
        return refuse('mirror-entry-wrong', { number: from + at + 1 });
      frontier.append(leaf, compare);
      at += 1;
    }
    if (at !== width || isTileWrong) return refuse('mirror-damaged', { size: from });
  }
  return ok(frontier.root());
}

function cosignedAtMs({ witness }: Mirror, note: string): number | null {
  const keys = witness.signers.map(({ key }) => key);
  const opened = openNote({ note, keys, verifyEd25519, verifyMlDsa44 });
  const own = opened.ok ? opened.value.signatures.find(({ key }) => key.type === noteKeyTypes.cosignature) : undefined;
  return own?.atSeconds === undefined ? null : own.atSeconds * 1_000;
}

/** Hashes every sealed piece of evidence; answers how many there are. */
async function checkEvidence(folder: string): Promise<Result<number, MirrorFault>> {
  const store = openBlobStore(folder);
  let count = 0;
  for await (const blob of store.list()) {
    if ((await hashOfFile(store.pathOf(blob))) !== blob) return refuse('mirror-evidence-damaged', { blob });
    count += 1;
  }
  return ok(count);
}

/** Reads everything that the mirror holds against its checkpoint, and names the first entry that is not what it was. */
export async function checkMirror(mirror: Mirror): Promise<Result<MirrorState, MirrorFault>> {
  const store = mirror.store();
  const root = walk(store);
  if (!root.ok) return root;
  const { tree, checkpoints } = store;
  if (toBase64(root.value) !== tree.rootAt(tree.size())) return refuse('mirror-damaged', { size: tree.size() });
  const published = checkpoints.latest();
  const isHeld =
    published === undefined ||
    (published.head.treeSize <= tree.size() && tree.rootAt(published.head.treeSize) === published.head.root);
  if (!isHeld) return refuse('mirror-checkpoint-wrong', { size: tree.size() });
  const evidence = await checkEvidence(mirror.evidence);
  if (!evidence.ok) return evidence;
  return ok({
    evidence: evidence.value,
    origin: mirror.origin,
    size: published?.head.treeSize ?? 0,
    knownSize: mirror.witness.heads.read(mirror.origin).size,
    cosignedAtMs: published === undefined ? null : cosignedAtMs(mirror, published.note),
    alarms: mirror.alarms.standing(),
  });
}
