import {
  checkpointText,
  createFrontier,
  hashLeaf,
  noteKey,
  signNote,
  verifyInclusion,
} from '../../../core/log/index.ts';
import { openLogStore, type LogStore } from '../../../server/log/index.ts';
import { sha256, testKey } from '../../support/index.ts';
import type { Told } from './log-workload.ts';

const signer = testKey('log');
export const logKey = noteKey(sha256, { name: 'demo.qorgan.faults', publicKey: signer.publicKey });

/** Commits of a run: 12,000 leaves in 47 bundles, more than what is read again after a crash. */
export const commits = 150;

/** The entry of an index: the same in every run, so that whatever a crash leaves can be compared with what it should be. */
export const entryAt = (index: number): string => `entry ${index};`.repeat(2 + (index % 20));

/** Signs the present tree and publishes it. */
export function publish(store: LogStore): void {
  const size = store.tree.size();
  const root = Buffer.from(store.tree.rootAt(size), 'base64');
  const note = signNote({ text: checkpointText({ origin: logKey.name, size, root }), key: logKey, sign: signer.sign });
  if (!store.checkpoints.swap(store.checkpoints.latest(), note)) throw new Error('the checkpoint is not moved');
}

const frontier = createFrontier({ sha256 });
const roots = [Buffer.from(frontier.root()).toString('base64')];

/** Root of the tree of `size` leaves as it must be, computed apart from the store. */
function rootOf(size: number): string {
  while (roots.length <= size) {
    frontier.append(hashLeaf(sha256, entryAt(roots.length - 1)));
    roots.push(Buffer.from(frontier.root()).toString('base64'));
  }
  return roots[size] ?? '';
}

function bundleOf(from: number, to: number): Buffer {
  const parts: Buffer[] = [];
  for (let i = from; i < to; i += 1) {
    const entry = Buffer.from(entryAt(i));
    parts.push(Buffer.from([entry.length >> 8, entry.length & 255]), entry);
  }
  return Buffer.concat(parts);
}

function isProven(store: LogStore, index: number, size: number): boolean {
  const root = Buffer.from(rootOf(size), 'base64');
  const leaf = hashLeaf(sha256, entryAt(index));
  return verifyInclusion({ sha256, leaf, index, size, path: store.tree.inclusion(index, size), root });
}

/** What is wrong with a log, given what it had answered: acknowledged leaves that are gone, another history, or a folder that cannot be used. */
function faultOf(store: LogStore, told: Told): string | undefined {
  const size = store.tree.size();
  if (size < told.size) return `lost: ${size} of ${told.size} leaves`;
  if (store.tree.rootAt(size) !== rootOf(size) || store.tree.rootAt(told.size) !== rootOf(told.size))
    return 'fork: root';
  if (!bundleOf(0, size).equals(store.readEntries(0, size))) return 'broken: entries';
  for (let index = 0; index < size; index += 97) if (!isProven(store, index, size)) return `broken: proof of ${index}`;
  const head = store.checkpoints.latest()?.head;
  if ((head?.treeSize ?? 0) < told.checkpointSize) return `lost: checkpoint ${told.checkpointSize}`;
  if (head !== undefined && head.treeSize > size) return 'lost: the tree of the checkpoint';
  return head !== undefined && head.root !== rootOf(head.treeSize) ? 'fork: checkpoint' : undefined;
}

/** As `faultOf`, of a folder that is opened; then the log must go on growing, and be whole when it is opened once more. */
export function judgeLog(folder: string, told: Told): string | undefined {
  try {
    let store = openLogStore(folder, logKey);
    const fault = faultOf(store, told);
    const size = store.tree.size() + 300;
    if (fault === undefined) {
      store.tree.append(Array.from({ length: 300 }, (_, i) => entryAt(size - 300 + i)));
      publish(store);
    }
    store.close();
    if (fault !== undefined) return fault;
    store = openLogStore(folder, logKey);
    const later = faultOf(store, { ...told, size, checkpointSize: size });
    store.close();
    return later === undefined ? undefined : `later ${later}`;
  } catch (error) {
    return `broken: ${String(error)}`;
  }
}
