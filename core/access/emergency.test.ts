import { describe, expect, it } from 'vitest';
import { accessPolicy, certificateOf, changeRules, openingBy } from '../../tests/support/access.ts';
import {
  absent,
  afterOf,
  codeOf,
  decide,
  nowMs,
  people,
  propose,
  registry,
} from '../../tests/support/access-decide.ts';
import { sha256 } from '../../tests/support/crypto.ts';
import type { Iin } from '../kernel/index.ts';
import {
  accessMatrix,
  alarmsOf,
  checkRegistry,
  evolveRegistry,
  mayChange,
  type AccessChange,
  type AccessEffect,
  type PolicyDocument,
  type RegistryState,
} from './index.ts';

const leaf = certificateOf('leaf');
const record = openingBy('7');
const openings = [{ leaf, leafIndex: 12, record }];
const alarmed: RegistryState = { ...registry, alarms: alarmsOf(openings, new Map()) };
const closing: AccessChange = { kind: 'alarm', leaf, record };
const confirm = { type: 'access.confirm', payload: {} } as const;
const decideIn = (state: RegistryState) => ({ registry: state });

describe('the alarm of an opened emergency account', () => {
  it('stands until a second person confirms, and cannot be closed twice', () => {
    const first = afterOf(decide(absent, propose(closing), people.author, decideIn(alarmed)));
    expect(first.registry.alarms.get(leaf)?.end).toBe(null);
    expect(codeOf(decide(first.after, confirm, people.author, decideIn(first.registry)))).toBe('change-own-proposal');
    const second = afterOf(decide(first.after, confirm, people.manager, decideIn(first.registry)));
    expect(second.registry.alarms.get(leaf)?.end).toEqual({ by: people.manager, atMs: nowMs, source: 'act' });
    expect(second.registry.people).toEqual(alarmed.people);
    // Two changes of one alarm: the second one finds it closed.
    expect(codeOf(decide(first.after, confirm, people.manager, decideIn(second.registry)))).toBe(
      'alarm-closed-already',
    );
    expect(codeOf(decide(absent, propose(closing), people.colleague, decideIn(second.registry)))).toBe(
      'alarm-closed-already',
    );
  });

  it('is no alarm where the log tells of no such opening, or of another', () => {
    expect(codeOf(decide(absent, propose(closing), people.author))).toBe('alarm-unknown');
    const milder = { ...closing, record: { ...record, reason: 'A drill' } };
    expect(codeOf(decide(absent, propose(milder), people.author, decideIn(alarmed)))).toBe('alarm-unknown');
  });

  it('is not closed by who opened it, as first or as second person', () => {
    const own = (iin: string): [RegistryState, AccessChange] => {
      const opened = openingBy(iin);
      const alarms = alarmsOf([{ leaf, leafIndex: 12, record: opened }], new Map());
      return [
        { ...registry, alarms },
        { kind: 'alarm', leaf, record: opened },
      ];
    };
    const [byAuthor, change] = own(people.author);
    expect(codeOf(decide(absent, propose(change), people.author, decideIn(byAuthor)))).toBe('change-own-record');
    const [byManager, other] = own(people.manager);
    const { after } = afterOf(decide(absent, propose(other), people.author, decideIn(byManager)));
    expect(codeOf(decide(after, confirm, people.manager, decideIn(byManager)))).toBe('change-own-record');
  });

  it('stays closed whatever order the log and an act under way are read in, and what the log lost is none', () => {
    const end = { by: people.manager as Iin, atMs: 1, source: 'act' };
    const before = new Map([[leaf, { record, end }]]);
    expect(alarmsOf(openings, before).get(leaf)?.end).toEqual(end);
    expect(alarmsOf([], before).size).toBe(0);
  });
});

const { staff, device, policy, review } = changeRules;
const withChanges = (changes: PolicyDocument['changes']): PolicyDocument => {
  const { changes: _named, ...rest } = accessPolicy();
  return changes === undefined ? rest : { ...rest, changes };
};
const rules: readonly (readonly [what: string, PolicyDocument['changes'], propose: string[], confirm: string[]])[] = [
  [
    'names who closes it',
    { staff, policy, alarm: { propose: ['security-officer'], confirm: ['security-officer'] } },
    ['author', 'colleague'],
    ['author', 'colleague'],
  ],
  [
    'is older, and names who changes the policy',
    { staff, device, policy, review },
    ['author', 'colleague'],
    ['manager'],
  ],
  ['names nobody for it', { staff, policy, alarm: { propose: [], confirm: [] } }, [], []],
  ['names nobody for the policy either', { staff, device }, [], []],
  ['names no changes at all', undefined, [], []],
];

describe('who closes an alarm under a policy', () => {
  it.each(rules)('that %s', (_what, changes, proposers, confirmers) => {
    const document = withChanges(changes);
    const may = (part: 'propose' | 'confirm') =>
      Object.entries(people).flatMap(([name, iin]) =>
        mayChange(document, registry.people.get(iin as Iin), { kind: 'alarm', part, nowMs }) ? [name] : [],
      );
    expect([may('propose'), may('confirm')]).toEqual([proposers, confirmers]);
    const row = accessMatrix(document).rows.find(({ part, id }) => part === 'change' && id === 'alarm');
    expect((row?.cells ?? []).some((cell) => cell.includes('confirm'))).toBe(confirmers.length > 0);
  });
});

describe('alarms as they are told to a desk', () => {
  const made = { source: '', sha256 };
  const effect: AccessEffect = { kind: 'change', change: closing, by: people.manager as Iin, atMs: 5 };
  const closed = evolveRegistry(alarmed, effect, made);
  const none = { changes: [], effects: [] };
  const held = { changes: [closing], effects: [effect] };

  it.each([
    ['standing, and nobody signed', alarmed, none, []],
    ['closed, as two signed', closed, held, []],
    ['closed, and nobody signed', closed, none, ['alarm']],
    ['standing, though two closed it', alarmed, held, ['alarm']],
    ['left out, though two closed it', registry, held, ['alarm']],
    ['closed by another', evolveRegistry(alarmed, { ...effect, by: people.author as Iin }, made), held, ['alarm']],
  ] as const)('%s', (_what, told, signatures, kinds) => {
    expect(checkRegistry(told, signatures, sha256).differing.map(({ kind }) => kind)).toEqual(kinds);
  });
});
