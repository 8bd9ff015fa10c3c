import { ok, refuse, type Result } from '../../../core/kernel/index.ts';
import { parseProof } from '../../../core/log/index.ts';
import type { EvidenceStatus } from '../../../contracts/http/index.ts';
import type { EvidenceView } from '../../../contracts/vault-host/index.ts';
import type { Engine, Shift } from '../context.ts';
import type { ServerClient } from '../http/client.ts';
import { raiseAlarm } from '../sync/alarm.ts';
import { raiseLogAlarm, treeOf } from '../sync/log-alarm.ts';
import { isOneLog, type TreeHead } from '../sync/tree-head.ts';

/** Keeps what the server said where it is news. */
export async function noteTold(
  engine: Engine,
  piece: EvidenceView,
  told: NonNullable<EvidenceView['told']>,
): Promise<Result<null>> {
  const { told: before, descriptor } = piece;
  if (before?.state === told.state && before.refusal === told.refusal) return ok(null);
  const noted = await engine.vault.call('evidence.told', { sha256: descriptor.sha256, ...told });
  engine.emit('evidence.changed');
  return noted;
}

/** The newest tree head that the vault knows; each verified receipt moves it. */
async function knownHead(engine: Engine): Promise<Result<TreeHead>> {
  const heads = await engine.vault.call('heads', null);
  return heads.ok ? ok(treeOf(heads.value.tree)) : heads;
}

/** Journals a receipt after its tree was found to be the one log that was seen so far; the vault verifies everything else of it. */
async function takeReceipt(
  engine: Engine,
  shift: Shift,
  piece: EvidenceView,
  given: { readonly document: string; readonly receipt: string },
): Promise<Result<null>> {
  const proof = parseProof(given.receipt);
  const head = await knownHead(engine);
  if (!head.ok) return head;
  if (!proof.ok) {
    await raiseAlarm(engine, 'receipt-invalid');
    return refuse('receipt-invalid');
  }
  const isOne = await isOneLog(shift, head.value, proof.value.checkpoint);
  if (!isOne.ok) {
    const heads = { own: head.value.note, other: proof.value.checkpoint };
    if (isOne.refusal.code === 'log-forked') await raiseLogAlarm(engine, 'log-forked', { heads });
    return isOne;
  }
  const { sha256 } = piece.descriptor;
  const body = { sha256, document: given.document, proof: given.receipt };
  const atMs = engine.options.clock.nowMs();
  const kept = await engine.vault.call('entries.append', { entry: { kind: 'evidence-receipt', body }, atMs });
  if (!kept.ok) {
    if (kept.refusal.code === 'receipt-invalid') await raiseAlarm(engine, 'receipt-invalid');
    return kept;
  }
  engine.emit('evidence.changed');
  engine.emit('journal.changed');
  return ok(null);
}

/**
 * Asks where a piece stands whose bytes the server has. Done is only what a verified receipt says; everything else is kept as the
 * server's word.
 */
export async function settlePiece(
  engine: Engine,
  shift: Shift,
  client: ServerClient,
  piece: EvidenceView,
): Promise<Result<{ readonly isDone: boolean }>> {
  const { sha256 } = piece.descriptor;
  const asked = await client.call('evidenceStatus', { params: { sha256 } });
  if (!asked.ok) return asked;
  const { state, refusal, waiting, document, receipt }: EvidenceStatus = asked.value;
  const noted = await noteTold(engine, piece, { state, refusal: refusal ?? waiting });
  if (!noted.ok) return noted;
  if (document === null || receipt === null) return ok({ isDone: false });
  const taken = await takeReceipt(engine, shift, piece, { document: document.document, receipt });
  return taken.ok ? ok({ isDone: true }) : taken;
}

/** Lets go of files whose receipt was verified: what the server keeps for years need not lie at the workstation too. */
export async function letGoOfProven(engine: Engine): Promise<Result<null>> {
  const listed = await engine.vault.call('evidence.list', {
    only: 'to-let-go',
    caseId: null,
    before: null,
    limit: 100,
  });
  if (!listed.ok) return listed;
  for (const { descriptor } of listed.value.items) {
    const gone = await engine.vault.call('evidence.letGo', { sha256: descriptor.sha256 });
    if (!gone.ok) return gone;
  }
  if (listed.value.items.length > 0) engine.emit('evidence.changed');
  return ok(null);
}
