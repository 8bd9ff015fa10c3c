import { ok, refuse, type Result } from '../../../core/kernel/index.ts';
import {
  acknowledgedAlarm,
  explainedAlarm,
  logAlarms,
  overdueAlarm,
  quarantineReasons,
  type EntryBodies,
  type EntryOf,
} from '../../../core/journal/index.ts';
import { isHigherLevel } from '../../../core/log/index.ts';
import { breaksPromise, mayFallDue } from '../../../core/sync/index.ts';
import { canonicalize, type Json } from '../../../core/signing/index.ts';
import type { EntryView, NewEntry, VaultRequest, VaultOutput } from '../../../contracts/vault-host/index.ts';
import { sha256Hex } from '../hash.ts';
import { outboxOf, type ActRow, type EntryRow } from '../journal/rows.ts';
import { pinRotation, readCheckpoint } from '../vault/enrolment.ts';
import type { Bound } from '../vault/opened.ts';
import { explainsHeads, readHeads } from '../vault/alarm-heads.ts';
import { actBody, actView, factsOf, receiptBody, requireAct } from './acts.ts';
import { readEvidenceReceipt, readPromise, readReceipt, type PromiseFault } from './proofs.ts';

type EntryFault =
  | PromiseFault
  | 'act-absent'
  | 'evidence-absent'
  | 'receipt-invalid'
  | 'entry-malformed'
  | 'log-distrusted';
type Answer = VaultOutput<'entries.append'>;

/** Entries to write; none where the journal says it already, with the entry that does. */
type Plan = { readonly entries: readonly EntryOf[]; readonly known?: number; readonly act?: ActRow };

/**
 * A receipt that was verified: the first one proves the act; a later one must be of the same leaf, and is kept where more vouch for it.
 * One of another leaf replaces nothing: the log says two things of one act.
 */
function planReceipt(bound: Bound, act: ActRow, body: Required<EntryBodies['receipt']>): Result<Plan, EntryFault> {
  const { outcome, commitment, index, level } = body;
  const kept = receiptBody(bound, act);
  if (kept === undefined || act.receipt_entry === null) {
    const isBroken = breaksPromise(outboxOf(act), { type: 'proven', outcome, commitment, index, level, atMs: 0 });
    const alarm: EntryOf = { kind: 'alarm', body: { code: 'promise-broken', actionId: act.action_id } };
    return ok({ entries: [{ kind: 'receipt', body }, ...(isBroken ? [alarm] : [])], act });
  }
  const isSameLeaf = kept.index === index && kept.commitment === commitment && kept.outcome === outcome;
  if (!isSameLeaf) return refuse('receipt-invalid', { why: 'receipt-other-leaf' });
  if (isHigherLevel(level, kept.level ?? 'log')) return ok({ entries: [{ kind: 'receipt', body }], act });
  return ok({ entries: [], known: act.receipt_entry, act });
}

type AboutAct = Extract<NewEntry, { kind: 'promise' | 'receipt' | 'outcome' }>;

function planAboutAct(bound: Bound, entry: AboutAct): Result<Plan, EntryFault> {
  const found = requireAct(bound, entry.body.actionId);
  if (!found.ok) return found;
  const act = found.value;
  const facts = factsOf(act, actBody(bound, act));
  switch (entry.kind) {
    case 'promise': {
      if (act.promise_entry !== null) return ok({ entries: [], known: act.promise_entry, act });
      const body = readPromise(bound.enrolment, facts, entry.body.document);
      return body.ok ? ok({ entries: [{ kind: 'promise', body: body.value }], act }) : body;
    }
    case 'receipt': {
      const read = readReceipt(bound.enrolment, facts, entry.body.proof);
      return read.ok ? planReceipt(bound, act, read.value.body) : read;
    }
    case 'outcome':
      if (act.receipt_entry !== null) return ok({ entries: [], known: act.receipt_entry, act });
      return act.state === 'recorded'
        ? ok({ entries: [entry], act })
        : refuse('entry-malformed', { why: 'act-settled' });
  }
}

/** When a receipt is due by the clock here: a promise is kept within the time of the pinned policy, whatever date it names. */
function dueAtMs({ enrolment }: Bound, { promised_at_ms: promisedAtMs }: ActRow): number {
  return (promisedAtMs ?? Number.MAX_SAFE_INTEGER) + enrolment.policy.sync.promiseDeadlineMs;
}

/** The entry that says this very alarm already: an act that was refused keeps its state, and is not alarmed about twice. */
function alarmEntry({ journal }: Bound, body: EntryBodies['alarm']): number | undefined {
  const text = canonicalize(body as unknown as Json);
  const sql = "select sequence from entries where kind = 'alarm' and body = ?";
  return journal.store.get<{ sequence: number }>(sql, text)?.sequence;
}

function isAlarmEntry({ journal }: Bound, sequence: string | number | undefined): boolean {
  if (typeof sequence !== 'number') return false;
  return journal.store.get<EntryRow>('select * from entries where sequence = ?', sequence)?.kind === 'alarm';
}

function planAlarm(bound: Bound, entry: Extract<NewEntry, { kind: 'alarm' }>, atMs: number): Result<Plan, EntryFault> {
  const { code, actionId, details, heads, consistency } = entry.body;
  // The vault alone decides that it is quarantined.
  if (quarantineReasons.some((reason) => reason === code)) return refuse('entry-malformed', { why: 'alarm-reserved' });
  if (code === acknowledgedAlarm && !isAlarmEntry(bound, details?.['entry']))
    return refuse('entry-malformed', { why: 'alarm-absent' });
  const isLogAlarm = logAlarms.some((known) => known === code);
  if (isLogAlarm) return planLogAlarm(bound, entry.body);
  if (heads !== undefined) return refuse('entry-malformed', { why: 'alarm-heads' });
  if (code === explainedAlarm) return planExplanation(bound, entry.body);
  if (consistency !== undefined) return refuse('entry-malformed', { why: 'alarm-consistency' });
  const body = { code, ...(actionId === undefined ? {} : { actionId }), ...(details === undefined ? {} : { details }) };
  if (actionId === undefined) return ok({ entries: [{ kind: 'alarm', body }] });
  const act = requireAct(bound, actionId);
  if (!act.ok) return act;
  if (code === overdueAlarm) {
    const isDue = mayFallDue(outboxOf(act.value)) && dueAtMs(bound, act.value) < atMs;
    if (!isDue) return refuse('entry-malformed', { why: 'promise-not-due' });
    const known = alarmEntry(bound, body);
    if (known !== undefined) return ok({ entries: [], known, act: act.value });
  }
  return ok({ entries: [{ kind: 'alarm', body }], act: act.value });
}

type EvidenceReceipt = Extract<NewEntry, { kind: 'evidence-receipt' }>['body'];

function planEvidenceReceipt(bound: Bound, given: EvidenceReceipt): Result<Plan, EntryFault> {
  const { store, evidence } = bound.journal;
  const row = evidence.row(given.sha256);
  if (row === undefined) return refuse('evidence-absent');
  if (row.receipt_entry !== null) return ok({ entries: [], known: row.receipt_entry });
  const entry = store.get<EntryRow>('select * from entries where sequence = ?', row.entry_sequence);
  const { descriptor } = JSON.parse(entry?.body ?? '{}') as EntryBodies['evidence'];
  const body = readEvidenceReceipt(bound.enrolment, descriptor, given);
  return body.ok ? ok({ entries: [{ kind: 'evidence-receipt', body: body.value }] }) : body;
}

type AlarmBody = Extract<NewEntry, { kind: 'alarm' }>['body'];

/** One alarm of a kind stands at a time: a server that lies in each round does not fill the journal. */
function planLogAlarm(bound: Bound, { code, actionId, details, heads }: AlarmBody): Result<Plan, EntryFault> {
  const standing = bound.journal.state.standing.find((known) => known.code === code);
  if (standing !== undefined) return ok({ entries: [], known: standing.entry });
  const body = {
    code,
    ...(actionId === undefined ? {} : { actionId }),
    ...(details === undefined ? {} : { details }),
    heads: readHeads(bound.enrolment, heads),
  };
  if (actionId === undefined) return ok({ entries: [{ kind: 'alarm', body }] });
  const act = requireAct(bound, actionId);
  return act.ok ? ok({ entries: [{ kind: 'alarm', body }], act: act.value }) : act;
}

function planExplanation(bound: Bound, { details, consistency = [] }: AlarmBody): Result<Plan, EntryFault> {
  const entry = details?.['entry'];
  const standing = bound.journal.state.standing.find((known) => known.entry === entry);
  const row =
    standing === undefined
      ? undefined
      : bound.journal.store.get<EntryRow>('select * from entries where sequence = ?', standing.entry);
  if (row === undefined) return refuse('entry-malformed', { why: 'alarm-absent' });
  const { heads } = JSON.parse(row.body) as EntryBodies['alarm'];
  if (!explainsHeads(bound.enrolment, heads, consistency))
    return refuse('entry-malformed', { why: 'alarm-unexplained' });
  const body = { code: explainedAlarm, details: { entry: row.sequence }, consistency };
  return ok({ entries: [{ kind: 'alarm', body }] });
}

/** What the server said counts for nothing while an alarm about its log stands. */
const ofServer: readonly NewEntry['kind'][] = [
  'promise',
  'receipt',
  'outcome',
  'checkpoint',
  'evidence-receipt',
  'log-key',
];

function plan(bound: Bound, entry: NewEntry, atMs: number): Result<Plan, EntryFault> {
  if (bound.journal.state.standing.length > 0 && ofServer.includes(entry.kind)) return refuse('log-distrusted');
  switch (entry.kind) {
    case 'promise':
    case 'receipt':
    case 'outcome':
      return planAboutAct(bound, entry);
    case 'alarm':
      return planAlarm(bound, entry, atMs);
    case 'checkpoint': {
      const checkpoint = readCheckpoint(bound.enrolment, entry.body.note);
      if (!checkpoint.ok) return checkpoint;
      const { note, size, root } = checkpoint.value;
      return ok({ entries: [{ kind: 'checkpoint', body: { note, size, root } }] });
    }
    case 'evidence-receipt':
      return planEvidenceReceipt(bound, entry.body);
    case 'log-key': {
      const pinned = pinRotation({ logPins: bound.enrolment.logPins }, entry.body);
      return pinned.ok ? ok({ entries: [entry] }) : pinned;
    }
    case 'sign-in':
    case 'shift-started':
    case 'shift-ended':
    case 'posture':
      return ok({ entries: [entry] });
  }
}

/** Appends what main learnt. A promise or receipt that the journal holds already is answered with the entry that holds it. */
export function appendEntry(
  bound: Bound,
  input: VaultRequest<'entries.append'> & { readonly entry: NewEntry },
): Result<Answer, EntryFault> {
  const planned = plan(bound, input.entry, input.atMs);
  if (!planned.ok) return planned;
  const { entries, known, act } = planned.value;
  if (known !== undefined) return ok({ ...linkAt(bound, known), act: act === undefined ? null : actView(bound, act) });
  const [first] = bound.journal.append(
    entries.map((entry) => ({ entry })),
    input.atMs,
  );
  // What is believed changes after the commit only.
  if (input.entry.kind === 'log-key') pinRotation(bound.enrolment, input.entry.body);
  if (act !== undefined) bound.cases.refresh(act.case_id);
  const moved = act === undefined ? undefined : requireAct(bound, act.action_id);
  return ok({
    sequence: first?.sequence ?? 0,
    hash: first?.hash ?? bound.journal.state.entries.hash,
    act: moved?.ok === true ? actView(bound, moved.value) : null,
  });
}

function linkAt(bound: Bound, sequence: number): { readonly sequence: number; readonly hash: Answer['hash'] } {
  const row = bound.journal.store.get<EntryRow>('select * from entries where sequence = ?', sequence);
  return { sequence, hash: sha256Hex(row?.header ?? '') };
}

function viewOfEntry(row: EntryRow): EntryView {
  return { sequence: row.sequence, kind: row.kind, atMs: row.at_ms, hash: sha256Hex(row.header), body: row.body };
}

/** Newest first. */
export function listEntries(bound: Bound, input: VaultRequest<'entries.list'>): VaultOutput<'entries.list'> {
  const { store, state } = bound.journal;
  const before = input.before ?? Number.MAX_SAFE_INTEGER;
  if (input.kinds === null) {
    const rows = store.all<EntryRow>(
      'select * from entries where sequence < ? order by sequence desc limit ?',
      before,
      input.limit,
    );
    return { items: rows.map(viewOfEntry), total: state.entries.sequence };
  }
  const places = input.kinds.map(() => '?').join(', ');
  const sql = `select * from entries where kind in (${places}) and sequence < ? order by sequence desc limit ?`;
  const rows = store.all<EntryRow>(sql, ...input.kinds, before, input.limit);
  const total =
    store.get<{ total: number }>(`select count(*) as total from entries where kind in (${places})`, ...input.kinds)
      ?.total ?? 0;
  return { items: rows.map(viewOfEntry), total };
}

/** What sync has to do next. */
export function nextOutbox(bound: Bound, limit: number): VaultOutput<'outbox.next'> {
  const { acts, identity } = bound.journal;
  const { epoch } = identity;
  const waiting = acts.waiting();
  const unsent = waiting.filter((row) => row.promised_at_ms === null);
  // What the server turned away goes last, so that it blocks nothing that it would take.
  const toSend = [...unsent.filter((row) => row.refusal === null), ...unsent.filter((row) => row.refusal !== null)];
  const toProve = waiting.filter((row) => row.promised_at_ms !== null);
  return {
    toSend: toSend
      .slice(0, limit)
      .map((row) => ({ actionId: row.action_id, epoch, sequence: row.sequence, ...actBody(bound, row) })),
    toProve: toProve
      .slice(0, limit)
      .map((row) => ({ actionId: row.action_id, deadlineMs: dueAtMs(bound, row), state: owedState(row) })),
    waiting: waiting.length,
    overdue: waiting.filter((row) => row.state === 'overdue').length,
  };
}

function owedState(row: ActRow): 'promised' | 'overdue' | 'refused' | 'superseded' {
  return row.state === 'recorded' || row.state === 'logged' ? 'promised' : row.state;
}

/** Receipts to ask for again. */
export function unwitnessedReceipts(
  { journal }: Bound,
  { after, limit }: VaultRequest<'receipts.unwitnessed'>,
): VaultOutput<'receipts.unwitnessed'> {
  const rows = journal.acts.unwitnessed(after, limit);
  return { items: rows.map((row) => ({ actionId: row.action_id, sequence: row.sequence, level: row.level ?? 'log' })) };
}
