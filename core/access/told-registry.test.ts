import { describe, expect, it } from 'vitest';
import type { Iin } from '../kernel/index.ts';
import { accessPolicy, grantOf, registryOfPeople, staffChange } from '../../tests/support/access.ts';
import { sha256 } from '../../tests/support/crypto.ts';
import { evolveRegistry, type AccessEffect, type RegistryState } from './registry.ts';
import { checkRegistry, type FoldedSignatures } from './told-registry.ts';

const founded = registryOfPeople([grantOf('1', ['security-officer']), grantOf('2', ['manager'])]);
const made = { source: 'act', sha256 };
const by = '1' as Iin;

function after(registry: RegistryState, effects: readonly AccessEffect[]): RegistryState {
  return effects.reduce((state, effect) => evolveRegistry(state, effect, made), registry);
}

const employ: AccessEffect = { kind: 'change', change: staffChange(founded, grantOf('3', ['reviewer'])), by, atMs: 1 };
const block: AccessEffect = { kind: 'block', iin: '2' as Iin, by, atMs: 2, reason: 'Lost card' };
const policy = accessPolicy(2, 5);
const rule: AccessEffect = {
  ...{ kind: 'change', by, atMs: 3 },
  change: {
    kind: 'policy',
    before: { record: accessPolicy(), hash: founded.policies[0]?.hash ?? ('' as never) },
    record: policy,
  },
};
const all = [employ, block, rule];
const told = after(founded, all);

const held = (effects: readonly AccessEffect[]) => ({
  effects,
  changes: effects.flatMap((effect) => (effect.kind === 'change' ? [effect.change] : [])),
});

describe('a registry that is told', () => {
  it('holds where each change that was signed is in it; who stands since the founding is the word of the teller', () => {
    const { verified, differing } = checkRegistry(told, held(all), sha256);
    expect(differing).toEqual([]);
    expect([[...verified.people], [...verified.policies]]).toEqual([['3'], [2]]);
  });

  it.each([
    [
      'another role than was signed',
      after(founded, [
        { ...employ, change: staffChange(founded, grantOf('3', ['manager'])) } as AccessEffect,
        block,
        rule,
      ]),
      ['person'],
    ],
    ['another time of the signatures', after(founded, [{ ...employ, atMs: 9 }, block, rule]), ['person']],
    ['a person left out', after(founded, [block, rule]), ['person']],
    ['a block left out', after(founded, [employ, rule]), ['person']],
    ['a block by another', after(founded, [employ, { ...block, by: '3' as Iin }, rule]), ['person']],
    ['a block that nobody signed', after(told, [{ ...block, iin: '1' as Iin }]), ['person']],
    [
      'another policy',
      after(founded, [
        employ,
        block,
        { ...rule, change: { ...rule.change, record: { ...policy, effectiveFromMs: 6 } } } as AccessEffect,
      ]),
      ['policy'],
    ],
    ['a policy left out', after(founded, [employ, block]), ['policy']],
  ])('is found out by %s', (_what, forged, kinds) => {
    expect(checkRegistry(forged, held(all), sha256).differing.map(({ kind }) => kind)).toEqual(kinds);
  });

  it('is found out where a change is in it that was never told', () => {
    const change = staffChange(told, grantOf('1', ['security-officer', 'manager']));
    const secret = after(told, [{ kind: 'change', change, by, atMs: 9 }]);
    // Only what is of the founding can be put in its place: the desk calls it the word of the server.
    expect(checkRegistry(secret, held(all), sha256).verified.people.has('1' as Iin)).toBe(false);
  });

  it('is found out where somebody is in it whom one person alone proposed as new', () => {
    const { change } = employ as Extract<AccessEffect, { kind: 'change' }>;
    const alone = { changes: [change], effects: [] };
    expect(checkRegistry(after(founded, [employ]), alone, sha256).differing).toEqual([{ kind: 'person', iin: '3' }]);
    expect(checkRegistry(founded, alone, sha256).differing).toEqual([]);
  });

  it('knows a review by its effect: whoever was revoked is blocked, and the time is that of the signature', () => {
    const people = [...told.people.values()].map(({ record: { iin, name, roles }, hash }) => ({
      ...{ iin, name, roles, hash, decision: iin === '3' ? ('revoke' as const) : ('keep' as const) },
    }));
    const review: AccessEffect = { kind: 'change', change: { kind: 'review', people }, by, atMs: 8 };
    const reviewed = after(told, [review]);
    expect(checkRegistry(reviewed, held([...all, review]), sha256).differing).toEqual([]);
    expect(checkRegistry(told, held([...all, review]), sha256).differing).toHaveLength(people.length);
    expect(checkRegistry(reviewed, held(all), sha256).differing).toHaveLength(people.length);
  });

  it('comes to the same whether the signatures are folded at once or one after the other', () => {
    let before: FoldedSignatures | undefined;
    const states = all.map((_, at) => after(founded, all.slice(0, at + 1)));
    for (const [at, state] of states.entries()) {
      const some = all.slice(0, at + 1);
      const { folded, ...step } = checkRegistry(state, held(some), sha256, before);
      const { folded: _whole, ...whole } = checkRegistry(state, held(some), sha256);
      expect(step).toEqual(whole);
      before = folded;
    }
    // What was folded already holds a registry that tells otherwise of it.
    const { differing } = checkRegistry(after(founded, [rule]), held(all), sha256, before);
    expect(differing.map(({ kind }) => kind)).toEqual(['person', 'person']);
  });

  it('holds of somebody of the founding who was reviewed, and whose record was changed then', () => {
    const review = (registry: RegistryState): AccessEffect => {
      const person = registry.people.get('2' as Iin);
      if (person === undefined) throw new Error('nobody');
      const { iin, name, roles } = person.record;
      const people = [{ iin, name, roles, hash: person.hash, decision: 'keep' as const }];
      return { kind: 'change', change: { kind: 'review', people }, by, atMs: 4 };
    };
    const reviewed = after(founded, [review(founded)]);
    const change = staffChange(reviewed, grantOf('2', ['manager', 'reviewer']));
    const effects: AccessEffect[] = [review(founded), { kind: 'change', change, by, atMs: 5 }];
    expect(checkRegistry(after(founded, effects), held(effects), sha256).differing).toEqual([]);
  });
});

describe('a registry of two thousand people after ten thousand changes', () => {
  it('is held against one more change in a small part of the time that all of them take', () => {
    const iins = Array.from({ length: 2_000 }, (_, i) => String(100_000_000_000 + i));
    let registry = registryOfPeople(iins.map((iin) => grantOf(iin, ['registrar'])));
    const effects: AccessEffect[] = [];
    for (let i = 0; i < 10_001; i += 1) {
      const grant = grantOf(iins[i % iins.length] ?? '', [i % 2 === 0 ? 'registrar' : 'reviewer']);
      const effect: AccessEffect = { kind: 'change', change: staffChange(registry, grant), by, atMs: i };
      effects.push(effect);
      registry = evolveRegistry(registry, effect, made);
    }
    const { folded: before } = checkRegistry(registry, held(effects.slice(0, -1)), sha256);
    const timed = (run: () => unknown): number => {
      const sinceMs = performance.now();
      run();
      return performance.now() - sinceMs;
    };
    const signatures = held(effects);
    const wholeMs = timed(() => checkRegistry(registry, signatures, sha256));
    const moreMs = Math.min(...[1, 2, 3].map(() => timed(() => checkRegistry(registry, signatures, sha256, before))));
    process.stdout.write(`told registry: whole ${Math.round(wholeMs)} ms, one more change ${moreMs.toFixed(1)} ms\n`);
    expect(moreMs).toBeLessThan(wholeMs / 4);
  });
});
