import { parseCheckpoint, parseNote, type NoteKey } from '../../core/log/index.ts';
import type { Keyring } from '../keys/index.ts';
import { countTable, openSubjectKeys, readTreeHead, scanTable, type Session } from '../store/index.ts';
import { checkCases, checkNumbers } from './case-rows.ts';
import { readKeysAt } from './log-keys.ts';
import { openCheckpointRows, type PublishedHeads } from './checkpoints.ts';
import type { Report } from './finding.ts';
import { openLogFiles } from './log-files.ts';
import { passThroughLog, type LogPass, type LogSpan } from './log-pass.ts';
import { checkPlatformRow } from './platform-row.ts';
import type { AuditRun, Progress } from './run.ts';
import { checkCounters, checkMigrations, checkSubjectKeys, checkTags } from './state-rows.ts';
import { nameStrangers } from './strangers.ts';
import { checkUploads, nameEvidenceFiles } from './uploads.ts';

export type CheckOptions = {
  /** One snapshot of the tables, later than `heads`. */
  readonly session: Session;
  readonly heads: PublishedHeads;
  /** The public files of the log. */
  readonly logFolder: string;
  /** Uploads and blobs. */
  readonly evidenceFolder: string;
  readonly keyring: Keyring;
  /** The key by which the platform signs its records, raw. */
  readonly documentKey: Uint8Array;
  /** True where a server may write meanwhile: what it writes behind the snapshot is not judged. */
  readonly isLive: boolean;
  /** Keys of witnesses whose lines on the cosigned head are to be verified. */
  readonly witnesses: readonly NoteKey[];
  /** Folds the log by the rule as well: whether each act was allowed, and whether cases are what follows from their acts. */
  readonly isReplay: boolean;
  readonly report: Report;
  readonly onProgress: Progress;
};

export type CheckSummary = LogPass & {
  /** Leaves that files and tables were compared for. */
  readonly treeSize: number;
  /** Lines of the cosigned head whose key is not known here: nobody can tell whether they are good. */
  readonly unknownLines: number;
};

/** What a head claims, believed only as a lower bound of what must be there. */
function claimedSize(note: string | undefined): number {
  const parsed = note === undefined ? undefined : parseNote(Buffer.from(note, 'latin1').toString());
  const checkpoint = parsed?.ok === true ? parseCheckpoint(parsed.value.text) : undefined;
  return checkpoint?.ok === true ? checkpoint.value.size : 0;
}

/** Places that no log of this many leaves has. */
async function nameFarPlaces({ report, session }: AuditRun, placed: number): Promise<void> {
  for await (const page of scanTable(session, 'leaf_position')) {
    for (const { leaf_index: index } of page)
      if (index < 0 || index >= placed)
        report({ place: 'table leaf_position', key: String(index), is: 'added', expected: 'leaf-place' });
  }
}

/** How far the log goes: a head that was signed says more than rows that may have been taken away. */
async function measure(run: AuditRun, { heads, isLive }: CheckOptions): Promise<LogSpan> {
  const rows = await countTable(run.session, 'leaf_position');
  const signed = (await readTreeHead(run.session))?.treeSize ?? 0;
  // A claim that is far beyond all rows is a claim that was edited; the compare of the heads names it.
  const within = (size: number): number => (size > rows + rowsLostMax ? 0 : size);
  const durable = Math.max(0, within(signed), isLive ? 0 : within(claimedSize(heads.checkpoint)));
  const placed = Math.max(rows, durable);
  return { placed, filed: isLive ? Math.min(placed, durable) : placed, durable };
}

/** More rows than this are not looked for one by one. */
const rowsLostMax = 100_000;

/**
 * Checks files, tables and keys of a platform against each other and tells every difference, the first wrong octet where octets are
 * compared. Writes nothing. What is in memory stays bounded, however long the log is.
 */
export async function checkPlatform(options: CheckOptions): Promise<CheckSummary | undefined> {
  const { session, keyring, documentKey, report, isLive, isReplay, heads, witnesses, evidenceFolder, onProgress } =
    options;
  const subjectKeys = openSubjectKeys(session, keyring);
  const run: AuditRun = { session, keyring, subjectKeys, documentKey, report };
  await checkMigrations(run);
  const logKeys = await checkPlatformRow(run);
  if (logKeys.length === 0) return undefined;
  const span = await measure(run, options);
  const files = openLogFiles({ folder: options.logFolder, report, durable: span.durable, isLive });
  const checkpoints = openCheckpointRows(run, await readKeysAt(run, logKeys), isLive);
  try {
    const pass = await passThroughLog(run, span, { files, checkpoints, onProgress, isReplay, evidenceFolder });
    const { unknownLines } = await checkpoints.finish(heads, witnesses);
    if ((await countTable(session, 'leaf_position')) !== span.placed) await nameFarPlaces(run, span.placed);
    await nameStrangers(run, pass);
    onProgress('rows', 0, 1);
    await checkCases(run);
    await checkNumbers(run);
    await checkSubjectKeys(run);
    await checkTags(run);
    await checkUploads(run, evidenceFolder, isLive);
    if (!isLive) await nameEvidenceFiles(run, evidenceFolder);
    await checkCounters(
      run,
      new Map([
        ['leaf', span.placed],
        ['change', pass.feeds.registration],
        ['change-access', pass.feeds.access],
      ]),
    );
    return { ...pass, treeSize: span.filed, unknownLines };
  } finally {
    files.close();
  }
}
