import type { ActionId } from '../../core/kernel/index.ts';
import type { Surroundings } from './context.ts';

/** UUIDv7 (RFC 9562): time first, then chance. Names what the platform itself puts into the log. */
export function uuidV7(surroundings: Surroundings): ActionId {
  const bytes = surroundings.randomBytes(16);
  bytes.writeUIntBE(surroundings.nowMs(), 0, 6);
  bytes.writeUInt8(0x70 | (bytes.readUInt8(6) & 0x0f), 6);
  bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}` as ActionId;
}

/** Ordinals a millisecond has room for; a commit makes far fewer leaves. */
const ordinalsAMillisecond = 4_096;

/** Makes the source of `nextOrdinal`. */
export function createOrdinals(nowMs: () => number): () => number {
  let last = 0;
  return () => {
    last = Math.max(last + 1, nowMs() * ordinalsAMillisecond);
    return last;
  };
}
