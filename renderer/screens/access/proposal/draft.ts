import type { AccessDraft, PersonView, StaffRecordView } from '../../../../contracts/ipc/index.ts';
import { diffRecords } from '../../../../core/access/index.ts';
import { parseIin } from '../../../../core/kernel/index.ts';
import { formatDate } from '../../../kit/index.ts';
import { daysOf } from '../../log/days.ts';
import { oneLine, whyFaults, whyOf, type Steps, type WhyFields } from './steps.ts';

/** What is to be done with a record. A block needs no second person; everything else waits for one. */
export const proposalKinds = ['new', 'change', 'block', 'unblock', 'dismiss'] as const;
export type ProposalKind = (typeof proposalKinds)[number];

/** What can be proposed about a record that stands like this, the most usual first. */
export function kindsFor({ summary, block }: PersonView): readonly [ProposalKind, ...ProposalKind[]] {
  if (summary.standing === 'dismissed') return ['change'];
  return block === null ? ['change', 'block', 'dismiss'] : ['unblock', 'dismiss'];
}

/** The form as it is filled: days are texts until they are read. */
export type ProposalFields = WhyFields & {
  readonly iin: string;
  readonly name: string;
  readonly isContractor: boolean;
  readonly employeeNumber: string;
  readonly contractNumber: string;
  readonly contractParty: string;
  readonly contractScope: string;
  readonly roles: readonly string[];
  readonly certificates: readonly string[];
  readonly from: string;
  readonly until: string;
};

export type FieldName = keyof ProposalFields;

/** A change of a person that is being thought about. */
export type ProposalDraft = Steps<ProposalFields> & { readonly of: 'staff'; readonly kind: ProposalKind };

const dayText = (atMs: number | null): string => (atMs === null ? '' : formatDate(atMs));

function fieldsOf(record: StaffRecordView | null, nowMs: number): ProposalFields {
  return {
    iin: record?.iin ?? '',
    name: record?.name ?? '',
    isContractor: record !== null && record.contract !== null,
    employeeNumber: record?.employeeNumber ?? '',
    contractNumber: record?.contract?.number ?? '',
    contractParty: record?.contract?.party ?? '',
    contractScope: record?.contract?.scope ?? '',
    roles: record?.roles ?? [],
    certificates: record?.certificates ?? [],
    from: dayText(record?.validFromMs ?? nowMs),
    // People name the last day; the record ends with the moment behind it.
    until: dayText(record === null || record.validUntilMs === null ? null : record.validUntilMs - 1),
    reason: '',
    basis: '',
  };
}

export function startProposal(kind: ProposalKind, record: StaffRecordView | null, nowMs: number): ProposalDraft {
  return { of: 'staff', kind, fields: fieldsOf(record, nowMs), past: [], last: null };
}

/** Midnights of the record as it was stay what they are where their day is untouched. */
function dayStart(text: string, before: number | undefined): number | undefined {
  if (before !== undefined && text === formatDate(before)) return before;
  return daysOf(text)?.fromMs;
}

function dayEnd(text: string, before: number | null): number | null | undefined {
  if (text.trim() === '') return null;
  if (before !== null && text === formatDate(before - 1)) return before;
  return daysOf(text)?.toMs;
}

/** The record as far as the form can be read: an unreadable day stands as it was. */
export function recordOf(
  { kind, fields }: ProposalDraft,
  before: StaffRecordView | null,
  nowMs: number,
): StaffRecordView {
  if (before !== null && kind !== 'change') return kind === 'dismiss' ? { ...before, standing: 'dismissed' } : before;
  const contract = {
    number: fields.contractNumber.trim(),
    scope: oneLine(fields.contractScope),
    party: fields.contractParty.trim(),
  };
  const until = dayEnd(fields.until, before?.validUntilMs ?? null);
  return {
    iin: before?.iin ?? fields.iin.trim(),
    name: fields.name.trim(),
    employeeNumber: fields.isContractor ? null : fields.employeeNumber.trim(),
    roles: [...fields.roles],
    certificates: [...fields.certificates],
    validFromMs: dayStart(fields.from, before?.validFromMs) ?? before?.validFromMs ?? nowMs,
    validUntilMs: until === undefined ? (before?.validUntilMs ?? null) : until,
    standing: 'active',
    contract: fields.isContractor ? contract : null,
  };
}

/** What is still missing or wrong; the first one stands beside its field. */
export const faultIds = [
  'iin-malformed',
  'name-missing',
  'employee-number-missing',
  'contract-missing',
  'roles-missing',
  'from-malformed',
  'from-past',
  'until-malformed',
  'until-missing',
  'until-before-from',
  'nothing-changed',
  'reason-missing',
  'basis-missing',
] as const;
export type FaultId = (typeof faultIds)[number];
export type Fault = { readonly field: FieldName | null; readonly id: FaultId };

/** The day that is chosen on a form began at its midnight. */
const startAheadMaxMs = 86_400_000;

function dayFaults({ fields }: ProposalDraft, before: StaffRecordView | null, nowMs: number): readonly Fault[] {
  const from = dayStart(fields.from, before?.validFromMs);
  const until = dayEnd(fields.until, before?.validUntilMs ?? null);
  const faults: Fault[] = [];
  if (from === undefined) faults.push({ field: 'from', id: 'from-malformed' });
  else if (from !== before?.validFromMs && from < nowMs - startAheadMaxMs)
    faults.push({ field: 'from', id: 'from-past' });
  if (until === undefined) faults.push({ field: 'until', id: 'until-malformed' });
  else if (until === null) {
    if (fields.isContractor) faults.push({ field: 'until', id: 'until-missing' });
  } else if (from !== undefined && until <= from) faults.push({ field: 'until', id: 'until-before-from' });
  return faults;
}

function recordFaults(draft: ProposalDraft, before: StaffRecordView | null, nowMs: number): readonly Fault[] {
  const { fields } = draft;
  const contract = (['contractNumber', 'contractParty', 'contractScope'] as const).find(
    (name) => fields[name].trim() === '',
  );
  const checks: readonly (Fault | false)[] = [
    before === null && !parseIin(fields.iin.trim()).ok && { field: 'iin', id: 'iin-malformed' },
    fields.name.trim() === '' && { field: 'name', id: 'name-missing' },
    !fields.isContractor &&
      fields.employeeNumber.trim() === '' && { field: 'employeeNumber', id: 'employee-number-missing' },
    fields.isContractor && contract !== undefined && { field: contract, id: 'contract-missing' },
    fields.roles.length === 0 && { field: 'roles', id: 'roles-missing' },
  ];
  return [...checks.filter((fault) => fault !== false), ...dayFaults(draft, before, nowMs)];
}

/** Everything that keeps the change from being signed, in the order of the form. */
export function faultsOf(draft: ProposalDraft, before: StaffRecordView | null, nowMs: number): readonly Fault[] {
  const { kind, fields } = draft;
  const ofRecord = kind === 'new' || kind === 'change' ? recordFaults(draft, before, nowMs) : [];
  // Field by field: the order in which a record holds them says nothing.
  const isSame = before !== null && diffRecords(before, recordOf(draft, before, nowMs)).length === 0;
  return [
    ...ofRecord,
    ...(kind === 'change' && ofRecord.length === 0 && isSame ? [{ field: null, id: 'nothing-changed' } as const] : []),
    ...whyFaults(fields),
  ];
}

/** The act that the form comes to, or `null` while something is missing. */
export function actOf(draft: ProposalDraft, person: PersonView | null, nowMs: number): AccessDraft | null {
  const before = person?.record ?? null;
  if (faultsOf(draft, before, nowMs).length > 0) return null;
  const why = whyOf(draft.fields);
  if (draft.kind === 'block') return before === null ? null : { type: 'access.block', iin: before.iin, ...why };
  return {
    type: 'access.propose',
    change: { kind: 'staff', before: person?.summary.hash ?? null, record: recordOf(draft, before, nowMs) },
    ...why,
  };
}
