import { decideAccessCase, evolveAccessCase, recordHash, type AccessCase } from '../../core/access/index.ts';
import { ok, refuse, type Iin, type Result } from '../../core/kernel/index.ts';
import { caseHashStart, commandOf, nextCaseHash, type ActEnvelope } from '../../core/signing/index.ts';
import { isAccessCommand } from '../../core/actions/index.ts';
import { sha256, sha256Hex } from '../../eds/index.ts';
import { parseActEnvelope } from '../../contracts/documents/index.ts';
import type { Change } from '../../contracts/http/index.ts';
import type { PolicyActs } from '../../contracts/vault-host/index.ts';
import type { Engine, Enrolment, HeldPolicy, Shift } from './context.ts';
import { raiseAlarm } from './sync/alarm.ts';
import { verifyChange } from './sync/verify-change.ts';
import { forgetShownVerifier } from './trust.ts';

/** Answers of a server that are taken one after the other; it has more to tell next time. */
const answersMax = 16;

type Act = { readonly envelope: ActEnvelope; readonly name: string };

function readAct(enrolment: Enrolment, change: Change): Result<Act> {
  const signer = verifyChange(enrolment, change);
  if (!signer.ok) return signer;
  const envelope = parseActEnvelope(change.envelope);
  return envelope.ok ? ok({ envelope: envelope.value, name: signer.value }) : envelope;
}

function step(before: AccessCase, { envelope }: Act, nowMs: number): Result<AccessCase> {
  const command = commandOf(envelope);
  if (!isAccessCommand(command)) return refuse('case-other-kind');
  const event = decideAccessCase(before, command, { actor: { iin: envelope.actor.iin }, nowMs });
  return event.ok ? ok(evolveAccessCase(before, event.value)) : event;
}

/** True for two acts of one case of this platform, the second on what the first made. */
function isOneCase({ bundle }: Enrolment, proposed: Act, confirmed: Act, text: string): boolean {
  const [first, second] = [proposed.envelope, confirmed.envelope];
  const isOurs = [first, second].every(
    ({ platform, profile, log }) =>
      platform === bundle.platform && profile === bundle.profile && log === bundle.log.origin,
  );
  const isFirst = first.subject.revision === 0 && first.subject.hash === caseHashStart;
  const isSecond =
    second.subject.case === first.subject.case &&
    second.subject.revision === 1 &&
    second.subject.hash === nextCaseHash(sha256, caseHashStart, sha256Hex(text));
  return isOurs && isFirst && isSecond;
}

/**
 * The policy that two people signed over the one before it: both signatures by the anchors of the enrolment, one case, two people, and the very policy
 * that is held here as what it replaces. `policy-not-verified` else. What roles the two had is the word of the platform.
 */
export function verifyPolicy(enrolment: Enrolment, { proposed, confirmed }: PolicyActs): Result<HeldPolicy> {
  const no = refuse('policy-not-verified');
  const [first, second] = [readAct(enrolment, proposed), readAct(enrolment, confirmed)];
  if (!first.ok || !second.ok || !isOneCase(enrolment, first.value, second.value, proposed.envelope)) return no;
  const opened = step({ status: 'absent' }, first.value, proposed.act.receivedAtMs);
  const closed = opened.ok ? step(opened.value, second.value, confirmed.act.receivedAtMs) : opened;
  if (!closed.ok || closed.value.status !== 'confirmed' || closed.value.change.kind !== 'policy') return no;
  const { change, author, basis, end } = closed.value;
  const newest = enrolment.policies.at(-1)?.document;
  const { record, before } = change;
  const isNext =
    newest !== undefined &&
    before.hash === recordHash(sha256, newest) &&
    record.version === newest.version + 1 &&
    record.platform === newest.platform &&
    record.profile === newest.profile;
  if (!isNext) return no;
  const signers = [
    { iin: author, name: first.value.name },
    { iin: end?.by ?? ('' as Iin), name: second.value.name },
  ];
  return ok({ document: record, signers, basis });
}

/** The policy of this moment among those that are held, and when the next one begins. */
function policyAt(
  { policies }: Enrolment,
  nowMs: number,
): { readonly held: HeldPolicy | undefined; readonly nextAtMs: number } {
  const ahead = policies.map(({ document }) => document.effectiveFromMs).filter((fromMs) => fromMs > nowMs);
  const held = policies.findLast(({ document }) => document.effectiveFromMs <= nowMs);
  return { held, nextAtMs: Math.min(...ahead) };
}

/**
 * Lets the newest policy that is in effect count at this desk from now on. Answers how long until the next one begins, in ms. A policy of
 * the enrolment that is still ahead counts as long as there is no other.
 */
export function applyPolicy(engine: Engine, enrolment: Enrolment): number {
  const nowMs = engine.serverClock.serverNowMs();
  const { held, nextAtMs } = policyAt(enrolment, nowMs);
  if (held !== undefined && held.document.version !== enrolment.policy.version) {
    enrolment.policy = held.document;
    forgetShownVerifier(enrolment);
    engine.emit('app.changed');
    engine.emit('cases.changed');
  }
  return nextAtMs - nowMs;
}

/** Takes up the policies that the vault kept, each verified anew; what does not verify is left to be asked for again. */
export async function takeUpPolicies(engine: Engine, enrolment: Enrolment): Promise<Result<null>> {
  const kept = await engine.vault.call('policies.list', null);
  if (!kept.ok) return kept;
  for (const acts of kept.value.items) {
    const policy = verifyPolicy(enrolment, acts);
    if (!policy.ok) break;
    enrolment.policies = [...enrolment.policies, policy.value];
  }
  applyPolicy(engine, enrolment);
  return ok(null);
}

/** Asks for later policies, and keeps those that verify. One that does not is an alarm, is not kept, and nothing after it is. */
export async function pullPolicies(engine: Engine, { enrolment, client }: Shift): Promise<Result<null>> {
  for (let answers = 0; answers < answersMax; answers += 1) {
    const after = enrolment.policies.at(-1)?.document.version ?? 0;
    const told = await client.call('policies', { query: { after: String(after) } });
    if (!told.ok) return told;
    for (const acts of told.value.policies) {
      const policy = verifyPolicy(enrolment, acts);
      if (!policy.ok) {
        await raiseAlarm(engine, policy.refusal.code);
        return ok(null);
      }
      const kept = await engine.vault.call('policies.keep', acts);
      if (!kept.ok) return kept;
      enrolment.policies = [...enrolment.policies, policy.value];
    }
    if (told.value.policies.length === 0) break;
  }
  applyPolicy(engine, enrolment);
  return ok(null);
}
