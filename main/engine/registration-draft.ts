import { mayAct } from '../../core/access/index.ts';
import {
  decideRegistration,
  type ReasonCode,
  type Registration,
  type RegistrationCommand,
  type RegistrationForm,
} from '../../core/actions/index.ts';
import { ok, refuse, type CaseId, type Result } from '../../core/kernel/index.ts';
import { caseHashStart, type Subject } from '../../core/signing/index.ts';
import type { ActDraft } from '../../contracts/ipc/index.ts';
import type { Engine, Shift } from './context.ts';
import type { Drafted } from './drafted.ts';

/** A reviewer's decision about a case, or a registrar's submission of a new one. */
export type RegistrationDraft =
  | ActDraft
  | { readonly type: 'registration.submit'; readonly caseId: CaseId; readonly form: RegistrationForm };

type CaseNow = { readonly state: Registration; readonly subject: Subject; readonly form: RegistrationForm };

function commandOf(draft: RegistrationDraft): RegistrationCommand {
  switch (draft.type) {
    case 'registration.submit':
      return { type: draft.type, payload: { form: draft.form } };
    case 'registration.claim':
    case 'registration.release':
      return { type: draft.type, payload: {} };
    case 'registration.approve':
      return { type: draft.type, payload: { note: draft.note } };
    case 'registration.return':
    case 'registration.refuse':
      // The codes are checked when the finished envelope is parsed.
      return { type: draft.type, payload: { reasons: draft.reasons as ReasonCode[], note: draft.note } };
  }
}

async function readCase(engine: Engine, draft: RegistrationDraft): Promise<Result<CaseNow>> {
  const caseId = draft.caseId as CaseId;
  const found = await engine.vault.call('cases.get', { caseId });
  if (draft.type === 'registration.submit' && !found.ok && found.refusal.code === 'case-absent') {
    return ok({
      state: { status: 'absent' },
      subject: { case: caseId, revision: 0, hash: caseHashStart },
      form: draft.form,
    });
  }
  if (!found.ok) return found;
  const { state, revision, hash } = found.value;
  if (state.status === 'absent') return refuse('case-absent');
  const form = draft.type === 'registration.submit' ? draft.form : state.form;
  return ok({ state, subject: { case: caseId, revision, hash }, form });
}

/** Asks the rules at the desk: role, life cycle, four eyes. The server asks them again. */
function judge(engine: Engine, shift: Shift, state: Registration, command: RegistrationCommand): Result<unknown> {
  const { policy } = shift.enrolment;
  if (!mayAct(policy.access, shift.roles, command.type)) return refuse('role-missing');
  return decideRegistration(state, command, {
    actor: { iin: shift.iin, roles: shift.roles },
    nowMs: engine.serverClock.serverNowMs(),
    claimTtlMs: policy.registration.claimTtlMs,
  });
}

/** The act on the case as it is now, where the rules allow it. */
export async function draftRegistration(
  engine: Engine,
  shift: Shift,
  draft: RegistrationDraft,
): Promise<Result<Drafted>> {
  const now = await readCase(engine, draft);
  if (!now.ok) return now;
  const { state, subject, form } = now.value;
  const command = commandOf(draft);
  const judged = judge(engine, shift, state, command);
  if (!judged.ok) return judged;
  const { person, organisation, number } = form;
  const name = organisation?.name ?? [person.surname, person.givenName].join(' ');
  return ok({ command, shown: { form }, subject, titleValues: { number, name } });
}

/** Which acts of a reviewer are allowed on a state now, each with the reason where not. */
export function allowedActs(
  engine: Engine,
  shift: Shift,
  state: Registration,
): readonly { readonly type: string; readonly refusal: { readonly code: string } | null }[] {
  const commands: readonly RegistrationCommand[] = [
    { type: 'registration.claim', payload: {} },
    { type: 'registration.release', payload: {} },
    { type: 'registration.approve', payload: { note: '' } },
    { type: 'registration.return', payload: { reasons: ['document-unreadable'], note: '' } },
    { type: 'registration.refuse', payload: { reasons: ['document-unreadable'], note: '' } },
  ];
  return commands.map((command) => {
    const judged = judge(engine, shift, state, command);
    return { type: command.type, refusal: judged.ok ? null : { code: judged.refusal.code } };
  });
}
