import { policyInForce, type AccessEffect } from '../../core/access/index.ts';
import { evolveCase, type CaseEvent, type CaseState } from '../../core/actions/index.ts';
import { ok, refuse, type Result, type Sha256Hex } from '../../core/kernel/index.ts';
import type { LeafOutcome } from '../../core/log/index.ts';
import { decideByRules, refusedByRights, type CaseFold, type DecisionRules } from '../../core/replay/index.ts';
import { nextCaseHash, shownTextOfEnvelope, textHash, type ActEnvelope } from '../../core/signing/index.ts';
import type { ActRefusalCode } from './refusal-code.ts';
import { signingTexts } from '../../locales/signing/index.ts';
import { sha256 } from '../../eds/index.ts';
import type { Admission, Authorised } from './admission.ts';

/** What became of an act, and what it did to its case. */
export type Decision = {
  readonly outcome: LeafOutcome;
  readonly accepted:
    | undefined
    | {
        readonly authorised: Authorised;
        readonly event: CaseEvent;
        readonly fold: CaseFold;
        /** What it does to the rights of people, devices and policies. */
        readonly effect: AccessEffect | undefined;
      };
};

/** The text that the signer was shown, rendered again here, must have the hash that he signed. */
function checkShown(envelope: ActEnvelope, state: CaseState): Result<null, ActRefusalCode> {
  const text = shownTextOfEnvelope(signingTexts, envelope, state);
  if (!text.ok)
    return refuse(text.refusal.code === 'shown-template-unknown' ? 'shown-template-unknown' : 'case-absent');
  return textHash(sha256, text.value) === envelope.shown.hash ? ok(null) : refuse('shown-text-differs');
}

/**
 * The second half of the intake: decides again on the fold as it is now. An act decided on an older revision is
 * superseded, never decided anew in silence: its signer saw another case.
 */
export function decideAct(
  options: DecisionRules & {
    readonly admission: Admission;
    readonly fold: CaseFold;
    /** Hash of the act that the server holds last of this device and epoch. */
    readonly previous: Sha256Hex;
    readonly isNumberTaken: (number: string) => boolean;
  },
): Decision {
  const { admission, fold, previous, isNumberTaken, policy, rights } = options;
  const refused = (code: ActRefusalCode): Decision => ({ outcome: `refused:${code}`, accepted: undefined });
  const { verdict, envelope, isReleased } = admission;
  // The chain of its journal was judged when it came.
  if (!isReleased && envelope !== undefined && envelope.previous !== previous) return refused('act-chain-broken');
  if (!verdict.ok) return refused(verdict.refusal.code);
  const nowMs = admission.receivedAtMs;
  const out =
    rights === undefined ? undefined : refusedByRights(verdict.value.envelope, { policy, rights, nowMs, isReleased });
  if (out !== undefined) return refused(out);
  // An act before this one in the same batch may have let another policy be.
  const inForce = rights === undefined ? undefined : policyInForce(rights, nowMs)?.record.version;
  if (!isReleased && inForce !== undefined && inForce !== verdict.value.envelope.policy)
    return refused('policy-not-in-force');
  const { subject } = verdict.value.envelope;
  if (subject.revision !== fold.revision || subject.hash !== fold.hash)
    return { outcome: 'superseded', accepted: undefined };
  const shown = checkShown(verdict.value.envelope, fold.state);
  if (!shown.ok) return refused(shown.refusal.code);
  const decided = decideByRules(fold.state, verdict.value.envelope, { policy, rights, nowMs, sha256 });
  if (!decided.ok) return refused(decided.refusal.code);
  const { event, effect } = decided.value;
  if (event.type === 'submitted' && isNumberTaken(event.form.number)) return refused('case-number-taken');
  const state = evolveCase(fold.state, event);
  const hash = nextCaseHash(sha256, fold.hash, admission.envelopeHash);
  const after = { revision: fold.revision + 1, hash, state };
  return { outcome: 'accepted', accepted: { authorised: verdict.value, event, fold: after, effect } };
}
