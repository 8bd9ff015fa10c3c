import { existsSync, statSync } from 'node:fs';
import { ok, refuse, type JournalEpoch, type Result } from '../../../core/kernel/index.ts';
import type { EntryBodies } from '../../../core/journal/index.ts';
import type { KeyRotation } from '../../../core/log/index.ts';
import type { Profile } from '../../../core/signing/index.ts';
import type { SlotKey } from '../../../contracts/vault-host/index.ts';
import { Cases, checkCases } from '../cases/index.ts';
import { evidenceFiles, moveIntoPlace, readIfPresent, removeLeftover } from '../disk.ts';
import { checkEntries, type Inspect } from '../journal/check.ts';
import { EvidenceDrafts } from '../evidence/index.ts';
import { ActsTable } from '../journal/acts-table.ts';
import { EvidenceTable } from '../journal/evidence-table.ts';
import { Journal } from '../journal/journal.ts';
import type { EntryRow } from '../journal/rows.ts';
import { openStore, type OpenFault, type Store } from '../journal/store.ts';
import { parseSlots, unlockSlots, type GenerationKey, type SlotsFile } from '../slots/index.ts';
import { cosignerKeyOf } from './cosigner.ts';
import { readDeviceKey } from './device-key.ts';
import { feedRuleOf, identityOf, pinRotation, readEnrolment, wantedLevel, type Enrolment } from './enrolment.ts';
import { metaNames, noteSlots, requireMeta, writeSlots, type Bound, type Opened, type VaultContext } from './opened.ts';

export type OpenReport = { readonly opened: Opened; readonly entries: number; readonly acts: number };

export type OpenVaultFault =
  | OpenFault
  | 'vault-absent'
  | 'slot-absent'
  | 'slot-kind-differs'
  | 'slots-malformed'
  | 'slots-tampered'
  | 'slots-rolled-back'
  | 'slot-key-wrong';

/** The file of slots as it stands, not yet believed. */
export function readSlots(context: VaultContext): Result<SlotsFile, 'vault-absent' | 'slots-malformed'> {
  const { files } = context;
  if (!existsSync(files.journal)) return refuse('vault-absent');
  const content = readIfPresent(files.slots);
  return typeof content === 'string' ? parseSlots(content) : refuse('slots-malformed');
}

/** A change of the data key was cut off after its copy was complete: the copy is moved into place. */
function finishRotation(context: VaultContext, next: GenerationKey): boolean {
  const { files, durability } = context;
  const wal = `${files.journal}-wal`;
  // The old file was closed before the copy was made; a WAL with something in it means that it lived on.
  if (!existsSync(files.journalNext) || (existsSync(wal) && statSync(wal).size > 0)) return false;
  const copy = openStore({ file: files.journalNext, key: next.dataKey, durability, mustExist: true });
  if (!copy.ok) return false;
  copy.value.close();
  removeLeftover(wal);
  moveIntoPlace({ from: files.journalNext, to: files.journal, durability });
  return true;
}

type Unlocked = { readonly store: Store; readonly key: GenerationKey };

/** Opens the journal by the newest data key that fits; with two generations a rotation is carried to its end. */
function openJournal(context: VaultContext, keys: readonly GenerationKey[]): Result<Unlocked, OpenFault> {
  const { files, durability } = context;
  const attempt = (key: GenerationKey) =>
    openStore({ file: files.journal, key: key.dataKey, durability, mustExist: true });
  const [older, newer] = keys.length > 1 ? [keys[0], keys[1]] : [undefined, keys[0]];
  if (newer === undefined) return refuse('journal-damaged');
  let store = attempt(newer);
  if (!store.ok && store.refusal.code === 'journal-damaged' && older !== undefined) {
    if (finishRotation(context, newer)) store = attempt(newer);
    if (!store.ok && store.refusal.code === 'journal-damaged') {
      const old = attempt(older);
      return old.ok ? ok({ store: old.value, key: older }) : old;
    }
  }
  return store.ok ? ok({ store: store.value, key: newer }) : store;
}

/** The bundle that the journal starts with, or `undefined` for a vault that was never bound. */
function enrolmentOf(store: Store): Result<Enrolment | undefined, 'journal-damaged'> {
  const first = store.get<EntryRow>('select * from entries where sequence = 1');
  if (first === undefined) return ok(undefined);
  const body = JSON.parse(first.body) as EntryBodies['enrolled'];
  const enrolment = readEnrolment(body.bundle);
  return enrolment.ok ? enrolment : refuse('journal-damaged', { where: enrolment.refusal.code, sequence: 1 });
}

/** Follows the changes of the log's key that the journal holds. */
function pinKeptRotations(store: Store, enrolment: Enrolment): Result<null, 'journal-damaged'> {
  const rows = store.all<EntryRow>("select * from entries where kind = 'log-key' order by sequence");
  for (const { body, sequence } of rows) {
    const pinned = pinRotation(enrolment, JSON.parse(body) as KeyRotation);
    if (!pinned.ok) return refuse('journal-damaged', { where: 'log-key-invalid', sequence });
  }
  return ok(null);
}

/** Journal, views and cases of a bound vault, all checked against each other. */
export function loadBound(
  store: Store,
  inspect?: (enrolment: Enrolment) => Inspect,
): Result<Bound | undefined, 'journal-damaged'> {
  const enrolment = enrolmentOf(store);
  if (!enrolment.ok || enrolment.value === undefined) return enrolment.ok ? ok(undefined) : enrolment;
  const pinned = pinKeptRotations(store, enrolment.value);
  if (!pinned.ok) return pinned;
  const identity = identityOf(enrolment.value);
  const report = checkEntries(store, identity, inspect?.(enrolment.value));
  if (!report.ok) return report;
  const { state } = report.value;
  if (String(state.slotsVersion) !== store.meta(metaNames.slotsVersion))
    return refuse('journal-damaged', { where: 'slots-version-differs', sequence: state.slotsVersion });
  const cases = checkCases(store);
  if (!cases.ok) return cases;
  const acts = new ActsTable(store, report.value.told.values(), wantedLevel(enrolment.value));
  const unnamed = [...report.value.evidence.values()].filter(({ namedBy }) => namedBy === null);
  const evidence = new EvidenceTable(
    store,
    unnamed.map(({ sha256 }) => sha256),
  );
  const journal = new Journal(store, identity, { state, acts, evidence });
  return ok({
    enrolment: enrolment.value,
    journal,
    cases: new Cases(journal, feedRuleOf(enrolment.value)),
    drafts: new EvidenceDrafts(),
  });
}

function assemble(
  context: VaultContext,
  unlocked: Unlocked,
  slots: SlotsFile,
): Result<Opened, 'slots-rolled-back' | 'journal-damaged'> {
  const { store, key } = unlocked;
  const noted = Number(requireMeta(store, metaNames.slotsVersion));
  if (noted > slots.body.version) return refuse('slots-rolled-back', { version: slots.body.version, noted });
  const bound = loadBound(store);
  if (!bound.ok) return bound;
  const opened: Opened = {
    ...{ store, key, slots, bound: bound.value },
    profile: requireMeta(store, metaNames.profile) as Profile,
    epoch: requireMeta(store, metaNames.epoch) as JournalEpoch,
    device: readDeviceKey(requireMeta(store, metaNames.deviceKey)),
    cosigner: cosignerKeyOf(store),
  };
  settle(context, opened, noted);
  return ok(opened);
}

/** Finishes what a power cut left between slots and journal: one data key, and a journal that knows the slots. */
function settle(context: VaultContext, opened: Opened, noted: number): void {
  const { body } = opened.slots;
  if (body.generations.length > 1)
    opened.slots = writeSlots(context, { version: body.version + 1, slots: body.slots, keys: [opened.key] });
  removeLeftover(context.files.journalNext);
  removeLeftover(context.files.slotsNext);
  removeUnnamedFiles(context, opened);
  if (opened.slots.body.version === noted) return;
  noteSlots(opened, { change: 'recovered', slotId: null }, opened.bound?.journal.state.lastAtMs ?? 0);
}

/** Files whose entry was never written, and those that were let go: nobody was told that they are kept, and nothing opens them. */
function removeUnnamedFiles({ files }: VaultContext, opened: Opened): void {
  const needed = opened.bound?.journal.evidence.files() ?? new Set<string>();
  for (const name of evidenceFiles(files.directory)) if (!needed.has(name)) removeLeftover(files.evidence(name));
}

/** Opens by any slot. What is refused leaves everything closed and every key wiped. */
export function openVault(context: VaultContext, key: SlotKey): Result<OpenReport, OpenVaultFault> {
  const slots = readSlots(context);
  if (!slots.ok) return slots;
  const keys = unlockSlots(slots.value, key);
  if (!keys.ok) return keys;
  const unlocked = openJournal(context, keys.value);
  for (const each of keys.value) if (!unlocked.ok || each !== unlocked.value.key) each.dataKey.wipe();
  if (!unlocked.ok) return unlocked;
  const opened = assembleOrClose(context, unlocked.value, slots.value);
  if (!opened.ok) return opened;
  const state = opened.value.bound?.journal.state;
  return ok({ opened: opened.value, entries: state?.entries.sequence ?? 0, acts: state?.acts.sequence ?? 0 });
}

function assembleOrClose(context: VaultContext, unlocked: Unlocked, slots: SlotsFile): ReturnType<typeof assemble> {
  let opened: ReturnType<typeof assemble> | undefined;
  try {
    opened = assemble(context, unlocked, slots);
    return opened;
  } finally {
    if (opened?.ok !== true) {
      unlocked.store.abandon();
      unlocked.key.dataKey.wipe();
    }
  }
}
