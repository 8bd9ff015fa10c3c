import { existsSync, rmSync } from 'node:fs';
import { recordKeySizeBytes, recordNoncePrefixSizeBytes } from '../../../core/evidence/index.ts';
import { fromBase64, ok, refuse, toBase64, type Result, type Sha256Hex } from '../../../core/kernel/index.ts';
import type { EntryBodies } from '../../../core/journal/index.ts';
import type { EvidenceView, VaultRequest, VaultOutput } from '../../../contracts/vault-host/index.ts';
import { evidenceFileName } from '../disk.ts';
import { isWhole, readRecords, RecordFile, type EvidenceDraft, type StoredFile } from '../evidence/index.ts';
import type { EvidenceRow } from '../journal/evidence-table.ts';
import type { EntryRow } from '../journal/rows.ts';
import type { Bound, VaultContext } from '../vault/opened.ts';
import { checkClock, type ClockFault } from './acts.ts';

const fileNameChanceBytes = 16;

export function beginEvidence(
  context: VaultContext,
  { drafts, journal }: Bound,
  { sizeBytes }: VaultRequest<'evidence.begin'>,
): Result<VaultOutput<'evidence.begin'>, 'vault-quarantined' | 'evidence-drafts-too-many'> {
  const { files, tools } = context;
  const { quarantine } = journal.state;
  if (quarantine !== null) return refuse('vault-quarantined', { reason: quarantine });
  if (drafts.isFull) return refuse('evidence-drafts-too-many');
  const name = evidenceFileName(tools.random(fileNameChanceBytes));
  const key = tools.random(recordKeySizeBytes);
  const noncePrefix = tools.random(recordNoncePrefixSizeBytes);
  const draft = tools.newId();
  drafts.add(draft, {
    content: new RecordFile({ file: files.evidence(name), key, noncePrefix, sizeBytes }),
    name,
    key,
  });
  return ok({ draft });
}

type AppendFault = 'evidence-draft-absent' | 'evidence-offset-differs' | 'vault-disk-failed';

export function appendEvidence(
  { drafts }: Bound,
  { draft: id, offset, bytes }: VaultRequest<'evidence.append'>,
): Result<VaultOutput<'evidence.append'>, AppendFault> {
  const draft = drafts.get(id);
  if (!draft.ok) return draft;
  const { content } = draft.value;
  const isNext = offset === content.takenBytes && offset + bytes.length <= content.sizeBytes;
  if (!isNext) return refuse('evidence-offset-differs', { expected: content.takenBytes, found: offset });
  try {
    content.append(bytes);
  } catch {
    // Nobody was told that any of it is kept, and the journal was not touched: a full disk ends the draft and nothing else.
    drafts.discard(id);
    return refuse('vault-disk-failed');
  }
  return ok({ takenBytes: content.takenBytes });
}

type FinishFault =
  | ClockFault
  | 'vault-quarantined'
  | 'evidence-draft-absent'
  | 'evidence-hash-mismatch'
  | 'evidence-known';

function judge(bound: Bound, sha256: Sha256Hex, atMs: number): Result<null, FinishFault> {
  const { quarantine } = bound.journal.state;
  if (quarantine !== null) return refuse('vault-quarantined', { reason: quarantine });
  const known = bound.journal.evidence.row(sha256);
  if (known !== undefined) return refuse('evidence-known', { entry: known.entry_sequence });
  return checkClock(bound, atMs);
}

/** Content and name become durable; answers the hash of what arrived. */
function settle({ files, durability }: VaultContext, { content }: EvidenceDraft): Sha256Hex {
  const sha256 = content.finish(durability);
  durability.syncFolder(files.directory);
  return sha256;
}

/** File, folder, then entry, view and key in one transaction; durable when it returns. What is refused leaves no file. */
export function finishEvidence(
  context: VaultContext,
  bound: Bound,
  { draft: id, descriptor, person, atMs }: VaultRequest<'evidence.finish'>,
): Result<VaultOutput<'evidence.finish'>, FinishFault> {
  const { drafts, journal } = bound;
  const draft = drafts.get(id);
  if (!draft.ok) return draft;
  const { content, name, key } = draft.value;
  const isComplete = content.takenBytes === content.sizeBytes && descriptor.sizeBytes === content.sizeBytes;
  const verdict = judge(bound, descriptor.sha256, atMs);
  if (!isComplete || !verdict.ok) {
    drafts.discard(id);
    return verdict.ok ? refuse('evidence-hash-mismatch') : verdict;
  }
  if (settle(context, draft.value) !== descriptor.sha256) {
    drafts.discard(id);
    return refuse('evidence-hash-mismatch');
  }
  const [entry] = journal.append(
    [{ entry: { kind: 'evidence', body: { descriptor, person } }, file: { file: name, key: toBase64(key) } }],
    atMs,
  );
  drafts.release(id);
  return ok({
    entrySequence: entry?.sequence ?? 0,
    hash: entry?.hash ?? journal.state.entries.hash,
    recordedAtMs: atMs,
  });
}

export function cancelEvidence({ drafts }: Bound, { draft }: VaultRequest<'evidence.cancel'>): null {
  drafts.discard(draft);
  return null;
}

/** File and key of a piece; `undefined` once it was let go. */
function storedFileOf({ files }: VaultContext, row: EvidenceRow): StoredFile | undefined {
  const key = row.key === null ? undefined : fromBase64(row.key);
  if (row.file === null || key?.ok !== true) return undefined;
  return { file: files.evidence(row.file), key: key.value, sizeBytes: row.size_bytes };
}

/** True for a piece whose file, where it is still needed, holds the very bytes that were recorded. */
export function isEvidenceWhole(context: VaultContext, row: EvidenceRow): boolean {
  const stored = storedFileOf(context, row);
  return stored === undefined || (existsSync(stored.file) && isWhole(stored, row.sha256));
}

export function readEvidence(
  context: VaultContext,
  bound: Bound,
  { sha256, offset, limit }: VaultRequest<'evidence.read'>,
): Result<VaultOutput<'evidence.read'>, 'evidence-absent' | 'evidence-let-go' | 'evidence-file-damaged'> {
  const row = bound.journal.evidence.row(sha256);
  if (row === undefined) return refuse('evidence-absent');
  const stored = storedFileOf(context, row);
  if (stored === undefined) return refuse('evidence-let-go');
  const bytes = existsSync(stored.file) ? readRecords(stored, { offset, limit }) : undefined;
  return bytes === undefined ? refuse('evidence-file-damaged') : ok({ bytes });
}

function viewOf({ files }: VaultContext, { journal }: Bound, row: EvidenceRow): EvidenceView {
  const entry = journal.store.get<EntryRow>('select * from entries where sequence = ?', row.entry_sequence);
  const { descriptor, person } = JSON.parse(entry?.body ?? '{}') as EntryBodies['evidence'];
  const { told_state: state, told_refusal: refusal, verdict, log_index: logIndex } = row;
  return {
    ...{ descriptor, person, entrySequence: row.entry_sequence, recordedAtMs: entry?.at_ms ?? 0 },
    ...{ namedBy: row.named_by, isPaused: row.is_paused === 1 },
    told: state === null ? null : { state, refusal },
    proven: verdict === null || logIndex === null ? null : { verdict, logIndex },
    isHere: row.file !== null && existsSync(files.evidence(row.file)),
  };
}

const conditions: Readonly<Record<VaultRequest<'evidence.list'>['only'], string>> = {
  all: 'true',
  'to-send': 'receipt_entry is null',
  'to-let-go': "verdict = 'clean' and file is not null",
  unnamed: 'named_by is null',
};

export function listEvidence(
  context: VaultContext,
  bound: Bound,
  { only, caseId, before, limit }: VaultRequest<'evidence.list'>,
): VaultOutput<'evidence.list'> {
  const { store } = bound.journal;
  const of = `from evidence where ${conditions[only]} and (? is null or case_id = ?)`;
  const order = only === 'to-send' ? 'asc' : 'desc';
  const rows = store.all<EvidenceRow>(
    `select * ${of} and entry_sequence < ? order by entry_sequence ${order} limit ?`,
    caseId,
    caseId,
    before ?? Number.MAX_SAFE_INTEGER,
    limit,
  );
  const total = store.get<{ total: number }>(`select count(*) as total ${of}`, caseId, caseId)?.total ?? 0;
  return { items: rows.map((row) => viewOf(context, bound, row)), total };
}

/** Runs `change` on a piece that this journal has. */
function changing({ journal }: Bound, sha256: Sha256Hex, change: () => void): Result<null, 'evidence-absent'> {
  if (journal.evidence.row(sha256) === undefined) return refuse('evidence-absent');
  change();
  return ok(null);
}

export function pauseEvidence(bound: Bound, { sha256, isPaused }: VaultRequest<'evidence.pause'>) {
  return changing(bound, sha256, () => bound.journal.evidence.setPaused(sha256, isPaused));
}

export function noteToldEvidence(bound: Bound, { sha256, state, refusal }: VaultRequest<'evidence.told'>) {
  return changing(bound, sha256, () => bound.journal.evidence.setTold(sha256, state, refusal));
}

/** The key goes first and durably, then the file: a cut in between leaves a file that nothing opens, which the next opening removes. */
export function letEvidenceGo(
  { files }: VaultContext,
  { journal }: Bound,
  { sha256 }: VaultRequest<'evidence.letGo'>,
): Result<null, 'evidence-absent' | 'evidence-unproven'> {
  const row = journal.evidence.row(sha256);
  if (row === undefined) return refuse('evidence-absent');
  if (row.receipt_entry === null || row.verdict !== 'clean') return refuse('evidence-unproven');
  if (row.file === null) return ok(null);
  journal.evidence.forgetFile(row);
  rmSync(files.evidence(row.file), { force: true });
  return ok(null);
}
