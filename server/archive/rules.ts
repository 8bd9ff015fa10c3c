import { ok, refuse, type Result, type Sha256Hex } from '../../core/kernel/index.ts';
import { evidenceClasses, type EvidenceClass } from '../../core/evidence/index.ts';
import {
  openCheckpoint,
  parseLogKeyChange,
  parseNoteKey,
  type Checkpoint,
  type NoteKey,
} from '../../core/log/index.ts';
import {
  dueOf,
  firstSchedule,
  schedulesOf,
  type Due,
  type LegalHold,
  type LoggedSchedule,
  type RetentionSchedule,
  type SchedulesOfItem,
} from '../../core/retention/index.ts';
import { parseLegalHold, parseRetentionSchedule } from '../../contracts/documents/index.ts';
import { sha256 } from '../../eds/index.ts';
import { readSignedDocuments } from '../accounts/index.ts';
import { verifyEd25519 } from '../keys/index.ts';
import type { Desk } from '../platform/index.ts';
import {
  isPlatformDocumentLost,
  readCheckpoint,
  readRetained,
  readSequencedLeaves,
  type RetainedRow,
} from '../store/index.ts';
import { isLogOf, type ReadEntries } from './log-range.ts';

/** What the log says about retention. */
export type RetentionRules = {
  readonly first: RetentionSchedule;
  readonly schedules: readonly LoggedSchedule[];
  readonly holds: readonly LegalHold[];
};

/** An item with what it is due for. */
export type RetainedEvidence = {
  readonly row: RetainedRow;
  readonly class: EvidenceClass;
  readonly schedules: SchedulesOfItem;
  readonly due: Due;
};

export type RulesRefusal = 'archive-records-wrong' | 'log-behind' | 'archive-log-differs';

/** Entries of the log as the database has them. */
export function entriesOfDatabase({ database }: Pick<Desk, 'database'>): ReadEntries {
  return async (from, limit) => (await readSequencedLeaves(database, from, limit)).map(({ body }) => body);
}

/** The newest checkpoint that the log signed, as the database has it. */
export async function newestCheckpoint(
  desk: Desk,
): Promise<Result<{ readonly note: string; readonly checkpoint: Checkpoint }, 'log-behind'>> {
  const note = await readCheckpoint(desk.database);
  const opened = note === undefined ? undefined : openCheckpoint({ note, logKey: desk.logKey, verifyEd25519 });
  return note !== undefined && opened?.ok === true ? ok({ note, checkpoint: opened.value }) : refuse('log-behind');
}

/** The present key of the log, and those that signed before it; a checkpoint of an old segment is signed by one of its time. */
export async function logKeysOf(desk: Desk): Promise<readonly NoteKey[]> {
  const { documents } = await readSignedDocuments(desk, 'log-key');
  const before = documents.flatMap(({ signed }) => {
    const change = parseLogKeyChange(signed.document);
    const key = change.ok ? parseNoteKey(sha256, change.value.before) : undefined;
    return key?.ok === true ? [key.value] : [];
  });
  return [desk.logKey, ...before];
}

/** Refuses where the leaves of the database are not those of the newest checkpoint: then nothing that they commit to counts. */
export async function checkLeaves(desk: Desk): Promise<Result<null, 'log-behind' | 'archive-log-differs'>> {
  const newest = await newestCheckpoint(desk);
  if (!newest.ok) return newest;
  const { size, root } = newest.value.checkpoint;
  return (await isLogOf({ read: entriesOfDatabase(desk), size, root })) ? ok(null) : refuse('archive-log-differs');
}

/** What the platform itself records besides, evidence apart, whose keys may be gone by the rule. */
const otherKinds = ['platform', 'founding', 'archive-segment', 'destruction', 'break-glass'] as const;

/**
 * Schedules and holds as the log has them. A record that was edited, or a leaf of the platform that lost its document, might have been a
 * hold: then there is no answer (`archive-records-wrong`), and nothing leaves or is destroyed.
 */
export async function readRules(desk: Desk): Promise<Result<RetentionRules, 'archive-records-wrong'>> {
  const schedules = await readSignedDocuments(desk, 'retention');
  const holds = await readSignedDocuments(desk, 'legal-hold');
  // A hold that was given another name is no record of that kind.
  const others = await Promise.all(otherKinds.map((kind) => readSignedDocuments(desk, kind)));
  const rejected = [schedules, holds, ...others].reduce((sum, one) => sum + one.rejected, 0);
  if (rejected > 0 || (await isPlatformDocumentLost(desk.database))) return refuse('archive-records-wrong');
  const read: RetentionRules = {
    first: firstSchedule(desk.identity),
    schedules: schedules.documents.flatMap(({ signed, leafIndex }) => {
      const parsed = parseRetentionSchedule(signed.document);
      return parsed.ok ? [{ leafIndex, schedule: parsed.value }] : [];
    }),
    holds: holds.documents.flatMap(({ signed }) => {
      const parsed = parseLegalHold(signed.document);
      return parsed.ok ? [parsed.value] : [];
    }),
  };
  const isRead = read.schedules.length === schedules.documents.length && read.holds.length === holds.documents.length;
  return isRead ? ok(read) : refuse('archive-records-wrong');
}

function evidenceOf(row: RetainedRow, rules: RetentionRules, nowMs: number): RetainedEvidence | undefined {
  const known = evidenceClasses.find((name) => name === row.class);
  if (known === undefined) return undefined;
  const schedules = schedulesOf(row.leaf_index, rules.first, rules.schedules);
  const item = {
    sha256: row.sha256 as Sha256Hex,
    class: known,
    case: row.case_id,
    acceptedAtMs: row.received_at_ms,
  };
  return { row, class: known, schedules, due: dueOf(item, schedules, rules.holds, nowMs) };
}

/** Every accepted piece of evidence in the order of the log, with what it is due for at `nowMs`. */
export async function* retainedEvidence(
  desk: Pick<Desk, 'database'>,
  rules: RetentionRules,
  nowMs: number,
): AsyncGenerator<RetainedEvidence, void> {
  for (let after = -1; ;) {
    const rows = await readRetained(desk.database, after);
    for (const row of rows) {
      const item = evidenceOf(row, rules, nowMs);
      // A class that this version does not know keeps its items where they are.
      if (item !== undefined) yield item;
    }
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.leaf_index;
  }
}
