import { ok, refuse, type JournalEpoch, type Result } from '../../core/kernel/index.ts';
import type { ChainHead, ContactRequest } from '../../contracts/http/index.ts';
import { tagRow, type Platform } from '../platform/index.ts';
import { advanceContact, insertAlarm, readActHead, readContact } from '../store/index.ts';
import type { RegisteredDevice } from './registry.ts';

export type HeldHeads = { readonly epoch: JournalEpoch; readonly acts: ChainHead; readonly entries: ChainHead };

/**
 * What the server holds of a device's two chains, stated before the device's own words are believed; then its words are
 * kept, unless they are older. A device that states less than it stated before was rolled back or cloned: an alarm.
 */
export async function contact(
  platform: Platform,
  device: RegisteredDevice,
  request: ContactRequest,
): Promise<Result<HeldHeads, 'epoch-unknown'>> {
  const { database, keyring, surroundings } = platform;
  const { device: id, epoch } = device.record;
  if (request.epoch !== epoch) return refuse('epoch-unknown');
  const start: ChainHead = { sequence: 0, hash: device.hash };
  const before = await readContact(database, id, epoch);
  const actHead = await readActHead(database, id, epoch);
  const acts = actHead === undefined ? start : { sequence: actHead.sequence, hash: actHead.hash as ChainHead['hash'] };
  const entries =
    before === undefined ? start : { sequence: before.entry_sequence, hash: before.entry_hash as ChainHead['hash'] };
  const { heads } = request;
  const isBehind = heads.entries.sequence < entries.sequence || heads.acts.sequence < acts.sequence;
  const differs = (stated: ChainHead, held: ChainHead): boolean =>
    stated.sequence === held.sequence && stated.hash !== held.hash;
  const isOther = differs(heads.entries, entries) || differs(heads.acts, acts);
  const atMs = surroundings.nowMs();
  if (isBehind || isOther) {
    const details = JSON.stringify({ epoch, stated: heads, held: { acts, entries } });
    const alarm = { alarm_id: surroundings.uuid(), kind: 'journal-rolled-back', device: id, details, at_ms: atMs };
    await insertAlarm(database, tagRow(keyring, 'alarm', alarm));
  } else {
    const stated = {
      device: id,
      epoch,
      act_sequence: heads.acts.sequence,
      act_hash: heads.acts.hash,
      entry_sequence: heads.entries.sequence,
      entry_hash: heads.entries.hash,
      at_ms: atMs,
    };
    await advanceContact(database, tagRow(keyring, 'device_contact', stated));
  }
  return ok({ epoch, acts, entries });
}
