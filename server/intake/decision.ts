import {
  decideRegistration,
  evolveRegistration,
  type Registration,
  type RegistrationEvent,
} from '../../core/actions/index.ts';
import { ok, refuse, type Result, type Sha256Hex } from '../../core/kernel/index.ts';
import type { LeafOutcome } from '../../core/log/index.ts';
import { caseHashStart, commandOf, nextCaseHash, shownTextOfEnvelope, textHash } from '../../core/signing/index.ts';
import type { ActRefusalCode } from './refusal-code.ts';
import { signingTexts } from '../../locales/signing/index.ts';
import { sha256 } from '../../eds/index.ts';
import type { Admission, Authorised } from './admission.ts';

/** A case as the fold of its accepted acts. */
export type CaseFold = { readonly revision: number; readonly hash: Sha256Hex; readonly state: Registration };

export const caseStart: CaseFold = { revision: 0, hash: caseHashStart, state: { status: 'absent' } };

/** What became of an act, and what it did to its case. */
export type Decision = {
  readonly outcome: LeafOutcome;
  readonly accepted:
    | undefined
    | { readonly authorised: Authorised; readonly event: RegistrationEvent; readonly fold: CaseFold };
};

/** The text that the signer was shown, rendered again here, must have the hash that he signed. */
function checkShown(authorised: Authorised, state: Registration): Result<null, ActRefusalCode> {
  const { envelope } = authorised;
  const text = shownTextOfEnvelope(signingTexts, envelope, state.status === 'absent' ? undefined : state.form);
  if (!text.ok)
    return refuse(text.refusal.code === 'shown-template-unknown' ? 'shown-template-unknown' : 'case-absent');
  return textHash(sha256, text.value) === envelope.shown.hash ? ok(null) : refuse('shown-text-differs');
}

function decide(
  authorised: Authorised,
  fold: CaseFold,
  moment: { readonly nowMs: number; readonly claimTtlMs: number },
): Result<RegistrationEvent, ActRefusalCode> {
  const shown = checkShown(authorised, fold.state);
  if (!shown.ok) return shown;
  const actor = { iin: authorised.actor.iin, roles: [] };
  return decideRegistration(fold.state, commandOf(authorised.envelope), { actor, ...moment });
}

/**
 * The second half of the intake: decides again on the fold as it is now. An act decided on an older revision is
 * superseded, never decided anew in silence: its signer saw another case.
 */
export function decideAct(options: {
  readonly admission: Admission;
  readonly fold: CaseFold;
  /** Hash of the act that the server holds last of this device and epoch. */
  readonly previous: Sha256Hex;
  readonly isNumberTaken: (number: string) => boolean;
  readonly claimTtlMs: number;
}): Decision {
  const { admission, fold, previous, isNumberTaken, claimTtlMs } = options;
  const refused = (code: ActRefusalCode): Decision => ({ outcome: `refused:${code}`, accepted: undefined });
  const { verdict, envelope } = admission;
  if (envelope !== undefined && envelope.previous !== previous) return refused('act-chain-broken');
  if (!verdict.ok) return refused(verdict.refusal.code);
  const { subject } = verdict.value.envelope;
  if (subject.revision !== fold.revision || subject.hash !== fold.hash)
    return { outcome: 'superseded', accepted: undefined };
  const event = decide(verdict.value, fold, { nowMs: admission.receivedAtMs, claimTtlMs });
  if (!event.ok) return refused(event.refusal.code);
  if (event.value.type === 'submitted' && isNumberTaken(event.value.form.number)) return refused('case-number-taken');
  const state = evolveRegistration(fold.state, event.value);
  const hash = nextCaseHash(sha256, fold.hash, admission.envelopeHash);
  return {
    outcome: 'accepted',
    accepted: { authorised: verdict.value, event: event.value, fold: { revision: fold.revision + 1, hash, state } },
  };
}
