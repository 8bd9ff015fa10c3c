import { fromBase64, ok, refuse, toBase64, type PlatformId, type Result } from '../kernel/index.ts';
import type { Profile } from '../signing/index.ts';
import { hashSizeBytes } from './merkle.ts';
import { parseDecimal } from './text.ts';

/** A tree head: which log, how many leaves, which root (C2SP tlog-checkpoint). */
export type Checkpoint = { readonly origin: string; readonly size: number; readonly root: Uint8Array };

/** Origin of the log of a platform; a demonstration says so in the first word of everything it proves. */
export function logOrigin(profile: Profile, platform: PlatformId): string {
  return profile === 'demo' ? `demo.qorgan.${platform}` : `qorgan.${platform}`;
}

/** The note text of a checkpoint; signed as a note by the log. */
export function checkpointText(checkpoint: Checkpoint): string {
  return `${checkpoint.origin}\n${checkpoint.size}\n${toBase64(checkpoint.root)}\n`;
}

/** Reads a note text as a checkpoint; extension lines are refused, since no monitor could audit what they say. */
export function parseCheckpoint(text: string): Result<Checkpoint, 'checkpoint-malformed'> {
  const [origin = '', sizeText = '', rootText = '', end, ...rest] = text.split('\n');
  const size = parseDecimal(sizeText);
  const root = fromBase64(rootText);
  const isShaped = origin !== '' && end === '' && rest.length === 0;
  if (!isShaped || !size.ok || !root.ok || root.value.length !== hashSizeBytes) return refuse('checkpoint-malformed');
  return ok({ origin, size: size.value, root: root.value });
}
