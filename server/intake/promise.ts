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
  const text = promiseText({
    form: 'qorgan.promise/1',
    platform: platform.identity.platform,
    actionId: act.action_id as ActionId,
    device: act.device as DeviceId,
    epoch: act.epoch as JournalEpoch,
    sequence: act.sequence,
    envelope: act.envelope_hash as Sha256Hex,
    commitment: act.commitment as Sha256Hex,
    outcome: act.outcome as LeafOutcome,
    receivedAtMs: act.received_at_ms,
    deadlineMs: act.deadline_ms,
  });
  return signDocumentAside(platform.documentKey, text);
}
