import { evidenceClasses, type EvidenceClass } from '../../core/evidence/index.ts';
import { ok, type Result } from '../../core/kernel/index.ts';
import { isInForce, legalMinimum, newestHolds, type LegalHold } from '../../core/retention/index.ts';
import type { RetentionView } from '../../contracts/http/index.ts';
import type { Desk } from '../platform/index.ts';
import { readArchiveChecks, readSegments } from '../store/index.ts';
import { readRules, retainedEvidence, type RetainedEvidence } from './rules.ts';

type ClassView = RetentionView['classes'][number];
type Amounts = 'online' | 'archived' | 'destroyed' | 'held' | 'dueForArchive' | 'dueForDestruction';
type Sums = Pick<ClassView, Amounts | 'nextArchiveMs' | 'nextDestructionMs'>;

const nothing = (): { count: number; sizeBytes: number } => ({ count: 0, sizeBytes: 0 });

function emptySums(): Sums {
  return {
    online: nothing(),
    archived: nothing(),
    destroyed: nothing(),
    held: nothing(),
    dueForArchive: nothing(),
    dueForDestruction: nothing(),
    nextArchiveMs: null,
    nextDestructionMs: null,
  };
}

const sooner = (a: number | null, b: number): number => (a === null ? b : Math.min(a, b));

function count(sums: Sums, { row, due }: RetainedEvidence, nowMs: number): void {
  const add = (name: Amounts): void => {
    sums[name].count += 1;
    sums[name].sizeBytes += row.size_bytes;
  };
  if (row.destroyed_at_ms !== null) return add('destroyed');
  add(row.segment === null ? 'online' : 'archived');
  if (due.holds.length > 0) return add('held');
  if (row.segment === null && due.due !== 'nothing') add('dueForArchive');
  else if (due.due === 'destruction') add('dueForDestruction');
  if (row.segment === null && nowMs < due.onlineUntilMs)
    sums.nextArchiveMs = sooner(sums.nextArchiveMs, due.onlineUntilMs);
  if (nowMs < due.archiveUntilMs) sums.nextDestructionMs = sooner(sums.nextDestructionMs, due.archiveUntilMs);
}

/** Holds that are listed; an operator has a handful. */
const holdsMax = 1_000;

function holdView({ id, of, basis, fromMs, untilMs }: LegalHold): RetentionView['holds'][number] {
  const held = of.kind === 'case' ? { case: of.case, pieces: 0 } : { case: null, pieces: of.hashes.length };
  return { id, basis, ...held, fromMs, untilMs };
}

async function segmentsOf(desk: Desk, blobsOf: ReadonlyMap<string, number>) {
  const segments = await readSegments(desk.database);
  const checks = new Map((await readArchiveChecks(desk.database)).map((check) => [check.segment, check]));
  const last = segments.at(-1);
  const check = last === undefined ? undefined : checks.get(last.name);
  return {
    segments: { count: segments.length, sizeBytes: segments.reduce((sum, one) => sum + one.size_bytes, 0) },
    segmentsBad: [...checks.values()].filter(({ outcome }) => outcome !== 'good').length,
    lastSegment:
      last === undefined
        ? null
        : {
            name: last.name,
            blobs: blobsOf.get(last.name) ?? 0,
            sizeBytes: last.size_bytes,
            stampedAtMs: last.stamped_at_ms,
            checkedAtMs: check?.at_ms ?? last.verified_at_ms,
            outcome: check?.outcome ?? 'good',
          },
  };
}

/** Counts what is kept, by class and state, and says what comes next. Reads every row of evidence once. */
export async function retentionOverview(
  desk: Desk,
  nowMs: number,
): Promise<Result<RetentionView, 'archive-records-wrong'>> {
  const rules = await readRules(desk);
  if (!rules.ok) return rules;
  const sums = new Map<EvidenceClass, Sums>(evidenceClasses.map((name) => [name, emptySums()]));
  const blobsOf = new Map<string, number>();
  for await (const item of retainedEvidence(desk, rules.value, nowMs)) {
    const { segment } = item.row;
    if (segment !== null) blobsOf.set(segment, (blobsOf.get(segment) ?? 0) + 1);
    const of = sums.get(item.class);
    if (of !== undefined) count(of, item, nowMs);
  }
  const schedule = rules.value.schedules.at(-1)?.schedule ?? rules.value.first;
  return ok({
    atMs: nowMs,
    schedule: { version: schedule.version, basis: schedule.basis },
    minimum: { onlineMonths: legalMinimum.onlineMonths, archiveMonths: legalMinimum.archiveMonths },
    classes: evidenceClasses.map((name) => ({
      class: name,
      term: { ...schedule.classes[name] },
      ...(sums.get(name) ?? emptySums()),
    })),
    holds: newestHolds(rules.value.holds)
      .filter((hold) => isInForce(hold, nowMs))
      .slice(0, holdsMax)
      .map(holdView),
    ...(await segmentsOf(desk, blobsOf)),
  });
}
