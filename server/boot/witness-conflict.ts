import { tagRow, type Platform } from '../platform/index.ts';
import { insertAlarm } from '../store/index.ts';

/** A witness that vouched for another tree is an alarm of the platform, once, and every workstation is told. */
export async function noteConflict({ database, keyring, surroundings, log }: Platform, witness: string): Promise<void> {
  const row = {
    alarm_id: surroundings.uuid(),
    kind: 'witness-conflict',
    device: null,
    details: JSON.stringify({ witness, size: log.checkpointSize() }),
    at_ms: surroundings.nowMs(),
  };
  await insertAlarm(database, tagRow(keyring, 'alarm', row));
}
