import { fromHex } from '../../core/kernel/index.ts';
import { commitment, leafText, saltSizeBytes, validationCommitment, type Leaf } from '../../core/log/index.ts';
import { sha256 } from '../../eds/index.ts';
import { type DataKey } from '../keys/index.ts';
import { tagLeaf, uuidV7, type Platform } from '../platform/index.ts';
import type { NewLeaf, Row } from '../store/index.ts';
import type { Admission } from './admission.ts';
import type { Decision } from './decision.ts';

/** Purposes under which records are sealed; part of the format of the database. */
export const purposes = { opening: 'leaf-opening', act: 'act', fold: 'case-fold', change: 'change' } as const;

/** Everything that one act adds to the database. */
export type ActRows = {
  readonly act: Row<'act'>;
  readonly leaf: NewLeaf;
};

function bytesOf(hex: string): Uint8Array {
  const bytes = fromHex(hex);
  if (!bytes.ok) throw new Error('intake: a hash is hexadecimal');
  return bytes.value;
}

/** Whose data an act is: a case's once it is accepted, else the device's that sent it. */
export function subjectOf(admission: Admission, decision: Decision): string {
  const { accepted } = decision;
  return accepted === undefined
    ? `device:${admission.device.record.device}`
    : `case:${accepted.authorised.envelope.subject.case}`;
}

function leafBody(
  platform: Platform,
  admission: Admission,
  leaf: Pick<Leaf, 'commitment' | 'validation' | 'outcome'>,
): string {
  const { item, device, receivedAtMs } = admission;
  // In the order of the canonical text, which is then written as it stands.
  return leafText({
    actionId: item.actionId,
    commitment: leaf.commitment,
    device: device.record.device,
    epoch: item.epoch,
    kind: 'act',
    outcome: leaf.outcome,
    platform: platform.identity.platform,
    receivedAtMs,
    sequence: item.sequence,
    v: 1,
    validation: leaf.validation,
  });
}

/** Builds the act and its leaf: commitments by fresh salts, personal data under the subject's key. */
export function rowsOf(
  platform: Platform,
  admission: Admission,
  options: { readonly decision: Decision; readonly key: DataKey; readonly deadlineMs: number },
): ActRows {
  const { decision, key, deadlineMs } = options;
  const { item, device, envelopeHash, cmsHash, receivedAtMs, verdict } = admission;
  const salts = platform.surroundings.randomBytes(2 * saltSizeBytes);
  const salt = salts.subarray(0, saltSizeBytes);
  const validationSalt = salts.subarray(saltSizeBytes);
  const validation = verdict.ok ? verdict.value.validation : null;
  const committed = commitment({ sha256, salt, envelopeHash: bytesOf(envelopeHash), cmsHash: bytesOf(cmsHash) });
  const validated =
    validation === null ? null : validationCommitment({ sha256, salt: validationSalt, dataHash: sha256(validation) });
  const leafId = uuidV7(platform.surroundings);
  const subject = subjectOf(admission, decision);
  const body = leafBody(platform, admission, {
    commitment: committed,
    validation: validated,
    outcome: decision.outcome,
  });
  const kept = JSON.stringify({
    envelope: item.envelope,
    cms: item.cms,
    validation,
    validationSalt: validationSalt.toString('base64'),
    // The promise says it, and no leaf does: sealed, so that a column that was edited is found.
    deadlineMs,
  });
  return {
    leaf: tagLeaf(platform.keyring, {
      leaf_id: leafId,
      body,
      subject,
      opening: key.seal(purposes.opening, salt),
      received_at_ms: receivedAtMs,
      ordinal: platform.nextOrdinal(),
    }),
    act: {
      device: device.record.device,
      epoch: item.epoch,
      sequence: item.sequence,
      action_id: item.actionId,
      envelope_hash: envelopeHash,
      cms_hash: cmsHash,
      commitment: committed,
      leaf_id: leafId,
      subject,
      sealed: key.seal(purposes.act, kept),
      outcome: decision.outcome,
      received_at_ms: receivedAtMs,
      deadline_ms: deadlineMs,
    },
  };
}
