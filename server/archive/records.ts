import { ok, refuse, type Result, type Sha256Hex } from '../../core/kernel/index.ts';
import { checkSchedule, newestHolds, type LegalHold, type RetentionSchedule } from '../../core/retention/index.ts';
import { canonicalize, type Json } from '../../core/signing/index.ts';
import { legalHold, retentionSchedule } from '../../contracts/documents/index.ts';
import { recordDocument } from '../accounts/index.ts';
import type { Desk } from '../platform/index.ts';
import { insertHold, insertTerms } from '../store/index.ts';
import { readRules } from './rules.ts';

export type RecordRefusal =
  | 'archive-records-wrong'
  | 'document-malformed'
  | 'retention-below-minimum'
  | 'hold-exists'
  | 'hold-unknown';

const subject = 'platform';
const textOf = (document: object): string => canonicalize(document as unknown as Json);

/** Records a schedule. It holds for what is accepted after its leaf; what was accepted before keeps what it was promised, or gets more. */
export async function recordSchedule(
  desk: Desk,
  given: Pick<RetentionSchedule, 'classes' | 'basis'>,
): Promise<Result<RetentionSchedule, RecordRefusal>> {
  const rules = await readRules(desk);
  if (!rules.ok) return rules;
  const { platform, profile } = desk.identity;
  const version = (rules.value.schedules.at(-1)?.schedule.version ?? 0) + 1;
  const parsed = retentionSchedule.safeParse({ form: 'qorgan.retention/1', platform, profile, version, ...given });
  if (!parsed.success) return refuse('document-malformed');
  const checked = checkSchedule(parsed.data);
  if (!checked.ok) return checked;
  const rows = Object.entries(parsed.data.classes).map(([name, { onlineMonths, archiveMonths }]) => ({
    version,
    class: name,
    months: onlineMonths + archiveMonths,
  }));
  const document = { kind: 'retention', subject, version, text: textOf(parsed.data) } as const;
  await recordDocument(desk, document, (session, leafId) =>
    insertTerms(
      session,
      rows.map((row) => ({ ...row, leaf_id: leafId })),
    ),
  );
  return ok(parsed.data);
}

async function recordHold(desk: Desk, hold: object): Promise<Result<LegalHold, 'document-malformed'>> {
  const parsed = legalHold.safeParse(hold);
  if (!parsed.success) return refuse('document-malformed');
  const { id, version, of, untilMs } = parsed.data;
  const names = of.kind === 'case' ? [`case:${of.case}`] : of.hashes.map((hash: Sha256Hex) => `evidence:${hash}`);
  const document = { kind: 'legal-hold', subject, version, text: textOf(parsed.data) } as const;
  await recordDocument(desk, document, (session) =>
    insertHold(session, { hold_id: id, version, until_ms: untilMs }, [...new Set(names)]),
  );
  return ok(parsed.data);
}

/** Puts evidence or a case under legal hold, from this moment until its end or its release. */
export async function holdEvidence(
  desk: Desk,
  given: Pick<LegalHold, 'id' | 'of' | 'basis' | 'untilMs'>,
): Promise<Result<LegalHold, RecordRefusal>> {
  const rules = await readRules(desk);
  if (!rules.ok) return rules;
  if (rules.value.holds.some(({ id }) => id === given.id)) return refuse('hold-exists', { hold: given.id });
  const { platform, profile } = desk.identity;
  const fromMs = desk.surroundings.nowMs();
  return recordHold(desk, { form: 'qorgan.legal-hold/1', platform, profile, version: 1, ...given, fromMs });
}

/** Ends a hold now: a new version of it with an end and the reason for it. */
export async function releaseHoldOf(
  desk: Desk,
  given: { readonly id: string; readonly basis: string },
): Promise<Result<LegalHold, RecordRefusal>> {
  const rules = await readRules(desk);
  if (!rules.ok) return rules;
  const held = newestHolds(rules.value.holds).find(({ id }) => id === given.id);
  if (held === undefined) return refuse('hold-unknown', { hold: given.id });
  return recordHold(desk, {
    ...held,
    version: held.version + 1,
    basis: given.basis,
    untilMs: desk.surroundings.nowMs(),
  });
}
