import { ok, type CaseId, type Result, type Sha256Hex } from '../../../core/kernel/index.ts';
import type { EvidenceItem, OperatorInput, OperatorOutput } from '../../../contracts/ipc/index.ts';
import type { EvidenceView } from '../../../contracts/vault-host/index.ts';
import type { Engine, Shift } from '../context.ts';
import { isStuck } from './loop.ts';

function stateOf(engine: Engine, piece: EvidenceView): EvidenceItem['state'] {
  const { proven, isPaused, told, isHere, descriptor } = piece;
  if (proven !== null) return proven.verdict === 'clean' ? 'accepted' : 'infected';
  if (isStuck(piece) || !isHere) return 'refused';
  if (isPaused) return 'paused';
  if (told?.state === 'quarantined' || told?.state === 'accepted' || told?.state === 'refused') return 'quarantined';
  return engine.state.uploads.current?.sha256 === descriptor.sha256 ? 'sending' : 'recorded';
}

function refusalOf(piece: EvidenceView): EvidenceItem['refusal'] {
  if (piece.proven?.verdict === 'infected') return { code: 'evidence-infected' };
  if (piece.proven !== null) return null;
  if (!piece.isHere) return { code: 'evidence-file-damaged' };
  return piece.told?.refusal === undefined || piece.told.refusal === null ? null : { code: piece.told.refusal };
}

/** How much of the piece the server holds, as far as it is known here. */
function percentOf(engine: Engine, { descriptor, proven, told }: EvidenceView): number {
  if (proven !== null || (told !== null && told.state !== 'receiving')) return 100;
  const sentBytes = engine.state.uploads.reached.get(descriptor.sha256) ?? 0;
  return Math.floor((100 * sentBytes) / descriptor.sizeBytes);
}

async function itemOf(engine: Engine, shift: Shift, piece: EvidenceView): Promise<EvidenceItem> {
  const { descriptor, person, proven } = piece;
  const found =
    descriptor.case === null ? undefined : await engine.vault.call('cases.get', { caseId: descriptor.case });
  const state = found?.ok === true ? found.value.state : undefined;
  return {
    sha256: descriptor.sha256,
    sequence: piece.entrySequence,
    class: descriptor.class,
    sizeBytes: descriptor.sizeBytes,
    reason: descriptor.reason,
    capturedAtMs: descriptor.capturedAtMs,
    caseId: descriptor.case,
    caseNumber: state === undefined || state.status === 'absent' ? null : state.form.number,
    byName: person.iin === shift.iin ? shift.name : person.iin,
    state: stateOf(engine, piece),
    percent: percentOf(engine, piece),
    refusal: refusalOf(piece),
    logIndex: proven?.logIndex ?? null,
    isNamed: piece.namedBy !== null,
  };
}

/** A page of the evidence of this workstation, newest first; of one case where one is named. */
export async function listEvidence(
  engine: Engine,
  shift: Shift,
  input: OperatorInput<'evidence.list'>,
): Promise<Result<OperatorOutput<'evidence.list'>>> {
  const caseId = input.caseId as CaseId | null;
  const listed = await engine.vault.call('evidence.list', { ...input, only: 'all', caseId });
  if (!listed.ok) return listed;
  const items: EvidenceItem[] = [];
  for (const piece of listed.value.items) items.push(await itemOf(engine, shift, piece));
  return ok({ items, total: listed.value.total });
}

/** Pauses an upload, or lets it go on; what was refused is tried once more. Durable when it answers. */
export async function pauseEvidence(engine: Engine, sha256: Sha256Hex, isPaused: boolean): Promise<Result<null>> {
  const paused = await engine.vault.call('evidence.pause', { sha256, isPaused });
  if (!paused.ok) return paused;
  const forgotten = isPaused
    ? paused
    : await engine.vault.call('evidence.told', { sha256, state: 'receiving', refusal: null });
  engine.emit('evidence.changed');
  return forgotten;
}
