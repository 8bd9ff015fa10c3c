import type { Sha256, VerifyEd25519 } from '../kernel/index.ts';
import {
  followKey,
  formatNoteKey,
  parseLogKeyChange,
  parseNoteKey,
  type Checkpoint,
  type KeyRotation,
  type LogPins,
  type NoteKey,
} from '../log/index.ts';

/** Every key that a log ever had, and the heads at which one took over from another. */
export type KeyChain = { readonly pins: LogPins; readonly heads: readonly Checkpoint[] };

/**
 * The chain that ends in `present`: in each change the key before and the key after signed the other's name, so that whoever trusts any one
 * of them trusts the chain. `undefined` where a link is not proven. That the heads are of one log is the caller's to check.
 */
export function pinsOfChain(
  changes: readonly KeyRotation[],
  present: NoteKey,
  ports: { readonly sha256: Sha256; readonly verifyEd25519: VerifyEd25519 },
): KeyChain | undefined {
  const [oldest] = changes;
  const first = oldest === undefined ? undefined : parseLogKeyChange(oldest.document.document);
  const start = first === undefined ? { ok: true as const, value: present } : readBefore(first, ports.sha256);
  if (!start.ok) return undefined;
  const heads: Checkpoint[] = [];
  let pins: LogPins = [{ key: start.value, fromSize: 0 }];
  for (const change of changes) {
    const followed = followKey(change, (pins.at(-1) ?? pins[0]).key, ports);
    if (!followed.ok || followed.value.head.size <= (heads.at(-1)?.size ?? 0)) return undefined;
    heads.push(followed.value.head);
    pins = [...pins, { key: followed.value.key, fromSize: followed.value.head.size }];
  }
  const isPresent = formatNoteKey((pins.at(-1) ?? pins[0]).key) === formatNoteKey(present);
  return isPresent ? { pins, heads } : undefined;
}

function readBefore(change: ReturnType<typeof parseLogKeyChange>, sha256: Sha256): ReturnType<typeof parseNoteKey> {
  return change.ok ? parseNoteKey(sha256, change.value.before) : { ok: false, refusal: { code: 'log-key-malformed' } };
}
