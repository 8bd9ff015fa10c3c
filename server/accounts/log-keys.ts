import type { KeyRotation } from '../../core/log/index.ts';
import { makeReceipt } from '../log/index.ts';
import type { Platform } from '../platform/index.ts';
import { readCheckpointOf } from '../store/index.ts';
import { readDocuments } from './documents.ts';

/** Rotations that are handed out, the newest; keys are replaced once in some years, and each is some 15 kB. */
const rotationsMax = 16;

/** The changes of the log's key, oldest first, each with the receipt of its leaf by the head that the old and the new key signed. */
export async function readRotations(platform: Platform): Promise<readonly KeyRotation[]> {
  const { database, log } = platform;
  const { documents } = await readDocuments(platform, 'log-key');
  const rotations: KeyRotation[] = [];
  for (const { signed: document, leafIndex, opening } of documents.slice(-rotationsMax)) {
    const size = leafIndex + 1;
    const note = size <= log.checkpointSize() ? await readCheckpointOf(database, size) : undefined;
    const head = { checkpoint: () => note ?? '', checkpointSize: () => size, tree: log.tree };
    const proof = note === undefined ? undefined : makeReceipt(head, leafIndex, opening);
    if (proof !== undefined) rotations.push({ document, proof });
  }
  return rotations;
}
