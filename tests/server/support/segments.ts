import { createHash } from 'node:crypto';
import { parseCheckpoint } from '../../../core/log/index.ts';
import type { PlatformId, Sha256Hex } from '../../../core/kernel/index.ts';
import { sha256, testLog, type TestLog } from '../../support/index.ts';
import type { SegmentBlob, SegmentPlan } from '../../../server/archive/index.ts';

/** Octets that only the seed decides; nothing packs them. */
export function noise(seed: string, sizeBytes: number): Buffer {
  const parts: Buffer[] = [];
  for (let i = 0; i * 32 < sizeBytes; i += 1) parts.push(Buffer.from(sha256(`${seed} ${i}`)));
  return Buffer.concat(parts).subarray(0, sizeBytes);
}

/** A log of `size` leaves and a plan to archive a range of it. */
export function testPlan(options: {
  readonly size: number;
  readonly first: number;
  readonly last: number;
  readonly blobs: readonly Buffer[];
  /** Octets that a read gives at once. */
  readonly pieceBytes?: number;
}): { readonly plan: SegmentPlan; readonly log: TestLog; readonly leaves: readonly string[] } {
  const { size, first, last, pieceBytes = 1_000 } = options;
  const leaves = Array.from({ length: size }, (_, i) => `leaf ${i} ${'x'.repeat(i % 50)}`);
  const log = testLog('demo.qorgan.archive', leaves);
  const note = log.note(size);
  const checkpoint = parseCheckpoint(`${note.split('\n\n')[0] ?? ''}\n`);
  if (!checkpoint.ok) throw new Error(checkpoint.refusal.code);
  const blobs: readonly SegmentBlob[] = options.blobs.map((bytes, i) => ({
    blob: createHash('sha256').update(bytes).digest('hex') as Sha256Hex,
    sizeBytes: bytes.length,
    leafIndex: first + (i % (last - first)),
    read: async function* () {
      for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
    },
  }));
  return {
    log,
    leaves,
    plan: {
      platform: 'archive' as PlatformId,
      profile: 'demo',
      first,
      last,
      blobs,
      readEntries: async (from, limit) => leaves.slice(from, from + limit),
      note,
      checkpoint: checkpoint.value,
    },
  };
}
