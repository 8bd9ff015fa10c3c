import type { EvidenceDescriptor } from '../../../core/evidence/index.ts';
import { ok, refuse, type ActionId, type Result, type Sha256Hex } from '../../../core/kernel/index.ts';
import { explainedAlarm, type EntryBodies, type JournalAct } from '../../../core/journal/index.ts';
import { canonicalize, type Json } from '../../../core/signing/index.ts';
import { evidenceDescriptor, parseActEnvelope } from '../../../contracts/documents/index.ts';
import { checkCases } from '../cases/index.ts';
import type { EvidenceRow } from '../journal/evidence-table.ts';
import { checkEntries, type Inspect, type JournalReport } from '../journal/check.ts';
import type { EntryRow } from '../journal/rows.ts';
import { faultOf, type Store } from '../journal/store.ts';
import { sha256Hex } from '../hash.ts';
import {
  readCompromise,
  readEvidenceReceipt,
  readPromise,
  readReceipt,
  readStatement,
  type ActFacts,
  type ReadReceipt,
} from '../verbs/proofs.ts';
import { explainsHeads, readHeads } from './alarm-heads.ts';
import { identityOf, pinRotation, readCheckpoint, type Enrolment } from './enrolment.ts';

function isSame(kept: object, told: object): boolean {
  return canonicalize(kept as unknown as Json) === canonicalize(told as unknown as Json);
}

function factsOf(store: Store, act: JournalAct): ActFacts {
  const row = store.get<EntryRow>('select * from entries where sequence = ?', act.entrySequence);
  const body = JSON.parse(row?.body ?? '{}') as EntryBodies['act'];
  return { actionId: act.actionId, sequence: act.sequence, hash: act.hash, ...body };
}

/** Checks of each entry what its writer had checked: envelopes by their schema, and every signature of promise, receipt and checkpoint. */
function inspector(store: Store, bound: Enrolment): Inspect {
  const enrolment: Enrolment = { ...bound, logPins: [bound.logPins[0]] };
  const evidence = new Map<Sha256Hex, EvidenceDescriptor>();
  const facts = (acts: ReadonlyMap<ActionId, JournalAct>, actionId: ActionId): ActFacts | undefined => {
    const act = acts.get(actionId);
    return act === undefined ? undefined : factsOf(store, act);
  };
  return (entry, acts) => {
    switch (entry.kind) {
      case 'act':
        return parseActEnvelope(entry.body.envelope).ok ? undefined : 'envelope-malformed';
      case 'promise': {
        const act = facts(acts, entry.body.actionId);
        const told = act === undefined ? undefined : readPromise(enrolment, act, entry.body.document);
        return told?.ok === true && isSame(told.value, entry.body) ? undefined : 'promise-invalid';
      }
      case 'receipt': {
        const act = facts(acts, entry.body.actionId);
        const told = act === undefined ? undefined : readReceipt(enrolment, act, entry.body.proof);
        return told?.ok === true && isSame(bodyLike(entry.body, told.value), entry.body)
          ? undefined
          : 'receipt-invalid';
      }
      case 'evidence-receipt': {
        const told = readEvidenceReceipt(enrolment, evidence.get(entry.body.sha256), entry.body);
        return told.ok && isSame(told.value, entry.body) ? undefined : 'receipt-invalid';
      }
      case 'evidence':
        evidence.set(entry.body.descriptor.sha256, entry.body.descriptor);
        return evidenceDescriptor.safeParse(entry.body.descriptor).success ? undefined : 'evidence-malformed';
      case 'checkpoint': {
        const told = readCheckpoint(enrolment, entry.body.note);
        const isTold = told.ok && told.value.size === entry.body.size && told.value.root === entry.body.root;
        return isTold ? undefined : 'checkpoint-invalid';
      }
      case 'log-key':
        return pinRotation(enrolment, entry.body).ok ? undefined : 'log-key-invalid';
      case 'contact':
        return contactFault(store, enrolment, entry.body);
      case 'alarm':
        return alarmFault(store, enrolment, entry.body);
      default:
        return undefined;
    }
  };
}

/** What a receipt says; of one that was kept when nobody looked for witnesses, without its level. */
function bodyLike(kept: EntryBodies['receipt'], { body }: ReadReceipt): EntryBodies['receipt'] {
  const { level: _level, ...rest } = body;
  return kept.level === undefined ? rest : body;
}

/** A statement is the platform's, and speaks of entries and acts that stand in this journal. */
function contactFault(store: Store, enrolment: Enrolment, body: EntryBodies['contact']): string | undefined {
  const stated = readStatement(enrolment, body.statement);
  if (!stated.ok) return 'statement-invalid';
  const { acts, entries } = stated.value;
  if (!isSame(acts, body.acts) || !isSame(entries, body.entries)) return 'statement-invalid';
  const start = enrolment.deviceRecordHash;
  const entry = store.get<{ header: string }>('select header from entries where sequence = ?', entries.sequence);
  const entryHash = entry === undefined ? start : sha256Hex(entry.header);
  return entryHash === entries.hash ? undefined : 'statement-differs';
}

function alarmFault(store: Store, enrolment: Enrolment, body: EntryBodies['alarm']): string | undefined {
  const { heads, code, details, consistency, statement } = body;
  if (code === 'log-compromised')
    return statement !== undefined && readCompromise(enrolment, statement).ok ? undefined : 'statement-invalid';
  if (heads !== undefined) return isSame(readHeads(enrolment, heads), heads) ? undefined : 'alarm-heads-invalid';
  if (code !== explainedAlarm) return undefined;
  const row = store.get<EntryRow>('select * from entries where sequence = ?', Number(details?.['entry']));
  const alarm = JSON.parse(row?.body ?? '{}') as EntryBodies['alarm'];
  return explainsHeads(enrolment, alarm.heads, consistency ?? []) ? undefined : 'alarm-heads-invalid';
}

export type DeepReport = JournalReport & { readonly cases: number };

/** Says of a piece of evidence whether its file is whole. */
type InspectFile = (row: EvidenceRow) => boolean;

/** Everything that opening checks, every page of the file, every signature and every file of evidence again. */
export function checkDeeply(
  store: Store,
  enrolment: Enrolment,
  isFileWhole: InspectFile,
): Result<DeepReport, 'journal-damaged'> {
  try {
    return readDeeply(store, enrolment, isFileWhole);
  } catch (error) {
    if (faultOf(error) !== 'journal-damaged') throw error;
    return refuse('journal-damaged', { where: 'page-unreadable', sequence: 0 });
  }
}

function readDeeply(
  store: Store,
  enrolment: Enrolment,
  isFileWhole: InspectFile,
): Result<DeepReport, 'journal-damaged'> {
  if (!store.isWhole()) return refuse('journal-damaged', { where: 'page-unreadable', sequence: 0 });
  const report = checkEntries(store, identityOf(enrolment), inspector(store, enrolment));
  if (!report.ok) return report;
  for (const row of store.iterate<EvidenceRow>('select * from evidence order by entry_sequence'))
    if (!isFileWhole(row))
      return refuse('journal-damaged', { where: 'evidence-file-damaged', sequence: row.entry_sequence });
  const cases = checkCases(store);
  return cases.ok ? ok({ ...report.value, cases: cases.value }) : cases;
}
