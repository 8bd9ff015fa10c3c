import * as z from 'zod';
import { decideRegistration, evolveRegistration } from '../../core/actions/index.ts';
import type { PolicyDocument } from '../../core/access/index.ts';
import { fromHex } from '../../core/kernel/index.ts';
import { commitment, type Leaf } from '../../core/log/index.ts';
import { commandOf, nextCaseHash, type ActEnvelope } from '../../core/signing/index.ts';
import { parseActEnvelope } from '../../contracts/documents/index.ts';
import { sha256, sha256Hex } from '../../eds/index.ts';
import { type DataKey } from '../keys/index.ts';
import type { Row } from '../store/index.ts';
import type { CaseFold } from './decision.ts';
import { purposes } from './rows.ts';

const keptAct = z.looseObject({ envelope: z.string(), cms: z.string() });

/** An act as the tables hold it beside its leaf. */
export type StoredAct = {
  readonly row: Row<'act'>;
  readonly opening: Buffer;
  readonly key: DataKey;
};

/** The text of a stored act where act, opening and leaf say one thing; `undefined` where any of them was edited. */
export function openStoredAct(leaf: Leaf, stored: StoredAct): string | undefined {
  const { row, opening, key } = stored;
  const envelopeHash = fromHex(row.envelope_hash);
  const cmsHash = fromHex(row.cms_hash);
  const isRow =
    row.sequence === leaf.sequence && row.outcome === leaf.outcome && row.received_at_ms === leaf.receivedAtMs;
  if (!isRow || !envelopeHash.ok || !cmsHash.ok) return undefined;
  try {
    const salt = key.open(purposes.opening, opening);
    const { envelope, cms } = keptAct.parse(JSON.parse(key.open(purposes.act, row.sealed).toString()));
    const isCommitted =
      commitment({ sha256, salt, envelopeHash: envelopeHash.value, cmsHash: cmsHash.value }) === leaf.commitment;
    const isText = sha256Hex(envelope) === row.envelope_hash && sha256Hex(Buffer.from(cms, 'base64')) === row.cms_hash;
    return isCommitted && isText ? envelope : undefined;
  } catch {
    // It does not unseal: that is an edit, too.
    return undefined;
  }
}

/** The envelope of an accepted act, where it is the one that its leaf names. */
export function envelopeOfLeaf(leaf: Leaf, text: string): ActEnvelope | undefined {
  const parsed = parseActEnvelope(text);
  if (!parsed.ok) return undefined;
  const { id, device, epoch, sequence } = parsed.value;
  const isOf = id === leaf.actionId && device === leaf.device && epoch === leaf.epoch && sequence === leaf.sequence;
  return isOf ? parsed.value : undefined;
}

/** The case after an accepted act, by the rule and the policy that it was decided by; `undefined` where it does not follow. */
export function foldAct(options: {
  readonly fold: CaseFold;
  readonly envelope: ActEnvelope;
  readonly text: string;
  readonly receivedAtMs: number;
  readonly policy: PolicyDocument;
}): CaseFold | undefined {
  const { fold, envelope, text, receivedAtMs, policy } = options;
  const { subject, actor } = envelope;
  if (subject.revision !== fold.revision || subject.hash !== fold.hash) return undefined;
  const event = decideRegistration(fold.state, commandOf(envelope), {
    actor: { iin: actor.iin, roles: [] },
    nowMs: receivedAtMs,
    claimTtlMs: policy.registration.claimTtlMs,
  });
  if (!event.ok) return undefined;
  return {
    revision: fold.revision + 1,
    hash: nextCaseHash(sha256, fold.hash, sha256Hex(text)),
    state: evolveRegistration(fold.state, event.value),
  };
}
