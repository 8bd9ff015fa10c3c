import type { DeviceId } from '../../core/kernel/index.ts';
import type { Lane } from './stretch.ts';

/** As many as cost a device nothing by the policy of a new platform: where fingers slip, nobody waits longer. */
const wrongInRowMax = 20;
/** Of this process, no more entries than devices; who is known or not has no part in it. */
const wrongInRow = new Map<DeviceId, number>();

/** Where passwords of this device wait. */
export function laneOf(device: DeviceId): Lane {
  return (wrongInRow.get(device) ?? 0) > wrongInRowMax ? 'failing' : 'clear';
}

/** Notes what became of a password: a right one clears its device. */
export function notePassword(device: DeviceId, isRight: boolean): void {
  if (isRight) wrongInRow.delete(device);
  else wrongInRow.set(device, (wrongInRow.get(device) ?? 0) + 1);
}
