import {
  toHex,
  type DeviceId,
  type JournalEpoch,
  type PlatformId,
  type Sha256,
  type Sha256Hex,
} from '../kernel/index.ts';
import { canonicalize } from '../signing/index.ts';

/** What a journal keeps: acts, what the server said of them, and what happened at the workstation. */
export const entryKinds = [
  'enrolled',
  'act',
  'promise',
  'receipt',
  'outcome',
  'checkpoint',
  'log-key',
  'sign-in',
  'shift-started',
  'shift-ended',
  'slot-changed',
  'contact',
  'alarm',
  'evidence',
  'evidence-receipt',
  'posture',
] as const;

export type EntryKind = (typeof entryKinds)[number];

/** Header of a journal entry; its hash is the link of the second chain (docs/decisions/0001). */
export type EntryHeader = {
  readonly form: 'qorgan.entry/1';
  readonly platform: PlatformId;
  readonly device: DeviceId;
  readonly epoch: JournalEpoch;
  /** From 1, without gaps. */
  readonly sequence: number;
  /** Hash of the header before; of the device record for the first. */
  readonly previous: Sha256Hex;
  readonly kind: EntryKind;
  readonly atMs: number;
  /** SHA-256 of the body. */
  readonly body: Sha256Hex;
};

/** The canonical text of a header: what is hashed and kept. */
export function entryText(header: EntryHeader): string {
  return canonicalize(header);
}

/** The link that the next entry names as `previous`. */
export function entryHash(sha256: Sha256, header: EntryHeader): Sha256Hex {
  return toHex(sha256(entryText(header))) as Sha256Hex;
}
