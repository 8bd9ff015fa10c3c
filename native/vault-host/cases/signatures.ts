import { ok, refuse, type ActionId, type CaseId, type Result, type Sha256Hex } from '../../../core/kernel/index.ts';
import type { EntryBodies } from '../../../core/journal/index.ts';
import type { ToldChange, VaultOutput } from '../../../contracts/vault-host/index.ts';
import { sha256Hex } from '../hash.ts';
import type { Journal } from '../journal/journal.ts';
import type { Store } from '../journal/store.ts';
import type { FeedName } from './told.ts';

/** Signatures of others that are kept of each feed, newest first: with some 6 kB each, 300 MB of a disk. Older ones stay in the log and at the server. */
export const signaturesMax = 50_000;

/** Keeps the signature of a change that was folded; to be called in the transaction that folds it. */
export function keepSignature(
  store: Store,
  feed: FeedName,
  { position, act, envelope, cms }: ToldChange,
  max = signaturesMax,
): void {
  const sql = 'insert or ignore into told_signatures (feed, position, action_id, envelope, cms) values (?, ?, ?, ?, ?)';
  store.run(sql, feed, position, act.id, envelope, cms);
  store.run('delete from told_signatures where feed = ? and position <= ?', feed, position - max);
}

type Signed = { readonly envelope: string; readonly cms: string };
type Kept = VaultOutput<'cases.signature'>;

/**
 * What was signed in a case: of an own act from its journal entry, of another's as the server told it. An envelope that is not the one that the case was
 * folded from is not given out.
 */
export function readSignature(
  journal: Journal,
  wanted: { readonly caseId: CaseId; readonly actionId: ActionId },
): Result<Kept, 'act-absent' | 'signature-not-kept'> {
  const { store } = journal;
  const { caseId, actionId } = wanted;
  const told = store.get<{ act_hash: Sha256Hex; received_at_ms: number }>(
    'select act_hash, received_at_ms from case_changes where case_id = ? and action_id = ?',
    ...([caseId, actionId] as const),
  );
  const own = journal.acts.row(actionId);
  const receivedAtMs = told?.received_at_ms ?? null;
  if (own?.case_id === caseId) {
    const entry = store.get<{ body: string }>('select body from entries where sequence = ?', own.entry_sequence);
    const { envelope, cms } = JSON.parse(entry?.body ?? '{}') as EntryBodies['act'];
    return ok({ envelope, cms, receivedAtMs, recordedAtMs: own.recorded_at_ms });
  }
  if (told === undefined) return refuse('act-absent');
  const kept = store.get<Signed>('select envelope, cms from told_signatures where action_id = ?', actionId);
  if (kept === undefined || sha256Hex(kept.envelope) !== told.act_hash) return refuse('signature-not-kept');
  return ok({ ...kept, receivedAtMs, recordedAtMs: null });
}
