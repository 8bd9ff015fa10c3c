import { ok, type Result, type VerifyEd25519 } from '../../../core/kernel/index.ts';
import {
  formatNoteKey,
  logKeyForProof,
  openCosigner,
  openNote,
  verifyReceipt,
  type NoteKey,
} from '../../../core/log/index.ts';
import type { DeviceRecord } from '../../../core/signing/index.ts';
import { sha256, verifyEd25519 } from '../../../eds/index.ts';
import { parseCosignerRecord, parseDeviceRecord } from '../../../contracts/documents/index.ts';
import { cosignaturesMax, type CosignaturesResponse } from '../../../contracts/http/index.ts';
import type { Engine, Enrolment, Shift } from '../context.ts';
import { raiseAlarm } from './alarm.ts';
import { raiseLogAlarm } from './log-alarm.ts';
import { contains, isOneLog, readCheckpoint, type TreeHead } from './tree-head.ts';

type Item = CosignaturesResponse['cosignatures'][number];

/** Answers that are read at one contact: 640 workstations; more come with the next. */
const answersMax = 10;

/** How far the cosignatures of others were read, by the shift that read them. */
const positions = new WeakMap<Shift, number>();

const verify: { readonly sha256: typeof sha256; readonly verifyEd25519: VerifyEd25519 } = { sha256, verifyEd25519 };

/** The device record of the workstation, where the very tree that is known here holds it; `undefined` where that is not shown. */
function provenDevice(enrolment: Enrolment, { device, receipt }: Item): DeviceRecord | undefined {
  const record = parseDeviceRecord(device.document);
  if (receipt === null || !record.ok) return undefined;
  const { bundle } = enrolment;
  const logKey = formatNoteKey(logKeyForProof(enrolment.logPins, receipt));
  const question = { proof: receipt, act: device.document, logKey, platform: bundle.platform };
  const verdict = verifyReceipt({ ...question, ...verify });
  return verdict.verdict === 'good' && verdict.facts.leaf.kind === 'device' ? record.value : undefined;
}

/** Cosigner keys that were proven in this shift, by the text of their records: one for each workstation. */
const provenCosigners = new WeakMap<Shift, Map<string, NoteKey>>();

function cosignerOf(enrolment: Enrolment, item: Item): NoteKey | undefined {
  const device = provenDevice(enrolment, item);
  const record = parseCosignerRecord(item.cosigner.document);
  if (device === undefined || !record.ok) return undefined;
  const { origin } = enrolment.bundle.log;
  const key = openCosigner({ record: record.value, document: item.cosigner, device, origin, ...verify });
  return key.ok ? key.value : undefined;
}

/** The key that cosigned the head, where the log holds its workstation and the cosignature is good; `undefined` where that is not shown. */
function knownCosigner(shift: Shift, item: Item): NoteKey | undefined {
  const proven = provenCosigners.get(shift) ?? new Map<string, NoteKey>();
  provenCosigners.set(shift, proven);
  const key = proven.get(item.cosigner.document) ?? cosignerOf(shift.enrolment, item);
  if (key === undefined) return undefined;
  proven.set(item.cosigner.document, key);
  return openNote({ note: item.note, keys: [key], verifyEd25519 }).ok ? key : undefined;
}

/**
 * Looks at what another workstation saw. Whoever relays it, a head that the log key signed speaks for itself: where it is no state of
 * the log that is known here, the log shows different trees to different people.
 */
async function look(engine: Engine, shift: Shift, own: TreeHead, item: Item): Promise<Result<null>> {
  const { enrolment } = shift;
  const seen = readCheckpoint(enrolment, item.note);
  if (!seen.ok) {
    await raiseAlarm(engine, 'cosignature-invalid');
    return ok(null);
  }
  const other: TreeHead = { ...seen.value, note: item.note };
  const [older, newer] = other.size <= own.size ? [other, own] : [own, other];
  const isOne = contains({ older, newer, hashes: item.consistency });
  const proven = isOne ? ok(own) : await isOneLog(shift, own, item.note);
  const cosigner = knownCosigner(shift, item);
  if (proven.ok) {
    // The device of a workstation that is new may not be in this tree yet; then there is no receipt, and it counts later.
    if (cosigner === undefined && item.receipt !== null) await raiseAlarm(engine, 'cosignature-invalid');
    return ok(null);
  }
  // A head that carries the log's own signature and that the server does not know is no outage either.
  const isUnknown = proven.refusal.code === 'log-forked' || proven.refusal.code === 'tree-size-unknown';
  if (!isUnknown) return proven;
  await raiseLogAlarm(engine, 'split-view', {
    heads: { own: own.note, other: item.note, ...(cosigner === undefined ? {} : { cosigner: item.cosigner }) },
    details: { known: own.size, shown: other.size, ...(cosigner === undefined ? {} : { by: cosigner.name }) },
  });
  return { ok: false, refusal: { code: 'split-view' } };
}

/**
 * Cosigns the head that this contact verified, gives the cosignature to the server and checks what others cosigned. A head of
 * theirs that is not consistent with the own one is `split-view`; one that cannot be checked now is asked for again at the next contact.
 */
export async function exchangeCosignatures(
  engine: Engine,
  shift: Shift,
  own: TreeHead,
  hashes: readonly string[],
): Promise<Result<null>> {
  const atMs = engine.options.clock.nowMs();
  const cosigned = await engine.vault.call('log.cosign', { note: own.note ?? '', hashes: [...hashes], atMs });
  if (!cosigned.ok) return cosigned;
  for (let answers = 0; answers < answersMax; answers += 1) {
    const body = { ...cosigned.value, after: positions.get(shift) ?? 0 };
    const answer = await shift.client.call('cosignatures', { body });
    if (!answer.ok) return answer;
    for (const item of answer.value.cosignatures) {
      const looked = await look(engine, shift, own, item);
      if (!looked.ok) return looked;
    }
    positions.set(shift, answer.value.position);
    if (answer.value.cosignatures.length < cosignaturesMax) break;
  }
  return ok(null);
}
