import type { NoteKey } from '../../core/log/index.ts';
import { openCheckpointStore, type CheckpointStore } from './checkpoint-store.ts';
import { openLevelFiles, type LevelFiles } from './level-files.ts';
import { openTree, type LogTree } from './tree.ts';

/** The log as it stands on disk, without any database: the tree, its entries, and the checkpoint that was published last. */
export type LogStore = {
  readonly tree: LogTree;
  readonly readEntries: LevelFiles['readEntries'];
  readonly readHashes: LevelFiles['readHashes'];
  readonly checkpoints: CheckpointStore;
  readonly close: () => void;
};

/**
 * Opens a folder as its one writer. What was appended and answered for is there after any crash; a folder that holds less
 * than its checkpoint names is opened too, so that it can be shown or filled again, but its checkpoint cannot be moved.
 */
export function openLogStore(folder: string, ...keys: readonly NoteKey[]): LogStore {
  const files = openLevelFiles(folder);
  const tree = openTree(files);
  const { readEntries, readHashes, close } = files;
  return { tree, readEntries, readHashes, checkpoints: openCheckpointStore(folder, keys, tree), close };
}
