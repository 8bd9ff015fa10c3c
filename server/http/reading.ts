import type { DeviceId } from '../../core/kernel/index.ts';
import { tagRow, type Platform } from '../platform/index.ts';
import { insertReading } from '../store/index.ts';

/** Personal data leaves only after the reading of it is written down. */
export async function noteReading(
  { database, keyring, surroundings }: Platform,
  asked: {
    readonly device: DeviceId;
    readonly iin: string;
    readonly door: string;
    readonly details: string;
  },
): Promise<void> {
  const reading = {
    reading_id: surroundings.uuid(),
    device: asked.device,
    reader: keyring.tag('reader', asked.iin),
    door: asked.door,
    details: asked.details,
    at_ms: surroundings.nowMs(),
  };
  await insertReading(database, tagRow(keyring, 'reading', reading));
}
