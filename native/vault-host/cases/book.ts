import { decideCase, evolveCase, isRegistration, type CaseEvent, type CaseState } from '../../../core/actions/index.ts';
import type { ActionId, CaseId, Sha256Hex } from '../../../core/kernel/index.ts';
import { caseHashStart, commandOf, nextCaseHash, type ActEnvelope } from '../../../core/signing/index.ts';
import type { CaseSummary } from '../../../contracts/vault-host/index.ts';
import { sha256 } from '../hash.ts';
import type { FeedRule } from './told.ts';

/** A case as the server told it. */
export type ConfirmedCase = {
  readonly state: CaseState;
  readonly revision: number;
  readonly hash: Sha256Hex;
  readonly changedAtMs: number;
};

/** An own act that the log does not hold yet. */
export type PendingAct = { readonly actionId: ActionId; readonly hash: Sha256Hex; readonly envelope: ActEnvelope };

export type LaidOver = ConfirmedCase & {
  readonly pending: readonly (PendingAct & { readonly revision: number; readonly event: CaseEvent })[];
};

export const absentCase: ConfirmedCase = {
  state: { status: 'absent' },
  revision: 0,
  hash: caseHashStart,
  changedAtMs: 0,
};

/**
 * Lays own pending acts over what the server told, by the same rule as the server's. An act that does not fit any more
 * (somebody was faster) is left out: the server will say `superseded`.
 */
export function layOver(
  confirmed: ConfirmedCase,
  acts: readonly PendingAct[],
  claimTtlMs: FeedRule['claimTtlMs'],
): LaidOver {
  let laid: LaidOver = { ...confirmed, pending: [] };
  for (const act of acts) {
    const { actor, claimedAtMs, subject } = act.envelope;
    if (subject.revision !== laid.revision || subject.hash !== laid.hash) continue;
    const event = decideCase(laid.state, commandOf(act.envelope), {
      actor: { iin: actor.iin, roles: [] },
      nowMs: claimedAtMs,
      claimTtlMs: claimTtlMs(act.envelope.policy),
    });
    if (!event.ok) continue;
    const revision = laid.revision + 1;
    laid = {
      state: evolveCase(laid.state, event.value),
      revision,
      hash: nextCaseHash(sha256, laid.hash, act.hash),
      changedAtMs: claimedAtMs,
      pending: [...laid.pending, { ...act, revision, event: event.value }],
    };
  }
  return laid;
}

/** What a list shows of a case, and what it is searched by. */
export type CaseLine = { readonly summary: CaseSummary; readonly search: string; readonly decidedBy: string | null };

/** The line of a registration; `undefined` for a case that does not exist yet, and for one of changed rights. */
export function lineOf(caseId: CaseId, laid: LaidOver): CaseLine | undefined {
  const { state } = laid;
  if (!isRegistration(state)) return undefined;
  const { person, organisation, number, kind } = state.form;
  const personName = [person.surname, person.givenName, person.patronymic].filter((part) => part !== '').join(' ');
  const name = organisation?.name ?? personName;
  const summary: CaseSummary = {
    caseId,
    number,
    kind,
    name,
    status: state.status,
    submittedAtMs: state.submittedAtMs,
    changedAtMs: laid.changedAtMs,
    submitters: [...state.submitters],
    claim: state.claim === null ? null : { ...state.claim },
    revision: laid.revision,
    hash: laid.hash,
    pending: laid.pending.map(({ actionId }) => actionId),
    state: null,
  };
  const search = [number, name, personName, person.iin, organisation?.bin ?? ''].join(' ').toLowerCase();
  return { summary, search, decidedBy: state.decision?.by ?? null };
}
