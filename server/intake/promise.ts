import type { ActionId, DeviceId, JournalEpoch, Sha256Hex } from '../../core/kernel/index.ts';
import { promiseText, type LeafOutcome } from '../../core/log/index.ts';
import type { SignedDocument } from '../../core/signing/index.ts';
import { signDocumentAside, type Platform } from '../platform/index.ts';
import type { Row } from '../store/index.ts';

/**
 * The signed promise of an act that the database holds. Made from the row alone and signed deterministically: whoever
 * sends the act again reads the same bytes again.
 */
export function promiseOf(platform: Platform, act: Row<'act'>): Promise<SignedDocument> {
  // In the order of the canonical text, which is then written as it stands.
  const text = promiseText({
    actionId: act.action_id as ActionId,
    commitment: act.commitment as Sha256Hex,
    deadlineMs: act.deadline_ms,
    device: act.device as DeviceId,
    envelope: act.envelope_hash as Sha256Hex,
    epoch: act.epoch as JournalEpoch,
    form: 'qorgan.promise/1',
    outcome: act.outcome as LeafOutcome,
    platform: platform.identity.platform,
    receivedAtMs: act.received_at_ms,
    sequence: act.sequence,
  });
  return signDocumentAside(platform.documentKey, text);
}
