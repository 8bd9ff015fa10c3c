import { ok, refuse, toBase64, type Result } from '../../core/kernel/index.ts';
import { openCosigner, openNote, parseCheckpoint, type Checkpoint, type NoteKey } from '../../core/log/index.ts';
import type { SignedDocument } from '../../core/signing/index.ts';
import { parseCosignerRecord } from '../../contracts/documents/index.ts';
import { cosignaturesMax, type CosignaturesRequest, type CosignaturesResponse } from '../../contracts/http/index.ts';
import { sha256 } from '../../eds/index.ts';
import { verifyEd25519 } from '../keys/index.ts';
import { makeReceipt } from '../log/index.ts';
import { tagRow, type Platform } from '../platform/index.ts';
import { insertAlarm, keepCosignature, readCosignatures, type Row } from '../store/index.ts';
import type { Registry } from './registry.ts';
import type { RegisteredDevice } from './rights.ts';

type Refused = 'cosigner-invalid' | 'cosignature-invalid';
type Item = CosignaturesResponse['cosignatures'][number];

/** The cosigner key of a device that the log holds. */
function keyOf(platform: Platform, device: RegisteredDevice, document: SignedDocument): Result<NoteKey, Refused> {
  const record = parseCosignerRecord(document.document);
  if (!record.ok) return refuse('cosigner-invalid');
  const origin = platform.identity.logOrigin;
  return openCosigner({ record: record.value, document, device: device.record, origin, sha256, verifyEd25519 });
}

/** The head of a note that both the log and the cosigner signed. */
function headOf({ logKey }: Platform, cosigner: NoteKey, note: string): Result<Checkpoint, Refused> {
  const opened = openNote({ note, keys: [logKey, cosigner], verifyEd25519 });
  const checkpoint = opened.ok ? parseCheckpoint(opened.value.text) : opened;
  if (!opened.ok || !checkpoint.ok || opened.value.signatures.length < 2) return refuse('cosignature-invalid');
  return checkpoint.value.origin === logKey.name ? checkpoint : refuse('cosignature-invalid');
}

function isOfThisLog({ log }: Platform, { size, root }: Checkpoint): boolean {
  return size <= log.checkpointSize() && log.tree.rootAt(size) === toBase64(root);
}

/** A head that our key signed and our tree does not know: somebody has two logs, and everybody shall see it. */
async function noteForeignHead(platform: Platform, device: RegisteredDevice, head: Checkpoint): Promise<void> {
  const { database, keyring, surroundings, log } = platform;
  const details = { size: head.size, root: toBase64(head.root), own: log.checkpointSize() };
  const row = {
    alarm_id: surroundings.uuid(),
    kind: 'split-view',
    device: device.record.device,
    details: JSON.stringify(details),
    at_ms: surroundings.nowMs(),
  };
  await insertAlarm(database, tagRow(keyring, 'alarm', row));
}

/** One cosignature as the asker can check it from the head that he sent. */
function itemOf(context: Context, row: Row<'cosignature'>, asker: { head: Checkpoint; note: string }): Item[] {
  const { platform, registry } = context;
  const { tree } = platform.log;
  const device = registry.devices().find(({ record }) => record.device === row.device);
  if (device === undefined) return [];
  const { head } = asker;
  const isHead = row.kind === 'head';
  const isProvable = isHead && row.tree_size > 0 && isOfThisLog(platform, head);
  const view = { tree, checkpoint: () => asker.note, checkpointSize: () => head.size };
  const receipt = isOfThisLog(platform, head) ? makeReceipt(view, device.leafIndex, device.opening) : undefined;
  return [
    {
      device: { document: device.signed.document, signatures: [...device.signed.signatures] },
      receipt: receipt ?? null,
      cosigner: JSON.parse(row.cosigner) as Item['cosigner'],
      note: row.note,
      consistency: isProvable
        ? tree.consistency(Math.min(row.tree_size, head.size), Math.max(row.tree_size, head.size)).map(toBase64)
        : [],
    },
  ];
}

type Context = { readonly platform: Platform; readonly registry: Registry };

/**
 * Keeps the cosignature of a workstation over a head that the log signed, and answers what others cosigned. A head that is
 * no state of this log is kept like any other, and shown to everybody: it proves that the log was split.
 */
export async function exchangeCosignatures(
  context: Context,
  device: RegisteredDevice,
  request: CosignaturesRequest,
): Promise<Result<CosignaturesResponse, Refused>> {
  const { platform } = context;
  const { database, surroundings } = platform;
  const key = keyOf(platform, device, request.cosigner);
  if (!key.ok) return key;
  const head = headOf(platform, key.value, request.note);
  if (!head.ok) return head;
  const isOurs = isOfThisLog(platform, head.value);
  const kept = {
    device: device.record.device,
    kind: isOurs ? 'head' : 'foreign',
    position: platform.nextOrdinal(),
    tree_size: head.value.size,
    cosigner: JSON.stringify(request.cosigner),
    note: request.note,
    at_ms: surroundings.nowMs(),
  };
  const isNew = await keepCosignature(database, tagRow(platform.keyring, 'cosignature', kept));
  if (!isOurs && isNew) await noteForeignHead(platform, device, head.value);
  const asked = { device: device.record.device, after: request.after, limit: cosignaturesMax };
  const rows = await readCosignatures(database, asked);
  const asker = { head: head.value, note: request.note };
  return ok({
    cosignatures: rows.flatMap((row) => itemOf(context, row, asker)),
    position: rows.at(-1)?.position ?? request.after,
  });
}
