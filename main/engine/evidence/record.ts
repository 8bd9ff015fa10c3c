import type { EvidenceClass, EvidenceDescriptor } from '../../../core/evidence/index.ts';
import { ok, refuse, type CaseId, type Result, type Sha256Hex } from '../../../core/kernel/index.ts';
import { evidenceDescriptor, evidenceMax } from '../../../contracts/documents/index.ts';
import { evidencePartMaxBytes } from '../../../contracts/vault-host/index.ts';
import type { Engine, Shift } from '../context.ts';
import { sha256Hex } from '../../../eds/index.ts';

/** Bytes that somebody captured, and what he says of them. */
export type Capture = {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly class: EvidenceClass;
  readonly reason: string;
  readonly capturedAtMs: number;
  readonly caseId: string | null;
};

export type RecordedEvidence = { readonly sha256: Sha256Hex; readonly sequence: number; readonly recordedAtMs: number };

/** The vault takes the bytes part by part, so that no call holds it for long. */
async function bring(engine: Engine, draft: string, bytes: Uint8Array): Promise<Result<null>> {
  for (let offset = 0; offset < bytes.length; offset += evidencePartMaxBytes) {
    const part = Uint8Array.from(bytes.subarray(offset, offset + evidencePartMaxBytes));
    const taken = await engine.vault.call('evidence.append', { draft, offset, bytes: part });
    part.fill(0);
    if (!taken.ok) return taken;
  }
  return ok(null);
}

/**
 * Records evidence in the vault and answers once file and journal entry are durable: "recorded here". The upload starts by itself. The
 * bytes stay the caller's, who wipes them. Its hash is made here, where it was captured, and the vault compares what arrived.
 */
export async function recordEvidence(
  engine: Engine,
  shift: Shift,
  capture: Capture,
): Promise<Result<RecordedEvidence>> {
  const { bytes, mediaType, reason, capturedAtMs, caseId } = capture;
  const sha256 = sha256Hex(bytes);
  const descriptor = evidenceDescriptor.safeParse({
    form: 'qorgan.evidence-descriptor/1',
    ...{ sha256, sizeBytes: bytes.length, mediaType, class: capture.class, reason, capturedAtMs, case: caseId },
  } satisfies Record<keyof EvidenceDescriptor, unknown>);
  if (!descriptor.success) return refuse('evidence-descriptor-malformed');
  if (caseId !== null) {
    const known = await engine.vault.call('cases.get', { caseId: caseId as CaseId });
    if (!known.ok) return known;
  }
  const begun = await engine.vault.call('evidence.begin', { sizeBytes: bytes.length });
  if (!begun.ok) return begun;
  const { draft } = begun.value;
  const brought = await bring(engine, draft, bytes);
  const person = { iin: shift.iin, certificate: shift.signer.sha256 };
  const finished = brought.ok
    ? await engine.vault.call('evidence.finish', {
        ...{ draft, descriptor: descriptor.data, person },
        atMs: engine.options.clock.nowMs(),
      })
    : brought;
  if (!finished.ok) {
    await engine.vault.call('evidence.cancel', { draft });
    return finished;
  }
  engine.emit('evidence.changed');
  engine.emit('journal.changed');
  engine.kickUploads();
  return ok({ sha256, sequence: finished.value.entrySequence, recordedAtMs: finished.value.recordedAtMs });
}

/** Hashes of what was recorded on this case and no act has named yet: the next act names them, so that a card vouches for them. */
export async function evidenceToName(engine: Engine, caseId: CaseId): Promise<Result<readonly Sha256Hex[]>> {
  const listed = await engine.vault.call('evidence.list', {
    only: 'unnamed',
    caseId,
    before: null,
    limit: evidenceMax,
  });
  return listed.ok ? ok(listed.value.items.map(({ descriptor }) => descriptor.sha256).toReversed()) : listed;
}
