import {
  equalBytes,
  fromBase64,
  refuse,
  type DeviceId,
  type Result,
  type Sha256,
  type VerifyEd25519,
} from '../kernel/index.ts';
import { verifyDocument, type CosignerRecord, type DeviceRecord, type SignedDocument } from '../signing/index.ts';
import { noteKeyTypes, parseNoteKey, type NoteKey } from './note.ts';

/** The name under which a workstation cosigns the heads of a log. */
export function workstationCosigner(origin: string, device: DeviceId): string {
  return `${origin}/workstation/${device}`;
}

/**
 * Believes the cosigner key of a workstation: its record and the device record name one device, and the device key signed
 * the record. The device record itself must be believed before; one key never serves for both.
 */
export function openCosigner(options: {
  readonly record: CosignerRecord;
  /** The document whose text was read as `record`. */
  readonly document: SignedDocument;
  readonly device: DeviceRecord;
  readonly origin: string;
  readonly sha256: Sha256;
  readonly verifyEd25519: VerifyEd25519;
}): Result<NoteKey, 'cosigner-invalid'> {
  const { record, document, device, origin, sha256, verifyEd25519 } = options;
  const publicKey = fromBase64(device.publicKey);
  const key = parseNoteKey(sha256, record.key);
  const isOne =
    record.platform === device.platform &&
    record.profile === device.profile &&
    record.device === device.device &&
    record.epoch === device.epoch;
  if (!isOne || !publicKey.ok || !key.ok) return refuse('cosigner-invalid');
  const isNamed = key.value.name === workstationCosigner(origin, device.device);
  const isOwnKey = key.value.type === noteKeyTypes.cosignature && !equalBytes(key.value.publicKey, publicKey.value);
  const signed = verifyDocument({ document, publicKey: publicKey.value, sha256, verifyEd25519 });
  return isNamed && isOwnKey && signed.ok ? key : refuse('cosigner-invalid');
}
