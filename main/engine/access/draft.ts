import {
  decideAccessCase,
  judgeAccess,
  mayAct,
  outOfForce,
  type AccessCase,
  type AccessChange,
  type AccessCommand,
  type Before,
  type DeviceGrant,
  type PolicyDocument,
  type ReviewItem,
  type StaffGrant,
} from '../../../core/access/index.ts';
import {
  never,
  ok,
  refuse,
  type CaseId,
  type DeviceId,
  type Iin,
  type Result,
  type Sha256Hex,
} from '../../../core/kernel/index.ts';
import { caseHashStart, shownAct } from '../../../core/signing/index.ts';
import { sha256 } from '../../../eds/index.ts';
import { staffGrant } from '../../../contracts/documents/index.ts';
import type { RightsDraft } from '../../../contracts/ipc/index.ts';
import type { Engine, Shift } from '../context.ts';
import type { Drafted } from '../drafted.ts';
import { checkRelease, draftRelease } from './blocked-acts.ts';
import { readRegistry, type HeldRegistry } from './registry.ts';

type DraftedChange = Extract<RightsDraft, { type: 'access.propose' }>['change'];
type Draft<Kind extends DraftedChange['kind']> = Extract<DraftedChange, { kind: Kind }>;

/** The record that the page showed; `record-changed` where the registry holds another by now. */
function beforeOf<Of>(
  kept: { readonly record: Of; readonly hash: string } | undefined,
  hash: string | null,
): Result<Before<Of> | null, 'record-changed'> {
  if ((kept?.hash ?? null) !== hash) return refuse('record-changed');
  return ok(kept === undefined ? null : ({ record: kept.record, hash: kept.hash } as Before<Of>));
}

function staffChange({ state }: HeldRegistry, draft: Draft<'staff'>): Result<AccessChange> {
  const record = staffGrant.safeParse(draft.record);
  if (!record.success) return refuse('act-malformed');
  const before = beforeOf<StaffGrant>(state.people.get(record.data.iin), draft.before);
  return before.ok ? ok({ kind: 'staff', before: before.value, record: record.data }) : before;
}

/** A device is let in by the very record that it asked with, and keeps it. */
function deviceChange({ state, view }: HeldRegistry, draft: Draft<'device'>): Result<AccessChange> {
  const { id, location, custodian, standing } = draft;
  const kept = state.devices.get(id as DeviceId);
  const before = beforeOf<DeviceGrant>(kept, draft.before);
  if (!before.ok) return before;
  // A device whose record was confirmed otherwise than it asked with asks still, and is let in by what it asked with.
  const record = view.waiting.find((one) => one.record.device === id)?.record ?? kept?.record.record;
  if (record === undefined) return refuse('device-unknown');
  return ok({
    ...{ kind: 'device', before: before.value },
    record: { record, location, custodian: custodian as Iin, standing },
  });
}

function policyChange({ state }: HeldRegistry, draft: Draft<'policy'>): Result<AccessChange> {
  const before = beforeOf<PolicyDocument>(state.policies.at(-1), draft.before);
  if (!before.ok) return before;
  return before.value === null
    ? refuse('record-changed')
    : ok({ kind: 'policy', before: before.value, record: draft.record });
}

function reviewChange({ state }: HeldRegistry, { people: drafted }: Draft<'review'>): Result<AccessChange> {
  const people: ReviewItem[] = [];
  for (const { iin, hash, decision } of drafted) {
    const person = state.people.get(iin as Iin);
    if (person === undefined) return refuse('person-unknown');
    if (person.hash !== hash) return refuse('record-changed');
    const { name, roles } = person.record;
    people.push({ iin: person.record.iin, name, roles, hash: person.hash, decision });
  }
  return ok({ kind: 'review', people });
}

/** An alarm is closed by the very opening that the log tells of. */
function alarmChange({ state }: HeldRegistry, { leaf }: Draft<'alarm'>): Result<AccessChange> {
  const name = leaf as Sha256Hex;
  const alarm = state.alarms.get(name);
  return alarm === undefined ? refuse('alarm-unknown') : ok({ kind: 'alarm', leaf: name, record: alarm.record });
}

type Desk = { readonly engine: Engine; readonly shift: Shift };

function releaseChange(
  { engine, shift }: Desk,
  { state }: HeldRegistry,
  { iin, acts }: Draft<'release'>,
): Promise<Result<AccessChange>> {
  const record = state.people.get(iin as Iin)?.record;
  return record === undefined ? Promise.resolve(refuse('person-unknown')) : draftRelease(engine, shift, record, acts);
}

async function changeOf(desk: Desk, registry: HeldRegistry, draft: DraftedChange): Promise<Result<AccessChange>> {
  switch (draft.kind) {
    case 'staff':
      return staffChange(registry, draft);
    case 'device':
      return deviceChange(registry, draft);
    case 'policy':
      return policyChange(registry, draft);
    case 'review':
      return reviewChange(registry, draft);
    case 'release':
      return releaseChange(desk, registry, draft);
    case 'alarm':
      return alarmChange(registry, draft);
    default:
      return never(draft, 'draft');
  }
}

async function commandOf(desk: Desk, registry: HeldRegistry, draft: RightsDraft): Promise<Result<AccessCommand>> {
  switch (draft.type) {
    case 'access.propose': {
      const { reason, basis } = draft;
      const change = await changeOf(desk, registry, draft.change);
      return change.ok ? ok({ type: draft.type, payload: { change: change.value, reason, basis } }) : change;
    }
    case 'access.block': {
      const { iin, reason, basis } = draft;
      const person = registry.state.people.get(iin as Iin);
      if (person === undefined) return refuse('person-unknown');
      return ok({ type: draft.type, payload: { iin: person.record.iin, name: person.record.name, reason, basis } });
    }
    case 'access.confirm':
      return ok({ type: draft.type, payload: {} });
    case 'access.decline':
    case 'access.withdraw':
      return ok({ type: draft.type, payload: { note: draft.note } });
  }
}

/** Why this person may not do this with a case of changed rights now; `undefined` where he may. The server asks it again. */
export function judgeHere(
  engine: Engine,
  { enrolment: { bundle, policy }, iin }: Shift,
  { state: registry }: HeldRegistry,
  { before, command }: { readonly before: AccessCase; readonly command: AccessCommand },
): string | undefined {
  const nowMs = engine.serverClock.serverNowMs();
  const actor = { iin };
  const person = registry.people.get(iin);
  const out = outOfForce(person, nowMs);
  if (out !== undefined) return out;
  if (!mayAct(policy.access, person?.record.roles ?? [], command.type)) return 'role-missing';
  const event = decideAccessCase(before, command, { actor, nowMs });
  if (!event.ok) return event.refusal.code;
  const { platform, profile } = bundle;
  const context = { registry, policy, platform: { platform, profile }, actor, nowMs, sha256 };
  return judgeAccess(context, { before, command, event: event.value });
}

/** Whom or what a change is about, in a word. */
export function subjectOf(state: Exclude<AccessCase, { status: 'absent' }>): string {
  if (!('change' in state)) return state.name;
  const { change, basis } = state;
  switch (change.kind) {
    case 'staff':
      return change.record.name;
    case 'device':
      return change.record.record.name;
    case 'policy':
      return String(change.record.version);
    case 'review':
      return basis;
    case 'release':
      return change.name;
    case 'alarm':
      return change.record.name;
  }
}

type CaseNow = { readonly state: AccessCase; readonly revision: number; readonly hash: string };
const nothingYet: CaseNow = { state: { status: 'absent' }, revision: 0, hash: caseHashStart };

/**
 * The act on rights as it would be signed now, where the rules allow it: judged on the registry as the server tells it and this desk has
 * verified it. Without the server nothing of this is signed.
 */
export async function draftAccess(
  engine: Engine,
  shift: Shift,
  draft: RightsDraft,
  caseId: CaseId,
): Promise<Result<Drafted>> {
  const registry = await readRegistry(engine, shift);
  if (!registry.ok) return registry;
  const found = 'caseId' in draft ? await engine.vault.call('access.get', { caseId }) : ok(nothingYet);
  if (!found.ok) return found;
  const { state: before, revision, hash } = found.value as CaseNow;
  const command = await commandOf({ engine, shift }, registry.value, draft);
  if (!command.ok) return command;
  const code = judgeHere(engine, shift, registry.value, { before, command: command.value });
  if (code !== undefined) return refuse(code);
  if (draft.type === 'access.confirm' && 'change' in before && before.change.kind === 'release') {
    const there = await checkRelease(engine, shift, before.change);
    if (!there.ok) return there;
  }
  const shown = shownAct(command.value, before, { actor: shift.iin, atMs: engine.serverClock.serverNowMs() });
  if (shown === undefined || !('about' in shown)) return refuse('case-absent');
  return ok({
    ...{ command: command.value, shown: before },
    subject: { case: caseId, revision, hash: hash as Drafted['subject']['hash'] },
    titleValues: { name: subjectOf(shown.about) },
  });
}
