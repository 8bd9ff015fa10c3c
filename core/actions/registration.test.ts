import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seeded } from '../../tests/support/index.ts';
import type { Iin } from '../kernel/index.ts';
import {
  registrationActTypes,
  decideRegistration,
  evolveRegistration,
  type RegistrationActType,
  type DecideContext,
  type Registration,
  type RegistrationCommand,
  type RegistrationEvent,
  type RegistrationForm,
} from './index.ts';

const registrar = '1' as Iin;
const reviewer = '2' as Iin;
const colleague = '3' as Iin;
const form = { number: '2026-00001' } as RegistrationForm;
const otherForm = { number: '2026-00001', language: 'ru' } as RegistrationForm;
const claimTtlMs = 1_000;
const note = 'see page 2';

const commands: Readonly<Record<RegistrationActType, RegistrationCommand>> = {
  'registration.submit': { type: 'registration.submit', payload: { form } },
  'registration.claim': { type: 'registration.claim', payload: {} },
  'registration.release': { type: 'registration.release', payload: {} },
  'registration.return': { type: 'registration.return', payload: { reasons: ['document-expired'], note } },
  'registration.approve': { type: 'registration.approve', payload: { note } },
  'registration.refuse': { type: 'registration.refuse', payload: { reasons: ['face-mismatch'], note } },
};

function context(iin: Iin, nowMs: number): DecideContext {
  return { actor: { iin, roles: [] }, nowMs, claimTtlMs };
}

function fold(...events: readonly RegistrationEvent[]): Registration {
  return events.reduce<Registration>(evolveRegistration, { status: 'absent' });
}

const submitted: RegistrationEvent = { type: 'submitted', by: registrar, atMs: 10, form };
const claimed: RegistrationEvent = { type: 'claimed', by: reviewer, atMs: 20, untilMs: 20 + claimTtlMs };
const stamp = { by: reviewer, atMs: 30, note };

const states = {
  absent: fold(),
  submitted: fold(submitted),
  claimed: fold(submitted, claimed),
  'claimed, run out': fold(submitted, { ...claimed, untilMs: 25 }),
  returned: fold(submitted, claimed, { ...stamp, type: 'returned', reasons: ['document-expired'] }),
  approved: fold(submitted, claimed, { ...stamp, type: 'approved' }),
  refused: fold(submitted, claimed, { ...stamp, type: 'refused', reasons: ['face-mismatch'] }),
} as const satisfies Readonly<Record<string, Registration>>;

type State = keyof typeof states;
const actors = { submitter: registrar, claimant: reviewer, another: colleague } as const;
type Actor = keyof typeof actors;

const verbs = {
  submit: 'registration.submit',
  claim: 'registration.claim',
  release: 'registration.release',
  decide: 'registration.approve',
} as const;

/** What becomes of a command: the event, or the refusal. Columns: submit, claim, release, return|approve|refuse. */
const table: Readonly<Record<State, Readonly<Record<Actor, readonly [string, string, string, string]>>>> = {
  absent: {
    submitter: ['submitted', 'case-absent', 'case-absent', 'case-absent'],
    claimant: ['submitted', 'case-absent', 'case-absent', 'case-absent'],
    another: ['submitted', 'case-absent', 'case-absent', 'case-absent'],
  },
  submitted: {
    submitter: ['case-exists', 'case-own-submission', 'case-own-submission', 'case-own-submission'],
    claimant: ['case-exists', 'claimed', 'case-not-claimed', 'case-not-claimed'],
    another: ['case-exists', 'claimed', 'case-not-claimed', 'case-not-claimed'],
  },
  claimed: {
    submitter: ['case-exists', 'case-own-submission', 'case-own-submission', 'case-own-submission'],
    claimant: ['case-exists', 'case-claimed-already', 'released', 'decided'],
    another: ['case-exists', 'case-claimed-by-other', 'case-claimed-by-other', 'case-claimed-by-other'],
  },
  'claimed, run out': {
    submitter: ['case-exists', 'case-own-submission', 'case-own-submission', 'case-own-submission'],
    claimant: ['case-exists', 'claimed', 'released', 'decided'],
    another: ['case-exists', 'claimed', 'case-claimed-by-other', 'case-claimed-by-other'],
  },
  returned: {
    submitter: ['submitted', 'case-not-claimed', 'case-not-claimed', 'case-not-claimed'],
    claimant: ['submitted', 'case-not-claimed', 'case-not-claimed', 'case-not-claimed'],
    another: ['submitted', 'case-not-claimed', 'case-not-claimed', 'case-not-claimed'],
  },
  approved: {
    submitter: ['case-closed', 'case-closed', 'case-closed', 'case-closed'],
    claimant: ['case-closed', 'case-closed', 'case-closed', 'case-closed'],
    another: ['case-closed', 'case-closed', 'case-closed', 'case-closed'],
  },
  refused: {
    submitter: ['case-closed', 'case-closed', 'case-closed', 'case-closed'],
    claimant: ['case-closed', 'case-closed', 'case-closed', 'case-closed'],
    another: ['case-closed', 'case-closed', 'case-closed', 'case-closed'],
  },
};

const decisions = {
  'registration.return': 'returned',
  'registration.approve': 'approved',
  'registration.refuse': 'refused',
} as const;

function expected(state: State, actor: Actor, type: RegistrationActType): string {
  const row = table[state][actor];
  if (type === verbs.submit) return row[0];
  if (type === verbs.claim) return row[1];
  if (type === verbs.release) return row[2];
  return row[3] === 'decided' ? decisions[type as keyof typeof decisions] : row[3];
}

const every = (Object.keys(states) as State[]).flatMap((state) =>
  (Object.keys(actors) as Actor[]).flatMap((actor) =>
    registrationActTypes.map((type) => [state, actor, type, expected(state, actor, type)] as const),
  ),
);

describe('the life cycle of a registration', () => {
  it.each(every)('of a case that is %s: %s, %s → %s', (state, actor, type, outcome) => {
    const decided = decideRegistration(states[state], commands[type], context(actors[actor], 40));
    expect(decided.ok ? decided.value.type : decided.refusal.code).toBe(outcome);
    if (decided.ok) expect(decided.value).toMatchObject({ by: actors[actor], atMs: 40 });
  });

  it('lets a claim run out at its end, not before', () => {
    const at = (nowMs: number): boolean =>
      decideRegistration(states.claimed, commands[verbs.claim], context(colleague, nowMs)).ok;
    expect([at(20 + claimTtlMs - 1), at(20 + claimTtlMs)]).toEqual([false, true]);
  });

  it('gives a claim the length that the policy names', () => {
    const decided = decideRegistration(states.submitted, commands[verbs.claim], {
      ...context(reviewer, 100),
      claimTtlMs: 7,
    });
    expect(decided.ok && decided.value).toEqual({ type: 'claimed', by: reviewer, atMs: 100, untilMs: 107 });
  });

  it('takes the decision from whoever lost a claim that somebody took over', () => {
    const takenOver = fold(
      submitted,
      { ...claimed, untilMs: 25 },
      { ...claimed, by: colleague, atMs: 40, untilMs: 90 },
    );
    const late = decideRegistration(takenOver, commands['registration.approve'], context(reviewer, 50));
    expect(!late.ok && late.refusal.code).toBe('case-claimed-by-other');
  });

  it.each([
    ['registration.return', [], note, 'reason-missing'],
    ['registration.refuse', [], note, 'reason-missing'],
    ['registration.return', ['other'], ' \n', 'note-missing'],
    ['registration.refuse', ['other', 'face-mismatch'], '', 'note-missing'],
    ['registration.refuse', ['other'], note, 'refused'],
    ['registration.return', ['document-expired'], '', 'returned'],
  ] as const)('asks for reasons: %s with %j and note %j → %s', (type, reasons, text, outcome) => {
    const decided = decideRegistration(
      states.claimed,
      { type, payload: { reasons, note: text } },
      context(reviewer, 40),
    );
    expect(decided.ok ? decided.value.type : decided.refusal.code).toBe(outcome);
  });

  it('keeps everybody who ever submitted a version from deciding on any later one', () => {
    const again = evolveRegistration(states.returned, { type: 'submitted', by: colleague, atMs: 50, form: otherForm });
    expect(again).toMatchObject({
      status: 'submitted',
      form: otherForm,
      submitters: [registrar, colleague],
      claim: null,
      decision: null,
    });
    for (const person of [registrar, colleague]) {
      const claim = decideRegistration(again, commands[verbs.claim], context(person, 60));
      expect(!claim.ok && claim.refusal.code).toBe('case-own-submission');
    }
    expect(decideRegistration(again, commands[verbs.claim], context(reviewer, 60)).ok).toBe(true);
  });

  it('takes a stream that does not begin with a submission for a bug', () => {
    expect(() => fold(claimed)).toThrow('the first event is submitted');
  });
});

const anyStep = fc.record({
  type: fc.constantFrom(...registrationActTypes),
  by: fc.constantFrom(registrar, reviewer, colleague),
  waitMs: fc.nat(2 * claimTtlMs),
});

type Played = {
  readonly state: Registration;
  readonly events: readonly RegistrationEvent[];
  readonly states: readonly Registration[];
};

/** Proposes each step in turn; what is refused leaves no event. */
function play(
  steps: readonly { readonly type: RegistrationActType; readonly by: Iin; readonly waitMs: number }[],
): Played {
  let nowMs = 0;
  return steps.reduce<Played>(
    (played, { type, by, waitMs }) => {
      nowMs += waitMs;
      const decided = decideRegistration(played.state, commands[type], context(by, nowMs));
      if (!decided.ok) return played;
      const state = evolveRegistration(played.state, decided.value);
      return { state, events: [...played.events, decided.value], states: [...played.states, state] };
    },
    { state: { status: 'absent' }, events: [], states: [] },
  );
}

describe('any stream of proposals', () => {
  it('folds again to the very state that it led to', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 40 }), (steps) => {
        const played = play(steps);
        expect(fold(...played.events)).toEqual(played.state);
        const revived = JSON.parse(JSON.stringify(played.events)) as readonly RegistrationEvent[];
        expect(fold(...revived)).toEqual(played.state);
      }),
      seeded('replay', 500),
    );
  });

  it('never lets one pair of eyes do both halves, and never moves a decided case', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 60 }), (steps) => {
        const { events, states: passed } = play(steps);
        const submitters = new Set<Iin>();
        events.forEach((event, at) => {
          if (event.type === 'submitted') submitters.add(event.by);
          else expect(submitters.has(event.by)).toBe(false);
          if (event.type === 'approved' || event.type === 'refused') expect(at).toBe(events.length - 1);
        });
        for (const state of passed) {
          if (state.status === 'absent') throw new Error('an event makes a case');
          expect(state.claim !== null).toBe(state.status === 'claimed');
          expect(state.decision !== null).toBe(['returned', 'approved', 'refused'].includes(state.status));
        }
      }),
      seeded('four eyes', 500),
    );
  });

  it('would be caught deciding with one pair of eyes, were the rule not there', () => {
    const forged = fold(submitted, { ...claimed, by: registrar });
    const decided = decideRegistration(forged, commands['registration.approve'], context(registrar, 40));
    expect(!decided.ok && decided.refusal.code).toBe('case-own-submission');
  });
});
