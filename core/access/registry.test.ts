import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  accessPlatform,
  accessPolicy,
  dayMs,
  grantOf,
  registryOfPeople,
  staffChange,
} from '../../tests/support/access.ts';
import { seeded, sha256 } from '../../tests/support/index.ts';
import type { Iin } from '../kernel/index.ts';
import {
  changeableKinds,
  decideAccessCase,
  effectOf,
  evolveAccessCase,
  evolveRegistry,
  judgeAccess,
  mayAct,
  outOfForce,
  type AccessCase,
  type AccessCommand,
  type AccessEffect,
  type RegistryState,
  type Role,
} from './index.ts';

const iins = ['1', '2', '3', '4', '5'] as const;
const start = registryOfPeople([
  grantOf('1', ['security-officer']),
  grantOf('2', ['security-officer']),
  grantOf('3', ['manager']),
  grantOf('4', ['registrar']),
]);
const heldRoles: readonly (readonly Role[])[] = [
  [],
  ['registrar'],
  ['security-officer'],
  ['manager'],
  ['reviewer', 'manager'],
];

type Step = {
  readonly act: 'propose' | 'confirm' | 'decline' | 'withdraw' | 'block';
  readonly by: string;
  readonly of: string;
  readonly slot: number;
  readonly held: readonly Role[];
  readonly isDismissed: boolean;
};

const step: fc.Arbitrary<Step> = fc.record({
  act: fc.constantFrom('propose', 'propose', 'confirm', 'confirm', 'confirm', 'decline', 'withdraw', 'block'),
  by: fc.constantFrom('1', '2', '3', ...iins),
  of: fc.constantFrom(...iins),
  slot: fc.nat(1),
  held: fc.constantFrom(...heldRoles),
  isDismissed: fc.boolean(),
});

function commandOf({ act, of, held, isDismissed }: Step, registry: RegistryState): AccessCommand {
  const text = { reason: 'r', basis: 'b' };
  const standing = isDismissed ? 'dismissed' : 'active';
  const validFromMs = registry.people.get(of as Iin)?.record.validFromMs ?? dayMs;
  const record = grantOf(of, held, { standing, validFromMs });
  if (act === 'propose') return { type: 'access.propose', payload: { change: staffChange(registry, record), ...text } };
  if (act === 'block') return { type: 'access.block', payload: { iin: of as Iin, name: '', ...text } };
  return act === 'confirm' ? { type: 'access.confirm', payload: {} } : { type: `access.${act}`, payload: { note: '' } };
}

type World = {
  registry: RegistryState;
  readonly slots: AccessCase[];
  readonly effects: { readonly effect: AccessEffect; readonly source: string }[];
};

/** Plays one step by the rules of the server; answers what it did to the registry. */
function play(world: World, one: Step, atMs: number): void {
  const { registry, slots } = world;
  const isFirst = one.act === 'propose' || one.act === 'block';
  const before = isFirst ? ({ status: 'absent' } as const) : (slots[one.slot] ?? { status: 'absent' });
  const command = commandOf(one, registry);
  const actor = { iin: one.by as Iin };
  const person = registry.people.get(actor.iin);
  const policy = accessPolicy();
  if (outOfForce(person, atMs) !== undefined) return;
  if (!mayAct(policy.access, person?.record.roles ?? [], command.type)) return;
  const event = decideAccessCase(before, command, { actor, nowMs: atMs });
  if (!event.ok) return;
  const context = { registry, policy, platform: accessPlatform, actor, nowMs: atMs, sha256 };
  if (judgeAccess(context, { before, command, event: event.value }) !== undefined) return;
  slots[one.slot] = evolveAccessCase(before, event.value);
  const effect = effectOf(before, event.value);
  if (effect === undefined) return;
  if (effect.kind === 'change' && 'author' in before) {
    expect(before.author).not.toBe(effect.by);
    const { change } = effect;
    if (change.kind === 'staff') expect([before.author, effect.by]).not.toContain(change.record.iin);
    for (const iin of [before.author, effect.by]) expect(outOfForce(registry.people.get(iin), atMs)).toBeUndefined();
  }
  const source = `act ${atMs}`;
  world.registry = evolveRegistry(registry, effect, { source, sha256 });
  world.effects.push({ effect, source });
}

it('whatever is proposed, confirmed and blocked by whom, every right has two living authors and somebody can still change it', () => {
  let changed = 0;
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 100, size: 'max' }), (steps) => {
      const world: World = { registry: start, slots: [], effects: [] };
      for (const [i, one] of steps.entries()) {
        const atMs = dayMs + i;
        const { people } = world.registry;
        play(world, one, atMs);
        expect(changeableKinds(world.registry, atMs)).toEqual(['staff', 'policy']);
        for (const [iin, { block }] of people) {
          const lifted = block !== null && world.registry.people.get(iin)?.block === null;
          const last = world.effects.at(-1)?.effect;
          if (lifted) expect(last?.kind === 'change' && last.change.kind).toBe('staff');
        }
      }
      changed += world.effects.length;
      const again = world.effects.reduce(
        (registry, { effect, source }) => evolveRegistry(registry, effect, { source, sha256 }),
        start,
      );
      expect(again).toEqual(world.registry);
    }),
    seeded('rights that change', 400),
  );
  expect(changed).toBeGreaterThan(400);
});

it('a fold changes no registry that was handed out', () => {
  const before = JSON.stringify([...start.people]);
  evolveRegistry(
    start,
    { kind: 'block', iin: '1' as Iin, by: '3' as Iin, atMs: 1, reason: '' },
    { source: '', sha256 },
  );
  expect(JSON.stringify([...start.people])).toBe(before);
});
