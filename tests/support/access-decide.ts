import {
  decideAccessCase,
  effectOf,
  evolveAccessCase,
  evolveRegistry,
  judgeAccess,
  mayAct,
  outOfForce,
  type AccessCase,
  type AccessChange,
  type AccessCommand,
  type RegistryState,
} from '../../core/access/index.ts';
import type { Iin } from '../../core/kernel/index.ts';
import { accessPlatform, accessPolicy, dayMs, grantOf, registryOfPeople } from './access.ts';
import { sha256 } from './crypto.ts';

export const nowMs = 10 * dayMs;
export const people = {
  author: '1',
  colleague: '2',
  manager: '3',
  clerk: '4',
} as const;
export const registry = registryOfPeople([
  grantOf(people.author, ['security-officer']),
  grantOf(people.colleague, ['security-officer']),
  grantOf(people.manager, ['manager']),
  grantOf(people.clerk, ['registrar']),
]);

/** What the server answers: the gate of the policy, the rule of the case, the rule of the records. */
export function decide(
  before: AccessCase,
  command: AccessCommand,
  by: string,
  options: { readonly registry?: RegistryState; readonly atMs?: number } = {},
): { readonly code: string } | { readonly after: AccessCase; readonly registry: RegistryState } {
  const actor = { iin: by as Iin };
  const state = options.registry ?? registry;
  const atMs = options.atMs ?? nowMs;
  const policy = accessPolicy();
  const person = state.people.get(actor.iin);
  const out = outOfForce(person, atMs);
  if (out !== undefined) return { code: out };
  if (!mayAct(policy.access, person?.record.roles ?? [], command.type)) return { code: 'role-missing' };
  const event = decideAccessCase(before, command, { actor, nowMs: atMs });
  if (!event.ok) return { code: event.refusal.code };
  const context = { registry: state, policy, platform: accessPlatform, actor, nowMs: atMs, sha256 };
  const code = judgeAccess(context, { before, command, event: event.value });
  if (code !== undefined) return { code };
  const effect = effectOf(before, event.value);
  const after = evolveAccessCase(before, event.value);
  return { after, registry: effect === undefined ? state : evolveRegistry(state, effect, { source: 'act', sha256 }) };
}

export const absent: AccessCase = { status: 'absent' };
export const text = { reason: 'New duties', basis: 'Order 7' };

export function propose(change: AccessChange): AccessCommand {
  return { type: 'access.propose', payload: { change, ...text } };
}

export function codeOf(answer: ReturnType<typeof decide>): string {
  return 'code' in answer ? answer.code : 'done';
}

export function afterOf(answer: ReturnType<typeof decide>) {
  if ('code' in answer) throw new Error(answer.code);
  return answer;
}
