import { ok, refuse, type ActionId, type Result, type Sha256Hex } from '../../../core/kernel/index.ts';
import type { EntryBodies } from '../../../core/journal/index.ts';
import type { ActEnvelope } from '../../../core/signing/index.ts';
import { parseActEnvelope } from '../../../contracts/documents/index.ts';
import type { ActDetail, ActView, VaultRequest, VaultOutput } from '../../../contracts/vault-host/index.ts';
import { sha256Hex } from '../hash.ts';
import { viewOf, type ActRow, type EntryRow } from '../journal/rows.ts';
import { knownTree } from '../vault/cosigner.ts';
import type { Bound } from '../vault/opened.ts';
import { readReceipt, type ActFacts } from './proofs.ts';

/** How far a clock may step back between two calls without being taken for a wrong one: what NTP does in one step. */
export const clockStepMaxMs = 1_000;

export type ClockFault = 'clock-earlier-than-journal';

export function checkClock(bound: Bound, nowMs: number): Result<null, ClockFault> {
  const { lastAtMs } = bound.journal.state;
  return nowMs + clockStepMaxMs < lastAtMs
    ? refuse('clock-earlier-than-journal', { behindMs: lastAtMs - nowMs })
    : ok(null);
}

/** What the next envelope has to name. */
export function nextAct(
  bound: Bound,
  nowMs: number,
): Result<VaultOutput<'acts.next'>, ClockFault | 'vault-quarantined'> {
  const { enrolment, journal } = bound;
  const { acts, quarantine } = journal.state;
  if (quarantine !== null) return refuse('vault-quarantined', { reason: quarantine });
  const clock = checkClock(bound, nowMs);
  if (!clock.ok) return clock;
  const { platform, profile, device, epoch } = enrolment.device;
  const tree = knownTree(bound);
  return ok({
    ...{ platform, profile, device, epoch, logOrigin: enrolment.bundle.log.origin },
    sequence: acts.sequence + 1,
    previous: acts.hash,
    treeHead: { size: tree.size, root: tree.root },
  });
}

type AppendFault = ClockFault | 'vault-quarantined' | 'act-foreign' | 'act-out-of-order' | 'id-reused';

function actRow(bound: Bound, actionId: ActionId): ActRow | undefined {
  return bound.journal.acts.row(actionId);
}

/** The journalled bytes of an act. */
export function actBody(bound: Bound, row: ActRow): EntryBodies['act'] {
  const entry = bound.journal.store.get<EntryRow>('select * from entries where sequence = ?', row.entry_sequence);
  return JSON.parse(entry?.body ?? '{}') as EntryBodies['act'];
}

function recorded(row: ActRow): VaultOutput<'acts.append'> {
  return {
    actionId: row.action_id,
    sequence: row.sequence,
    entrySequence: row.entry_sequence,
    hash: row.hash,
    recordedAtMs: row.recorded_at_ms,
  };
}

function isForeign({ enrolment }: Bound, envelope: ActEnvelope): boolean {
  const { platform, profile, device, epoch } = enrolment.device;
  const isOurs =
    envelope.platform === platform &&
    envelope.profile === profile &&
    envelope.device === device &&
    envelope.epoch === epoch;
  return !isOurs || envelope.log !== enrolment.bundle.log.origin;
}

/** May the envelope be the next act? */
function judge(bound: Bound, envelope: ActEnvelope, atMs: number): Result<null, AppendFault> {
  const { acts, quarantine } = bound.journal.state;
  if (quarantine !== null) return refuse('vault-quarantined', { reason: quarantine });
  const isNext = envelope.sequence === acts.sequence + 1 && envelope.previous === acts.hash;
  if (!isNext) return refuse('act-out-of-order', { expected: acts.sequence + 1, found: envelope.sequence });
  return checkClock(bound, atMs);
}

/** A signed act whose envelope was parsed: text and value say the same. */
export type ParsedAct = {
  readonly text: string;
  readonly cms: string;
  readonly envelope: ActEnvelope;
  readonly hash: Sha256Hex;
};

/** The door: the envelope by its schema. */
export function parseAct(input: VaultRequest<'acts.append'>): Result<ParsedAct, 'envelope-malformed'> {
  const envelope = parseActEnvelope(input.envelope);
  if (!envelope.ok) return refuse('envelope-malformed', { why: envelope.refusal.code });
  return ok({ text: input.envelope, cms: input.cms, envelope: envelope.value, hash: sha256Hex(input.envelope) });
}

/** Entry, view and outbox in one transaction; durable when it returns. The same bytes again give the same answer. */
export function journalAct(
  bound: Bound,
  act: ParsedAct,
  atMs: number,
): Result<VaultOutput<'acts.append'>, AppendFault> {
  const { text, cms, envelope, hash } = act;
  if (isForeign(bound, envelope)) return refuse('act-foreign');
  const known = actRow(bound, envelope.id);
  if (known !== undefined) {
    const kept = actBody(bound, known);
    return kept.envelope === text && kept.cms === cms ? ok(recorded(known)) : refuse('id-reused');
  }
  const verdict = judge(bound, envelope, atMs);
  if (!verdict.ok) return verdict;
  const [entry] = bound.journal.append(
    [{ entry: { kind: 'act', body: { envelope: text, cms } }, act: { envelope, hash } }],
    atMs,
  );
  bound.cases.refresh(envelope.subject.case);
  const { id: actionId, sequence } = envelope;
  return ok({ actionId, sequence, entrySequence: entry?.sequence ?? 0, hash, recordedAtMs: atMs });
}

export function appendAct(
  bound: Bound,
  input: VaultRequest<'acts.append'>,
): Result<VaultOutput<'acts.append'>, AppendFault | 'envelope-malformed'> {
  const act = parseAct(input);
  return act.ok ? journalAct(bound, act.value, input.atMs) : act;
}

/** An act as main reads it. */
export function actView(bound: Bound, row: ActRow): ActView {
  const caseNumber = row.case_number ?? bound.cases.numberOf(row.case_id);
  return viewOf(row, { caseNumber, attestation: bound.journal.acts.attestation(row) });
}

/** Newest first. */
export function listActs(bound: Bound, input: VaultRequest<'acts.list'>): VaultOutput<'acts.list'> {
  const { acts, state } = bound.journal;
  const last = Math.min(input.before === null ? state.acts.sequence : input.before - 1, state.acts.sequence);
  const sequences = Array.from({ length: Math.max(0, Math.min(input.limit, last)) }, (_, i) => last - i);
  const rows = sequences.map((sequence) => acts.rowAt(sequence)).filter((row) => row !== undefined);
  return { items: rows.map((row) => actView(bound, row)), total: state.acts.sequence };
}

/** An act with its proofs. */
export function getAct(bound: Bound, actionId: ActionId): Result<ActDetail, 'act-absent'> {
  const row = actRow(bound, actionId);
  if (row === undefined) return refuse('act-absent');
  const body = actBody(bound, row);
  const promise = bodyAt<EntryBodies['promise']>(bound, row.promise_entry);
  const receipt = receiptBody(bound, row)?.proof ?? null;
  const told = receipt === null ? undefined : readReceipt(bound.enrolment, factsOf(row, body), receipt);
  const signatures = promise?.document.signatures.map((signature) => ({ ...signature })) ?? [];
  return ok({
    ...{ act: actView(bound, row), ...body, receipt },
    cosigners: told?.ok === true ? told.value.cosigners.map((one) => ({ ...one })) : [],
    promise: promise === undefined ? null : { document: promise.document.document, signatures },
  });
}

/** An own act as its proofs are checked against it. */
export function factsOf(row: ActRow, body: EntryBodies['act']): ActFacts {
  return { actionId: row.action_id, sequence: row.sequence, hash: row.hash, ...body };
}

/** The best receipt of an act that the journal holds. */
export function receiptBody(bound: Bound, row: ActRow): EntryBodies['receipt'] | undefined {
  return bodyAt<EntryBodies['receipt']>(bound, row.receipt_entry);
}

function bodyAt<Body>(bound: Bound, sequence: number | null): Body | undefined {
  if (sequence === null) return undefined;
  const row = bound.journal.store.get<EntryRow>('select * from entries where sequence = ?', sequence);
  return row === undefined ? undefined : (JSON.parse(row.body) as Body);
}

/** The row of an act that an entry speaks of. */
export function requireAct(bound: Bound, actionId: ActionId): Result<ActRow, 'act-absent'> {
  const row = actRow(bound, actionId);
  return row === undefined ? refuse('act-absent') : ok(row);
}
