import {
  decideCase,
  evolveCase,
  isAccessCase,
  isAccessCommand,
  isAccessEvent,
  type CaseEvent,
  type CaseState,
} from '../../../core/actions/index.ts';
import type { Sha256Hex } from '../../../core/kernel/index.ts';
import { commandOf, nextCaseHash, type ActEnvelope } from '../../../core/signing/index.ts';
import { parseActEnvelope } from '../../../contracts/documents/index.ts';
import type { ChangeFault, ToldChange } from '../../../contracts/vault-host/index.ts';
import { sha256, sha256Hex } from '../hash.ts';
import type { ConfirmedCase } from './book.ts';

/** What the acts of the feed must belong to, and the rule that they are folded by. */
export type FeedRule = {
  readonly platform: string;
  readonly profile: string;
  readonly logOrigin: string;
  /** How long a claim is held by the policy of this version. */
  readonly claimTtlMs: (version: number) => number;
};

/** The server's two feeds: registrations, and changes of rights. A case is told by one of them alone. */
export type FeedName = 'cases' | 'access';

type Told = { readonly after: ConfirmedCase; readonly event: CaseEvent };

type Place = FeedRule & { readonly feed: FeedName };

function isForeign(envelope: ActEnvelope, before: ConfirmedCase, change: ToldChange, rule: Place): boolean {
  const { subject } = envelope;
  const isOfFeed = isAccessCommand(commandOf(envelope)) === (rule.feed === 'access');
  const isOfPlatform =
    envelope.platform === rule.platform && envelope.profile === rule.profile && envelope.log === rule.logOrigin;
  const isOfCase = subject.case === change.case && subject.revision === before.revision && subject.hash === before.hash;
  const { id, type, device, claimedAtMs } = change.act;
  const isCovered =
    envelope.id === id && envelope.type === type && envelope.device === device && envelope.claimedAtMs === claimedAtMs;
  return !isOfFeed || !isOfPlatform || !isOfCase || !isCovered;
}

/**
 * The case after one more act, or what speaks against it: what happened follows from the signed envelope by the rule of the case, and the server's word
 * counts only for when it received the act.
 */
export function foldTold(before: ConfirmedCase, change: ToldChange, rule: Place): Told | ChangeFault {
  if (change.revision !== before.revision + 1) return 'revision-missing';
  if (change.signer === null) return 'signature-not-verified';
  const { envelope: text, act, hash, revision } = change;
  if (sha256Hex(text) !== act.hash) return 'envelope-differs';
  if (hash !== nextCaseHash(sha256, before.hash, act.hash)) return 'case-hash-wrong';
  const envelope = parseActEnvelope(text);
  if (!envelope.ok) return 'envelope-malformed';
  if (isForeign(envelope.value, before, change, rule)) return 'envelope-foreign';
  const event = decideCase(before.state, commandOf(envelope.value), {
    actor: { iin: envelope.value.actor.iin, roles: [] },
    nowMs: act.receivedAtMs,
    claimTtlMs: rule.claimTtlMs(envelope.value.policy),
  });
  if (!event.ok) return 'act-not-allowed';
  const state = evolveCase(before.state, event.value);
  return { after: { state, revision, hash, changedAtMs: act.receivedAtMs }, event: event.value };
}

type Kept = {
  readonly revision: number;
  readonly hash: Sha256Hex;
  readonly actHash: Sha256Hex;
  readonly receivedAtMs: number;
  readonly event: CaseEvent;
};

/** True for an event of the kind of the case, at a place where it can stand. */
function continues(state: CaseState, event: CaseEvent): boolean {
  if (isAccessEvent(event)) {
    const isFirst = event.type === 'proposed' || event.type === 'blocked';
    return isFirst ? state.status === 'absent' : isAccessCase(state) && state.status === 'proposed';
  }
  if (isAccessCase(state)) return false;
  return (event.type === 'submitted') === (state.status === 'absent' || state.status === 'returned');
}

/** The case after one more kept change, or `undefined` where it does not continue the case: what was folded once is folded again. */
export function foldKept(before: ConfirmedCase, kept: Kept): ConfirmedCase | undefined {
  const { revision, hash, actHash, receivedAtMs, event } = kept;
  if (revision !== before.revision + 1 || hash !== nextCaseHash(sha256, before.hash, actHash)) return undefined;
  if (!continues(before.state, event)) return undefined;
  return { state: evolveCase(before.state, event), revision, hash, changedAtMs: receivedAtMs };
}
