import type { ActionId, DeviceId, JournalEpoch, PlatformId, Sha256Hex } from '../kernel/index.ts';
import { canonicalize } from '../signing/index.ts';
import type { LeafOutcome } from './leaf.ts';

/**
 * What the platform promises once its database has the act, signed as a document by the platform key: a leaf with this
 * commitment and outcome stands in the log at `deadlineMs` at the latest. A promise is no proof; a missed one is.
 */
export type IntakePromise = {
  readonly form: 'qorgan.promise/1';
  readonly platform: PlatformId;
  readonly actionId: ActionId;
  readonly device: DeviceId;
  readonly epoch: JournalEpoch;
  readonly sequence: number;
  /** SHA-256 of the envelope that was received. */
  readonly envelope: Sha256Hex;
  readonly commitment: Sha256Hex;
  readonly outcome: LeafOutcome;
  readonly receivedAtMs: number;
  readonly deadlineMs: number;
};

/** The canonical text of a promise: the `document` of a signed document. */
export function promiseText(promise: IntakePromise): string {
  return canonicalize(promise);
}
