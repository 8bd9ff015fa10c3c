import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { toBase64, type ActionId, type PlatformId, type Sha256Hex } from '../../core/kernel/index.ts';
import {
  checkpointText,
  formatNoteKey,
  leafText,
  noteKey,
  signNote,
  tilePath,
  tileWidth,
  tileWidthAt,
} from '../../core/log/index.ts';
import { makeReceipt, openLogStore, readTile, type LogStore } from '../../server/log/index.ts';
import { sha256, testKey } from '../support/index.ts';

const signer = testKey('log');
const key = noteKey(sha256, { name: 'demo.qorgan.interop', publicKey: signer.publicKey });
export const logKey = formatNoteKey(key);

export const leafAt = (index: number, committed = 'a'.repeat(64) as Sha256Hex): string =>
  leafText({
    v: 1,
    platform: 'interop' as PlatformId,
    kind: 'act',
    actionId: `leaf-${index}` as ActionId,
    device: null,
    epoch: null,
    sequence: 0,
    commitment: committed,
    validation: null,
    outcome: 'accepted',
    receivedAtMs: index,
  });

function put(folder: string, path: string, content: Uint8Array | string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}

type Served = Parameters<typeof readTile>[0] & Parameters<typeof makeReceipt>[0];

/** What the doors of the server see of a store: the tree of the checkpoint that is published. */
function served({ tree, readEntries, readHashes }: LogStore, size: number): Served {
  const root = Buffer.from(tree.rootAt(size), 'base64');
  const note = signNote({ text: checkpointText({ origin: key.name, size, root }), key, sign: signer.sign });
  return { tree, readEntries, readHashes, checkpointSize: () => size, checkpoint: () => note };
}

/** Every tile of the tree by its C2SP path, with the bytes that the server's door gives for this path. */
function putTiles(folder: string, log: Served): void {
  const size = log.checkpointSize();
  const levels = ['entries', 0, 1, 2, 3] as const;
  for (const level of levels) {
    for (let index = 0; ; index += 1) {
      const width = tileWidthAt({ level: level === 'entries' ? 0 : level, index, size });
      if (width === 0) break;
      const path = tilePath({ level, index, width });
      const bytes = readTile(log, path.slice('tile/'.length));
      if (bytes === undefined) throw new Error(`interop: ${path} is served`);
      put(folder, path, bytes);
      if (width < tileWidth) break;
    }
  }
}

/** Random proofs of random older trees, in turns of inclusion and consistency, one claim a line. */
function proofLines({ tree }: LogStore, count: number, chance: () => number): readonly string[] {
  return Array.from({ length: count }, (_, i) => {
    const size = 1 + Math.floor(chance() * tree.size());
    if (i % 2 === 0) {
      const index = Math.floor(chance() * size);
      return ['inclusion', size, index, ...tree.inclusion(index, size).map(toBase64)].join(' ');
    }
    const oldSize = 1 + Math.floor(chance() * size);
    return ['consistency', size, oldSize, ...tree.consistency(oldSize, size).map(toBase64)].join(' ');
  });
}

/** Grows a log of `size` leaves with the store of the product and lays out everything that it serves: tiles, checkpoint, proofs, receipts. */
export function layOutLog(options: {
  readonly folder: string;
  readonly size: number;
  readonly proofs: number;
  readonly receipts: number;
  readonly chance: () => number;
}): void {
  const { folder, size, chance } = options;
  const store = openLogStore(join(folder, 'store'), key);
  const batch = 2_048;
  for (let at = 0; at < size; at += batch)
    store.tree.append(Array.from({ length: Math.min(batch, size - at) }, (_, i) => leafAt(at + i)));
  const log = served(store, size);
  put(folder, 'checkpoint', log.checkpoint());
  putTiles(folder, log);
  put(folder, 'proofs', `${proofLines(store, options.proofs, chance).join('\n')}\n`);
  for (let i = 0; i < options.receipts; i += 1) {
    const older = served(store, 1 + Math.floor(chance() * size));
    const index = Math.floor(chance() * older.checkpointSize());
    const hash = 'b'.repeat(64) as Sha256Hex;
    const opening = { leaf: leafAt(index), salt: sha256(`salt ${index}`), envelope: hash, cms: hash };
    put(folder, `receipts/${i}.tlog-proof`, makeReceipt(older, index, opening) ?? '');
  }
  store.close();
  rmSync(join(folder, 'store'), { recursive: true });
}
