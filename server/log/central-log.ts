import { InvariantError, ok, refuse, type Result } from '../../core/kernel/index.ts';
import {
  assignPositions,
  countSequenced,
  readCheckpoint,
  readSequencedLeaves,
  readTreeHead,
  swapCheckpoint,
  type Database,
  type LeafTags,
  type SequencedLeaf,
  type TreeHeadRow,
} from '../store/index.ts';
import { openSignedHead, type SignedHead } from './checkpoint-store.ts';
import { createLeafIndex, type LeafIndex } from './leaf-index.ts';
import { openLogStore, type LogStore } from './log-store.ts';
import { SigningRefused, type TokenKeyRefusal } from '../keys/index.ts';
import type { LogSigner } from './signer.ts';

/**
 * Why the log does not grow: the database lost what the log holds, what it holds was changed, somebody put a leaf before it that this
 * platform did not queue or that it holds already, the disk refused a write, the token a signature, or this process is not, or not surely, the
 * one writer of the database.
 */
export type LogGap = {
  readonly reason:
    | 'database-behind'
    | 'root-differs'
    | 'leaf-unknown'
    | 'write-failed'
    | 'signature-refused'
    | 'writer-lost';
  readonly logSize: number;
  readonly databaseSize: number;
  /** The id of the unknown leaf. */
  readonly leaf?: string;
};

/** The central log: one writer, and everything that a stranger may ask of it. */
export type CentralLog = {
  readonly size: () => number;
  /** Size of the tree that the published checkpoint names: what receipts are made for. */
  readonly checkpointSize: () => number;
  readonly checkpoint: () => string;
  readonly tree: LogStore['tree'];
  readonly readEntries: LogStore['readEntries'];
  readonly readHashes: LogStore['readHashes'];
  readonly indexOf: LeafIndex['indexOf'];
  /** Set where nothing may be accepted. */
  readonly gap: () => LogGap | undefined;
  /**
   * One round of the sequencer: give waiting leaves their index, write and flush the tree, sign and publish. Answers how many;
   * a leaf that is unknown is never signed: the log stands still until a person has looked and the server starts anew.
   */
  readonly sequence: () => Promise<number>;
  readonly close: () => void;
};

export type CentralLogOptions = {
  /** Public files live here. */
  readonly folder: string;
  readonly database: Database;
  readonly signer: LogSigner;
  /** What tells the leaves of this platform from rows that somebody added. */
  readonly tags: LeafTags;
  readonly nowMs: () => number;
};

/** Leaves given an index in one round; a round at full load takes about 50 ms. */
const roundMax = 2_000;

type Work = CentralLogOptions & LogStore & LeafIndex;

/**
 * Appends what the database has sequenced and the files do not hold yet: after a crash, after a restore of the files. Below `signedSize` a
 * signed head proves what is read; a leaf from there on must have the place that this platform gave it. Answers the id of one that has not.
 */
async function catchUp(work: Work, signedSize: number): Promise<string | undefined> {
  for (;;) {
    const rows = await readSequencedLeaves(work.database, work.tree.size(), roundMax);
    if (rows.length === 0) return undefined;
    for (const [i, row] of rows.entries()) {
      if (row.leaf_index !== work.tree.size() + i) throw new Error('log: the sequence of the database has no gap');
      if (row.leaf_index < signedSize) continue;
      if (row.tag !== work.tags.ofPlace(row) || work.indexOf(row.body) !== undefined) return row.leaf_id;
    }
    work.tree.append(rows.map((row) => row.body));
  }
}

/** Appends what was placed just now, without reading it again where the files end there. */
async function appendPlaced(work: Work, placed: readonly SequencedLeaf[]): Promise<string | undefined> {
  const size = work.tree.size();
  const [first] = placed;
  // An index that the files have used already: somebody put the counter back.
  if (first !== undefined && first.leaf_index < size) return first.leaf_id;
  if (first?.leaf_index !== size) return catchUp(work, size);
  work.tree.append(placed.map(({ body }) => body));
  return undefined;
}

/** Shows the world a checkpoint that the database let this sequencer sign. */
function show(work: Work, note: string): void {
  const isSwapped = work.checkpoints.swap(work.checkpoints.latest(), note);
  if (!isSwapped) throw new InvariantError('log: what is published extends what was published');
}

/**
 * Signs the present tree and publishes it, where the stored head is a part of it and still stands when the new one is
 * stored (compare-and-swap): nobody ever signs a tree that does not extend the last one.
 */
async function publish(work: Work, before: TreeHeadRow | undefined): Promise<SignedHead> {
  const isExtended =
    before === undefined || (before.treeSize <= work.tree.size() && work.tree.rootAt(before.treeSize) === before.root);
  if (!isExtended) throw new InvariantError('log: the tree extends the head that was signed last');
  const treeSize = work.tree.size();
  const head = { treeSize, root: work.tree.rootAt(treeSize) };
  // In whole seconds, as the cosignature beside the head says it.
  const atMs = Math.floor(work.nowMs() / 1_000) * 1_000;
  const note = await work.signer.sign({ size: treeSize, root: Buffer.from(head.root, 'base64') }, atMs);
  const isSwapped = await swapCheckpoint(work.database, { before, after: head, note, atMs });
  if (!isSwapped) throw new InvariantError('log: no other sequencer signs at the same time');
  show(work, note);
  return { note, head };
}

/** The newest note of the database, where the log signed it. */
async function readSignedHead(work: Work): Promise<TreeHeadRow | undefined> {
  const note = await readCheckpoint(work.database);
  if (note === undefined) return undefined;
  try {
    return openSignedHead(note, work.signer.keys).head;
  } catch {
    // Somebody wrote it: it proves nothing.
    return undefined;
  }
}

/** What the world may have seen must be what the database still holds; else nothing is written, and the gap is named. */
async function findGap(work: Work): Promise<LogGap | undefined> {
  const fileHead = work.checkpoints.latest()?.head;
  const signedHead = await readSignedHead(work);
  const storedHead = await readTreeHead(work.database);
  const databaseSize = await countSequenced(work.database);
  const heads = [fileHead, signedHead, storedHead].filter((head) => head !== undefined);
  const logSize = Math.max(work.tree.size(), ...heads.map(({ treeSize }) => treeSize));
  if (logSize > databaseSize) return { reason: 'database-behind', logSize, databaseSize };
  // The stored head is a row like any other: only what was signed proves a leaf.
  const leaf = await catchUp(work, Math.max(fileHead?.treeSize ?? 0, signedHead?.treeSize ?? 0));
  if (leaf !== undefined) return { reason: 'leaf-unknown', logSize, databaseSize, leaf };
  const isKept = heads.every((head) => work.tree.rootAt(head.treeSize) === head.root);
  return isKept ? undefined : { reason: 'root-differs', logSize, databaseSize };
}

/** What the world has seen last; a log that may not grow goes on showing it. */
function lastPublished(work: Work, stored: string | undefined): SignedHead | undefined {
  return work.checkpoints.latest() ?? (stored === undefined ? undefined : openSignedHead(stored, work.signer.keys));
}

/** Signs the tree where the stored head is behind it, and publishes what was stored and not published. */
async function openPublished(work: Work): Promise<SignedHead> {
  const head = await readTreeHead(work.database);
  const note = await readCheckpoint(work.database);
  if (note === undefined || head?.treeSize !== work.tree.size()) return publish(work, head);
  if (work.checkpoints.latest()?.note !== note) show(work, note);
  return { note, head };
}

/** The published head, once the key of the log has shown that it signs; a gap needs no key. */
async function openWhereSigned(work: Work): Promise<Result<SignedHead, TokenKeyRefusal>> {
  try {
    await work.signer.tryOut();
    return ok(await openPublished(work));
  } catch (error) {
    if (error instanceof SigningRefused) return { ok: false, refusal: error.refusal };
    throw error;
  }
}

/** The sequencer of an opened log. */
type Rounds = {
  readonly round: () => Promise<number>;
  readonly published: () => SignedHead;
  readonly gap: () => LogGap | undefined;
};

function startRounds(work: Work, opened: { readonly published: SignedHead; readonly gap: LogGap | undefined }): Rounds {
  let { published, gap } = opened;
  let isBehind = false;
  let isUnsigned = false;

  function present(): LogGap | undefined {
    if (gap !== undefined) return gap;
    const sizes = { logSize: work.tree.size(), databaseSize: work.tree.size() };
    if (work.tree.isBroken()) return { reason: 'write-failed', ...sizes };
    return isUnsigned ? { reason: 'signature-refused', ...sizes } : undefined;
  }

  function standStill(leaf: string): number {
    gap = { reason: 'leaf-unknown', logSize: work.tree.size(), databaseSize: work.tree.size(), leaf };
    return 0;
  }

  async function round(): Promise<number> {
    if (gap !== undefined) return 0;
    // First what has a place: from then on the files say all that the log holds.
    const early = isBehind ? await catchUp(work, work.tree.size()) : undefined;
    if (early !== undefined) return standStill(early);
    const assigned = await assignPositions(work.database, {
      limit: roundMax,
      tags: work.tags,
      isHeld: (body) => work.indexOf(body) !== undefined,
    });
    if ('unknownLeaf' in assigned) return standStill(assigned.unknownLeaf);
    const count = assigned.placed.length;
    if (count === 0 && !isBehind) return 0;
    // A round that the database leaves in the middle is taken up by the next; one that the disk leaves stays broken.
    isBehind = true;
    const late = count === 0 ? undefined : await appendPlaced(work, assigned.placed);
    if (late !== undefined) return standStill(late);
    published = await openPublished(work).catch((error: unknown) => {
      isUnsigned = error instanceof SigningRefused;
      throw error;
    });
    isBehind = false;
    isUnsigned = false;
    return count;
  }

  return { round, published: () => published, gap: present };
}

/**
 * Opens the log and brings its files up to the database. A database that lacks leaves which the files or the published
 * checkpoint hold gives `log-behind` from every later write: it is never sequenced again from a shorter past.
 */
export async function openCentralLog(
  options: CentralLogOptions,
): Promise<Result<CentralLog, 'log-behind' | TokenKeyRefusal>> {
  const store = openLogStore(options.folder, ...options.signer.keys);
  const { tree, readEntries, readHashes, close } = store;
  const work: Work = { ...options, ...store, ...createLeafIndex({ size: tree.size, readHashes }) };
  const gap = await findGap(work);
  const signed = gap === undefined ? await openWhereSigned(work) : undefined;
  if (signed?.ok === false) return signed;
  const opened = signed?.value ?? lastPublished(work, await readCheckpoint(work.database));
  if (opened === undefined) return refuse('log-behind');
  const rounds = startRounds(work, { published: opened, gap });
  // Rounds never overlap: an enrolment waits for its leaf while the loop sequences for everybody.
  let last: Promise<unknown> = Promise.resolve();
  return ok({
    size: () => tree.size(),
    checkpointSize: () => rounds.published().head.treeSize,
    checkpoint: () => rounds.published().note,
    tree,
    readEntries,
    readHashes,
    indexOf: work.indexOf,
    gap: rounds.gap,
    sequence: () => {
      const next = last.then(rounds.round);
      last = next.catch(() => undefined);
      return next;
    },
    close,
  });
}
