import { ok, refuse, toBase64, type ActionId, type Result } from '../../core/kernel/index.ts';
import {
  parseProof,
  verifyReceipt,
  type ReceiptFacts,
  type ReceiptVerdict,
  formatNoteKey,
  logKeyForProof,
} from '../../core/log/index.ts';
import { shownTextOfEnvelope, textHash } from '../../core/signing/index.ts';
import { sha256, verifyEd25519 } from '../../eds/index.ts';
import { parseActEnvelope } from '../../contracts/documents/index.ts';
import type { JournalEntryView, JournalItem, OperatorInput, OperatorOutput } from '../../contracts/ipc/index.ts';
import type { ActDetail, ActView, EntryView } from '../../contracts/vault-host/index.ts';
import { signingTexts } from '../../locales/signing/index.ts';
import { printedAct, receiptPage } from '../receipt-page/index.ts';
import { reviewCsv } from './access/review-csv.ts';
import type { Engine, Shift } from './context.ts';
import { readCheckpoint } from './sync/tree-head.ts';

const pageMax = 500;

const states = {
  recorded: 'recorded',
  promised: 'sent',
  overdue: 'overdue',
  logged: 'logged',
  refused: 'refused',
  superseded: 'superseded',
} as const;

function actOf(act: ActView): JournalItem['act'] {
  return {
    actionId: act.actionId,
    type: act.type,
    caseId: act.caseId,
    caseNumber: act.caseNumber,
    state: states[act.state],
    refusal: act.refusal === null ? null : { code: act.refusal.replace(/^refused:/u, '') },
    logIndex: act.logIndex,
    attestation: act.attestation,
  };
}

function itemOf(entry: EntryView, act: ActView | undefined): JournalItem {
  return {
    sequence: entry.sequence,
    kind: entry.kind,
    atMs: entry.atMs,
    hash: entry.hash,
    act: act === undefined ? null : actOf(act),
  };
}

/** Acts by the journal entry that holds them, from the newest down to the given entry. */
async function actsDownTo(engine: Engine, entrySequence: number): Promise<Result<Map<number, ActView>>> {
  const acts = new Map<number, ActView>();
  let before: number | null = null;
  for (;;) {
    const page: Result<{ items: ActView[] }> = await engine.vault.call('acts.list', { before, limit: pageMax });
    if (!page.ok) return page;
    for (const act of page.value.items) acts.set(act.entrySequence, act);
    const oldest = page.value.items.at(-1);
    if (oldest === undefined || oldest.entrySequence <= entrySequence || page.value.items.length < pageMax)
      return ok(acts);
    before = oldest.sequence;
  }
}

/** A page of the own journal, newest first. */
export async function listJournal(
  engine: Engine,
  input: OperatorInput<'journal.list'>,
): Promise<Result<OperatorOutput<'journal.list'>>> {
  const kinds = input.onlyActs ? (['act'] as ['act']) : null;
  const entries = await engine.vault.call('entries.list', { before: input.before, limit: input.limit, kinds });
  if (!entries.ok) return entries;
  const oldest = entries.value.items.at(-1);
  if (oldest === undefined) return ok({ items: [], total: entries.value.total });
  const acts = await actsDownTo(engine, oldest.sequence);
  if (!acts.ok) return acts;
  return ok({
    items: entries.value.items.map((entry) => itemOf(entry, acts.value.get(entry.sequence))),
    total: entries.value.total,
  });
}

/** The text that the signer was shown, rendered again; `null` where it cannot be rendered to the very hash that was signed. */
async function shownAgain(engine: Engine, envelopeText: string): Promise<string | null> {
  const envelope = parseActEnvelope(envelopeText);
  if (!envelope.ok) return null;
  const found = await engine.vault.call('cases.get', { caseId: envelope.value.subject.case });
  const text = shownTextOfEnvelope(signingTexts, envelope.value, found.ok ? found.value.state : { status: 'absent' });
  return text.ok && textHash(sha256, text.value) === envelope.value.shown.hash ? text.value : null;
}

/** The key of the log that may sign the tree of this receipt. */
function keyTextOf({ enrolment }: Shift, proof: string): string {
  return formatNoteKey(logKeyForProof(enrolment.logPins, proof));
}

function verdictOf(shift: Shift, proof: string, act: string): ReceiptVerdict {
  const { platform } = shift.enrolment.bundle;
  return verifyReceipt({ proof, logKey: keyTextOf(shift, proof), platform, act, sha256, verifyEd25519 });
}

function receiptView(shift: Shift, detail: ActDetail): JournalEntryView['receipt'] {
  if (detail.receipt === null) return null;
  const verdict = verdictOf(shift, detail.receipt, detail.envelope);
  const proof = parseProof(detail.receipt);
  if (verdict.verdict !== 'good' || !proof.ok) return null;
  const checkpoint = readCheckpoint(shift.enrolment, proof.value.checkpoint);
  if (!checkpoint.ok) return null;
  const { index, size } = verdict.facts;
  return { text: detail.receipt, index, treeSize: size, root: toBase64(checkpoint.value.root) };
}

/** One entry with all that the workstation knows of it; the receipt is verified again at each look. */
export async function readJournalEntry(
  engine: Engine,
  shift: Shift,
  sequence: number,
): Promise<Result<JournalEntryView>> {
  const entries = await engine.vault.call('entries.list', { before: sequence + 1, limit: 1, kinds: null });
  if (!entries.ok) return entries;
  const entry = entries.value.items[0];
  if (entry === undefined || entry.sequence !== sequence) return refuse('entry-absent');
  const acts = entry.kind === 'act' ? await actsDownTo(engine, sequence) : ok(new Map<number, ActView>());
  if (!acts.ok) return acts;
  const act = acts.value.get(sequence);
  const item = itemOf(entry, act);
  if (act === undefined) return ok({ item, shownText: null, envelope: null, signer: null, receipt: null, times: null });
  const detail = await engine.vault.call('acts.get', { actionId: act.actionId });
  if (!detail.ok) return detail;
  const isMine = act.actor.iin === shift.iin;
  return ok({
    item,
    shownText: await shownAgain(engine, detail.value.envelope),
    envelope: detail.value.envelope,
    signer: { name: isMine ? shift.name : act.actor.iin, iin: act.actor.iin, certificate: act.actor.certificate },
    receipt: receiptView(shift, detail.value),
    times: { recordedAtMs: act.recordedAtMs, sentAtMs: act.promisedAtMs, loggedAtMs: act.provenAtMs },
  });
}

/** Files by which a stranger checks an act offline, and a page of the receipt for print. */
export type ActExport = readonly { readonly name: string; readonly bytes: Uint8Array }[];

/** The page of a receipt that was just verified, in the language of the window. */
async function pageOf(engine: Engine, detail: ActDetail & { receipt: string }, facts: ReceiptFacts): Promise<string> {
  const { locale } = engine.state.preferences;
  const envelope = parseActEnvelope(detail.envelope);
  const found = await engine.vault.call('cases.get', { caseId: detail.act.caseId });
  const form = found.ok && found.value.state.status !== 'absent' ? found.value.state.form : undefined;
  const cms = new Uint8Array(Buffer.from(detail.cms, 'base64'));
  const { caseNumber } = detail.act;
  const act = envelope.ok ? printedAct({ locale, envelope: envelope.value, cms, form, caseNumber }) : undefined;
  return receiptPage({
    locale,
    receipt: detail.receipt,
    facts,
    checkedAtMs: engine.options.clock.nowMs(),
    ...(act === undefined ? {} : { act }),
  });
}

/** Act, signature, receipt and its page as files, and of a review of rights its result as a table; refuses `receipt-absent` until the log has proven the act. */
export async function exportAct(engine: Engine, shift: Shift, actionId: string): Promise<Result<ActExport>> {
  const detail = await engine.vault.call('acts.get', { actionId: actionId as ActionId });
  if (!detail.ok) return detail;
  const { envelope, cms, receipt, act } = detail.value;
  if (receipt === null) return refuse('receipt-absent');
  const verdict = verdictOf(shift, receipt, envelope);
  if (verdict.verdict !== 'good') return refuse('receipt-absent');
  // Who vouches is the vault's to say: it runs on a Node that can verify every line of a witness, and Electron's cannot.
  const { cosigners } = detail.value;
  const facts = { ...verdict.facts, level: act.attestation?.level ?? 'log', cosigners };
  const page = await pageOf(engine, { ...detail.value, receipt }, facts);
  const stem = `${act.caseNumber ?? act.caseId}-${act.type.replace('registration.', '')}-${act.actionId.slice(-12)}`;
  const text = new TextEncoder();
  const parsed = parseActEnvelope(envelope);
  const table = parsed.ok ? reviewCsv(parsed.value, engine.state.preferences.locale) : undefined;
  return ok([
    { name: `${stem}.act.json`, bytes: text.encode(envelope) },
    { name: `${stem}.p7s`, bytes: new Uint8Array(Buffer.from(cms, 'base64')) },
    { name: `${stem}.tlog-proof`, bytes: text.encode(receipt) },
    { name: `${stem}.html`, bytes: text.encode(page) },
    ...(table === undefined ? [] : [{ name: `${stem}.csv`, bytes: text.encode(table) }]),
    { name: 'log.vkey', bytes: text.encode(`${keyTextOf(shift, receipt)}\n`) },
  ]);
}
