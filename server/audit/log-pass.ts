import { tileWidth } from '../../core/log/index.ts';
import { sha256 } from '../../eds/index.ts';
import { readLogRows, readPendingRows, readPositions, type LogRow } from '../store/index.ts';
import { checkActs, type CheckedAct } from './act-rows.ts';
import type { JudgedLeaf } from './bundles.ts';
import { openChangeRows } from './change-rows.ts';
import type { CheckpointRows } from './checkpoints.ts';
import { checkDocuments } from './document-rows.ts';
import { openArchiveRows } from './archive-rows.ts';
import { openEvidenceRows } from './evidence-rows.ts';
import type { LogFiles } from './log-files.ts';
import { checkWaiting, readLeaves, rowsByPlace } from './leaf-rows.ts';
import type { AuditRun, LoggedLeaf, Progress } from './run.ts';
import { openReplay } from './replay.ts';
import { openSignatures } from './signatures.ts';
import type { Accounted } from './strangers.ts';
import { openTrustRows } from './trust-rows.ts';

/** Leaves of one round: four bundles, a few statements each, and what is in memory stays bounded. */
const pageMax = 4 * tileWidth;
/** Hexadecimal digits of a commitment that no other record shares by chance. */
const printSize = 32;

/** How far the log goes in this snapshot. */
export type LogSpan = {
  /** Leaves that have a place. */
  readonly placed: number;
  /** Leaves that the files are compared for. */
  readonly filed: number;
  /** Leaves that a head was signed over. */
  readonly durable: number;
};

export type LogPass = Accounted & { readonly cases: number; readonly signatures: number };

type PassOptions = {
  readonly isReplay: boolean;
  /** Uploads and blobs. */
  readonly evidenceFolder: string;
};

/** One reading of the log from its first leaf to the last, with everything that hangs on its leaves. */
class Pass {
  readonly #run: AuditRun;
  readonly #changes: ReturnType<typeof openChangeRows>;
  readonly #signatures: ReturnType<typeof openSignatures>;
  readonly #trust: ReturnType<typeof openTrustRows>;
  readonly #replay: ReturnType<typeof openReplay> | undefined;
  readonly #evidence: ReturnType<typeof openEvidenceRows>;
  readonly #archive: ReturnType<typeof openArchiveRows>;
  /** Of the commitments of records, which are few beside the acts: some eighty octets each. */
  readonly #prints = new Set<string>();
  #acts = 0;
  #documents = 0;

  constructor(run: AuditRun, { isReplay, evidenceFolder }: PassOptions) {
    this.#run = run;
    this.#replay = isReplay ? openReplay(run) : undefined;
    this.#changes = openChangeRows(run);
    this.#signatures = openSignatures(run);
    this.#trust = openTrustRows(run);
    this.#evidence = openEvidenceRows(run, evidenceFolder);
    this.#archive = openArchiveRows(run);
  }

  /** Compares a page of leaves with their rows. */
  async take(leaves: readonly LoggedLeaf[]): Promise<void> {
    const records = leaves.filter(({ leaf }) => leaf.kind !== 'act');
    this.#nameCopies(records);
    const documents = await checkDocuments(this.#run, records);
    this.#signatures.learn(documents);
    this.#trust.learn(documents);
    this.#replay?.learn(documents, documents.length === records.length);
    await this.#evidence.take(documents);
    this.#archive.take(documents);
    const acts = leaves.filter(({ leaf }) => leaf.kind === 'act');
    const checked = await checkActs(this.#run, acts);
    const byLeaf = new Map(checked.map((act) => [act.logged, act]));
    const accepted = acts.filter(({ leaf }) => leaf.outcome === 'accepted');
    await this.#changes.take(accepted.map((logged): CheckedAct | undefined => byLeaf.get(logged)));
    await this.#signatures.take(checked);
    await this.#replay?.take(acts.map((logged) => ({ logged, act: byLeaf.get(logged) })));
    this.#acts += acts.length;
    this.#documents += leaves.length - acts.length;
  }

  /** A salt is drawn once: a record whose commitment the log has already is a copy. Copies of acts break the chain of their device. */
  #nameCopies(records: readonly LoggedLeaf[]): void {
    for (const { index, leaf } of records) {
      const print = leaf.commitment.slice(0, printSize);
      if (this.#prints.size === this.#prints.add(print).size)
        this.#run.report({ place: 'log', key: String(index), is: 'different', expected: 'one-leaf' });
    }
  }

  async finish(leaves: number, waiting: number): Promise<LogPass> {
    await this.#trust.finish();
    await this.#evidence.finish();
    await this.#archive.finish();
    await this.#replay?.finish();
    const { registration, access } = this.#changes.counts();
    return {
      ...{ leaves, waiting, acts: this.#acts, documents: this.#documents },
      ...{
        changes: registration + access,
        feeds: { registration, access },
        cases: this.#changes.cases(),
        signatures: this.#signatures.checked(),
      },
    };
  }
}

/** Takes a page through the files as far as these go. */
function judgeLeaves(
  rows: readonly (LogRow | undefined)[],
  from: number,
  at: { readonly files: LogFiles; readonly checkpoints: CheckpointRows; readonly filed: number },
): readonly JudgedLeaf[] {
  const { files, checkpoints, filed } = at;
  const judged: JudgedLeaf[] = [];
  for (let start = 0; start < rows.length; start += tileWidth) {
    const bundle = rows.slice(start, start + tileWidth);
    const inFiles = bundle.slice(0, Math.max(0, filed - from - start));
    if (inFiles.length > 0)
      judged.push(
        ...files.take(
          inFiles.map((row) => ({ leafId: row?.leaf_id ?? '', body: row?.body ?? undefined })),
          checkpoints.see,
        ),
      );
    for (const row of bundle.slice(inFiles.length))
      judged.push({ hash: new Uint8Array(), text: row?.body ?? undefined });
  }
  return judged;
}

/** Leaves that wait for their place; none of them may have one. */
async function takePending(run: AuditRun, pass: Pass, placed: number): Promise<number> {
  let waiting = 0;
  for (let last: (LogRow & { readonly ordinal: number }) | undefined; ;) {
    const after = last === undefined ? undefined : { ordinal: last.ordinal, leafId: last.leaf_id };
    const rows = await readPendingRows(run.session, after, pageMax);
    const ids = rows.map((row) => row.leaf_id);
    for (const key of (await readPositions(run.session, ids)).keys())
      run.report({ place: 'table leaf_pending', key, is: 'added', expected: 'one-leaf' });
    checkWaiting(run, rows);
    const judged = rows.map((row) => ({ hash: new Uint8Array(), text: row.body ?? undefined }));
    await pass.take(readLeaves(run, placed + waiting, judged, rows));
    waiting += rows.length;
    last = rows.at(-1);
    if (rows.length < pageMax) return waiting;
  }
}

/** Reads the whole log beside everything that hangs on it. */
export async function passThroughLog(
  run: AuditRun,
  span: LogSpan,
  at: {
    readonly files: LogFiles;
    readonly checkpoints: CheckpointRows;
    readonly onProgress: Progress;
  } & PassOptions,
): Promise<LogPass> {
  const pass = new Pass(run, at);
  const { placed, filed, durable } = span;
  // A log is opened before its first leaf is in it.
  await at.checkpoints.load(-1, 0);
  at.checkpoints.see(0, () => sha256());
  for (let from = 0; from < placed; from += pageMax) {
    const count = Math.min(pageMax, placed - from);
    const rows = rowsByPlace(run, await readLogRows(run.session, from, count), { from, count, signedSize: durable });
    await at.checkpoints.load(from, from + count);
    const judged = judgeLeaves(rows, from, { ...at, filed });
    await pass.take(readLeaves(run, from, judged, rows));
    at.onProgress('log', from + count, placed);
  }
  at.files.finish();
  return pass.finish(placed, await takePending(run, pass, placed));
}
