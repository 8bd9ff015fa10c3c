import { describe, expect, it } from 'vitest';
import { decideCase, type CaseCommand, type CaseState } from '../actions/index.ts';
import type { Iin, Sha256Hex } from '../kernel/index.ts';
import { accessPolicy, dayMs, grantOf, registryOfPeople, staffChange } from '../../tests/support/access.ts';
import {
  absent,
  afterOf,
  codeOf,
  decide,
  nowMs,
  people,
  propose,
  registry,
  text,
} from '../../tests/support/access-decide.ts';
import {
  evolveAccessCase,
  outOfForce,
  roles,
  type AccessCase,
  type AccessChange,
  type AccessCommand,
  type Role,
  type StaffGrant,
} from './index.ts';

const clerkAsReviewer = staffChange(registry, grantOf(people.clerk, ['reviewer']));
const proposed = afterOf(decide(absent, propose(clerkAsReviewer), people.author)).after;

const commands = {
  'access.propose': propose(clerkAsReviewer),
  'access.confirm': { type: 'access.confirm', payload: {} },
  'access.decline': { type: 'access.decline', payload: { note: '' } },
  'access.withdraw': { type: 'access.withdraw', payload: { note: '' } },
  'access.block': { type: 'access.block', payload: { iin: people.clerk as Iin, name: 'Person 4', ...text } },
} as const satisfies Readonly<Record<AccessCommand['type'], AccessCommand>>;
type Act = keyof typeof commands;

/** Relation of the actor to the change: a stranger to it, its author, the person whose record it is, and both. */
const relations = ['other', 'author', 'subject', 'author and subject'] as const;
type Relation = (typeof relations)[number];

const done = 'done';
const noRole = 'role-missing';
const own = 'change-own-record';

/** Every act of every role in every relation, written out: a change of the rules is a change of this table. */
const matrix: Readonly<Record<Act, Readonly<Record<Role, Readonly<Record<Relation, string>>>>>> = {
  'access.propose': {
    ...withoutRole(['registrar', 'reviewer', 'manager', 'auditor']),
    'security-officer': { other: done, author: done, subject: own, 'author and subject': own },
  },
  'access.confirm': {
    ...withoutRole(['registrar', 'reviewer', 'auditor']),
    'security-officer': both('change-own-proposal'),
    manager: both('change-own-proposal'),
  },
  'access.decline': {
    ...withoutRole(['registrar', 'reviewer', 'auditor']),
    'security-officer': both('change-own-proposal'),
    manager: both('change-own-proposal'),
  },
  'access.withdraw': {
    ...withoutRole(['registrar', 'reviewer', 'manager', 'auditor']),
    'security-officer': {
      other: 'change-not-author',
      author: done,
      subject: 'change-not-author',
      'author and subject': done,
    },
  },
  'access.block': {
    ...withoutRole(['registrar', 'reviewer', 'auditor']),
    'security-officer': { other: done, author: done, subject: own, 'author and subject': own },
    manager: { other: done, author: done, subject: own, 'author and subject': own },
  },
};

function both(code: string): Readonly<Record<Relation, string>> {
  return { other: done, author: code, subject: own, 'author and subject': code };
}

function withoutRole(held: readonly Role[]) {
  const none = Object.fromEntries(relations.map((relation) => [relation, noRole])) as Record<Relation, string>;
  return Object.fromEntries(held.map((role) => [role, none])) as unknown as Readonly<
    Record<Role, Readonly<Record<Relation, string>>>
  >;
}

/** A person of this role who stands in this relation to a change that is his own, of himself, or another's. */
function play(act: Act, role: Role, relation: Relation): string {
  const actor = grantOf('9', [role]);
  const state = registryOfPeople([...[...registry.people.values()].map(({ record }) => record), actor]);
  const isAuthor = relation.startsWith('author');
  const subject = relation.endsWith('subject') ? actor : grantOf(people.clerk, ['registrar']);
  const change = staffChange(state, { ...subject, roles: ['reviewer'] });
  if (act === 'access.propose') return codeOf(decide(absent, propose(change), '9', { registry: state }));
  if (act === 'access.block') {
    const payload = { iin: subject.iin, name: subject.name, ...text };
    return codeOf(decide(absent, { type: act, payload }, '9', { registry: state }));
  }
  const waiting = evolveAccessCase(absent, {
    type: 'proposed',
    by: (isAuthor ? '9' : people.author) as Iin,
    atMs: nowMs,
    change,
    ...text,
  });
  return codeOf(decide(waiting, commands[act], '9', { registry: state }));
}

describe('who may do what to the rights of whom', () => {
  const rows = (Object.keys(matrix) as Act[]).flatMap((act) =>
    roles.flatMap((role) => relations.map((relation) => [act, role, relation, matrix[act][role][relation]] as const)),
  );
  it.each(rows)('%s by a %s as %s of the change: %s', (act, role, relation, expected) => {
    expect(play(act, role, relation)).toBe(expected);
  });

  it('is a table of every act, role and relation', () => {
    expect(rows).toHaveLength(5 * roles.length * relations.length);
    expect(rows.every(([, , , expected]) => typeof expected === 'string')).toBe(true);
  });
});

const confirmed = afterOf(decide(proposed, commands['access.confirm'], people.manager));
const stages: Readonly<Record<string, AccessCase>> = {
  absent,
  proposed,
  confirmed: confirmed.after,
  declined: afterOf(decide(proposed, commands['access.decline'], people.manager)).after,
  withdrawn: afterOf(decide(proposed, commands['access.withdraw'], people.author)).after,
  blocked: afterOf(decide(absent, commands['access.block'], people.manager)).after,
};

describe('a case of changed rights', () => {
  const outcome = (act: Act, stage: string): string => {
    if (act === 'access.propose' || act === 'access.block') {
      return stage === 'absent' ? done : stage === 'proposed' ? 'case-exists' : 'case-closed';
    }
    return stage === 'absent' ? 'case-absent' : stage === 'proposed' ? done : 'case-closed';
  };
  it.each(Object.keys(stages).flatMap((stage) => (Object.keys(commands) as Act[]).map((act) => [act, stage] as const)))(
    'takes %s where it is %s only if that follows',
    (act, stage) => {
      const by = act === 'access.withdraw' ? people.author : people.colleague;
      expect(codeOf(decide(stages[stage] ?? absent, commands[act], by))).toBe(outcome(act, stage));
    },
  );

  it('is in force from its confirmation and not before', () => {
    expect(registry.people.get(people.clerk as Iin)?.record.roles).toEqual(['registrar']);
    expect(confirmed.registry.people.get(people.clerk as Iin)?.record.roles).toEqual(['reviewer']);
  });

  it('takes no act of the other kind, and a registration takes none of this', () => {
    const context = { actor: { iin: '9' as Iin, roles: [] }, nowMs, claimTtlMs: 1 };
    const registration = { status: 'submitted', form: {}, submittedBy: '1' } as unknown as CaseState;
    const claim: CaseCommand = { type: 'registration.claim', payload: {} };
    const codes = [decideCase(proposed, claim, context), decideCase(registration, commands['access.confirm'], context)];
    expect(codes.map((one) => !one.ok && one.refusal.code)).toEqual(['case-other-kind', 'case-other-kind']);
  });
});

describe('the record of a person', () => {
  const clerk = grantOf(people.clerk, ['registrar']);
  const firm = { number: 'D-5', scope: 'Support', party: 'TOO Beta' };
  const cases: readonly (readonly [string, Partial<StaffGrant>, string])[] = [
    ['starts in the past', { iin: '8' as Iin, employeeNumber: 'E-8', certificates: [] }, 'record-starts-in-past'],
    ['keeps the start that it had', { roles: ['reviewer'] }, done],
    ['ends before it starts', { validFromMs: nowMs, validUntilMs: nowMs }, 'record-ends-before-start'],
    ['is of nobody employed and has no contract', { employeeNumber: null }, 'contract-missing'],
    ['has a contract without an end', { employeeNumber: null, contract: firm }, 'contract-without-end'],
    ['has a contract that ends', { employeeNumber: null, contract: firm, validUntilMs: nowMs + dayMs }, done],
    [
      'names the certificate of another',
      { certificates: grantOf(people.manager, []).certificates },
      'certificate-of-other',
    ],
    ['has the number of another employee', { employeeNumber: 'E-3' }, 'employee-number-taken'],
  ];
  it.each(cases)('that %s: %s', (_words, other, expected) => {
    const change = staffChange(registry, { ...clerk, ...other });
    expect(codeOf(decide(absent, propose(change), people.author))).toBe(expected);
  });

  it('that is another person than before is no change of it', () => {
    const before = { record: clerk, hash: registry.people.get(clerk.iin)?.hash as Sha256Hex };
    const change: AccessChange = { kind: 'staff', before, record: { ...clerk, iin: '8' as Iin } };
    expect(codeOf(decide(absent, propose(change), people.author))).toBe('record-of-other');
  });

  it('that was changed meanwhile is not replaced, and two changes of one record never both count', () => {
    const other = staffChange(registry, grantOf(people.clerk, ['auditor']));
    const second = afterOf(decide(absent, propose(other), people.author)).after;
    const answer = decide(second, commands['access.confirm'], people.manager, { registry: confirmed.registry });
    expect(codeOf(answer)).toBe('record-changed');
  });

  it('whose words before are not those of the registry is not replaced, though the hash is', () => {
    const hash = registry.people.get(people.clerk as Iin)?.hash as Sha256Hex;
    const before = { record: grantOf(people.clerk, ['auditor']), hash };
    const change: AccessChange = { kind: 'staff', before, record: grantOf(people.clerk, ['reviewer']) };
    expect(codeOf(decide(absent, propose(change), people.author))).toBe('record-changed');
  });
});

describe('a block', () => {
  const blocked = afterOf(decide(absent, commands['access.block'], people.colleague)).registry;

  it('counts at once, and is lifted by nothing that was proposed before it', () => {
    expect(outOfForce(blocked.people.get(people.clerk as Iin), nowMs)).toBe('actor-blocked');
    const answer = decide(proposed, commands['access.confirm'], people.manager, { registry: blocked });
    expect(codeOf(answer)).toBe('record-changed');
  });

  it('is lifted by a confirmed record', () => {
    const change = staffChange(blocked, grantOf(people.clerk, ['registrar']));
    const again = afterOf(decide(absent, propose(change), people.author, { registry: blocked }));
    const after = afterOf(decide(again.after, commands['access.confirm'], people.manager, { registry: blocked }));
    expect(outOfForce(after.registry.people.get(people.clerk as Iin), nowMs)).toBeUndefined();
  });

  it('of somebody unknown, or blocked already, is refused', () => {
    const unknown = { ...commands['access.block'].payload, iin: '77' as Iin };
    expect(codeOf(decide(absent, { type: 'access.block', payload: unknown }, people.author))).toBe('person-unknown');
    const again = decide(absent, commands['access.block'], people.author, { registry: blocked });
    expect(codeOf(again)).toBe('person-blocked-already');
  });

  it('of the author ends what he proposed', () => {
    const payload = { iin: people.author as Iin, name: 'Person 1', ...text };
    const state = afterOf(decide(absent, { type: 'access.block', payload }, people.manager)).registry;
    const answer = decide(proposed, commands['access.confirm'], people.manager, { registry: state });
    expect(codeOf(answer)).toBe('change-author-not-in-force');
  });
});

describe('the last two who can change rights', () => {
  const two = registryOfPeople([grantOf('1', ['security-officer']), grantOf('3', ['manager'])]);

  it('are not taken away by one of them', () => {
    const payload = { iin: '1' as Iin, name: 'Person 1', ...text };
    const answer = decide(absent, { type: 'access.block', payload }, '3', { registry: two });
    expect(codeOf(answer)).toBe('nobody-left-to-confirm');
  });

  it.each(['dismissed', 'without a role', 'without a certificate'] as const)('are not left %s', (how) => {
    const three = registryOfPeople([
      grantOf('1', ['security-officer']),
      grantOf('3', ['manager']),
      grantOf('5', ['security-officer']),
    ]);
    const manager = grantOf('3', how === 'without a role' ? [] : ['manager']);
    const record: StaffGrant = {
      ...manager,
      standing: how === 'dismissed' ? 'dismissed' : 'active',
      certificates: how === 'without a certificate' ? [] : manager.certificates,
    };
    const answer = decide(absent, propose(staffChange(three, record)), '1', { registry: three });
    expect(codeOf(answer)).toBe('nobody-left-to-confirm');
  });

  it('are two people, and never one who holds every role', () => {
    const both = ['security-officer', 'manager'] as const;
    const pair = registryOfPeople([grantOf('1', both), grantOf('3', both)]);
    const payload = { iin: '1' as Iin, name: 'Person 1', ...text };
    const answer = decide(absent, { type: 'access.block', payload }, '3', { registry: pair });
    expect(codeOf(answer)).toBe('nobody-left-to-confirm');
  });

  it('are not forgotten by a policy', () => {
    const current = registry.policies[0];
    if (current === undefined) throw new Error('a policy');
    const record = { ...accessPolicy(2, nowMs + dayMs), changes: {} };
    const change: AccessChange = { kind: 'policy', before: current, record };
    const named = { ...change, before: { record: current.record, hash: current.hash } };
    expect(codeOf(decide(absent, propose(named), people.author))).toBe('nobody-left-to-confirm');
  });
});
