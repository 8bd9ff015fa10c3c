import { describe, expect, it } from 'vitest';
import {
  factorMatrix,
  factorMethods,
  factorPurposes,
  isSwitchable,
  judgeByRows,
  judgeFactors,
  kindOfFactor,
  type FactorMethod,
  type FactorPurpose,
  type FactorRules,
  type FactorSwitch,
  type Realm,
} from './index.ts';

/**
 * The rules, written out by hand from № 57 (57-8 to 57-11) and the security procedure, and not from the code. Rows and columns are
 * the methods in their order: password, card EDS, token PIN, EDS file, TOTP, FIDO key, SMS code, e-mail code, device key, phone
 * biometrics, face by the state's service, face by a camera of the platform. `+` counts, `s` counts where the policy switches it
 * on, `.` never; on the diagonal stands the method alone.
 */
const tables: Readonly<Record<Realm, Readonly<Record<FactorPurpose, string>>>> = {
  staff: {
    'sign-in': `
      . + . . . . . . . . s s
      + . s . . . . . . . s s
      . s . . . . . . . . . .
      . . . . . . . . . . . .
      . . . . . . . . . . s s
      . . . . . . . . . . s s
      . . . . . . . . . . s s
      . . . . . . . . . . . .
      . . . . . . . . . . s s
      . . . . . . . . . . . .
      s s . . s s s . s . . .
      s s . . s s s . s . . .`,
    'step-up': `
      . + . . . . . . . . . .
      + . . . . . . . . . s s
      . . . . . . . . . . . .
      . . . . . . . . . . . .
      . . . . . . . . . . . .
      . . . . . . . . . . . .
      . . . . . . . . . . . .
      . . . . . . . . . . . .
      . . . . . . . . . . . .
      . . . . . . . . . . . .
      . s . . . . . . . . . .
      . s . . . . . . . . . .`,
    'first-registration': `
      . . . . . . . . . . . .
      . . . . . . . . . . . .
      . . . . . . . . . . . .
      . . . . . . . . . . . .
      . . . . . . . . . . . .
      . . . . . . . . . . . .
      . . . . . . . . . . . .
      . . . . . . . . . . . .
      . . . . . . . . . . . .
      . . . . . . . . . . . .
      . . . . . . . . . . . .
      . . . . . . . . . . . .`,
    'password-change': `
      . + . . . . . . . . . .
      + . . . . . . . . . s s
      . . . . . . . . . . . .
      . . . . . . . . . . . .
      . . . . . . . . . . . .
      . . . . . . . . . . . .
      . . . . . . . . . . . .
      . . . . . . . . . . . .
      . . . . . . . . . . . .
      . . . . . . . . . . . .
      . s . . . . . . . . . .
      . s . . . . . . . . . .`,
    'break-glass': `
      . . . . + + . . s s . .
      . . . . . . . . . . . .
      . . . . . . . . . . . .
      . . . . . . . . . . . .
      + . . . . . . . . . . .
      + . . . . . . . . . . .
      . . . . . . . . . . . .
      . . . . . . . . . . . .
      s . . . . . . . . . . .
      s . . . . . . . . . . .
      . . . . . . . . . . . .
      . . . . . . . . . . . .`,
  },
  participant: {
    'sign-in': `
      . + . + . . . . . . + +
      + . . . . . . . . . + +
      . . . . . . . . . . . .
      + . . . . . . . . . + +
      . . . . . . . . . . + +
      . . . . . . . . . . + +
      . . . . . . . . . . + +
      . . . . . . . . . . . .
      . . . . . . . . . . + +
      . . . . . . . . . . . .
      + + . + + + + . + . . .
      + + . + + + + . + . . .`,
    // What is enough alone is enough with anything beside it.
    'step-up': `
      . + . . . . . . . . + +
      + + + + + + + + + + + +
      . + . . . . . . . . + +
      . + . . . . . . . . + +
      . + . . . . . . . . + +
      . + . . . . . . . . + +
      . + . . . . . . . . + +
      . + . . . . . . . . + +
      . + . . . . . . . . + +
      . + . . . . . . . . + +
      + + + + + + + + + + + +
      + + + + + + + + + + + +`,
    'first-registration': `
      . s . . . . . . . . s s
      s s s s s s s s s s + +
      . s . . . . . . . . s s
      . s . . . . . . . . s s
      . s . . . . . . . . s s
      . s . . . . . . . . s s
      . s . . . . . . . . s s
      . s . . . . . . . . s s
      . s . . . . . . . . s s
      . s . . . . . . . . s s
      s + s s s s s s s s s s
      s + s s s s s s s s s s`,
    'password-change': `
      . . . . . . . . . . + +
      . . . . . . . . . . + +
      . . . . . . . . . . . .
      . . . . . . . . . . . .
      . . . . . . . . . . . .
      . . . . . . . . . . . .
      . . . . . . . . . . . .
      . . . . . . . . . . . .
      . . . . . . . . . . . .
      . . . . . . . . . . . .
      + + . . . . . . . . . .
      + + . . . . . . . . . .`,
    'break-glass': `
      . . . . . . . . . . . .
      . . . . . . . . . . . .
      . . . . . . . . . . . .
      . . . . . . . . . . . .
      . . . . . . . . . . . .
      . . . . . . . . . . . .
      . . . . . . . . . . . .
      . . . . . . . . . . . .
      . . . . . . . . . . . .
      . . . . . . . . . . . .
      . . . . . . . . . . . .
      . . . . . . . . . . . .`,
  },
};

const realms = ['staff', 'participant'] as const;
const carrier = '1.2.398.3.3.5.1';
const questions = realms.flatMap((realm) => factorPurposes.map((purpose) => ({ realm, purpose })));

type Cell = '+' | 's' | '.';

function cellsOf(realm: Realm, purpose: FactorPurpose): readonly (readonly Cell[])[] {
  return tables[realm][purpose]
    .trim()
    .split('\n')
    .map((line) => line.trim().split(' ') as Cell[]);
}

/** Every set of one, two and three methods. */
const sets: readonly (readonly FactorMethod[])[] = factorMethods.flatMap((one, i) => [
  [one],
  ...factorMethods
    .slice(i + 1)
    .flatMap((two, k) => [[one, two], ...factorMethods.slice(i + k + 2).map((three) => [one, two, three])]),
]);

/** What the table says of a set: the best of its singles and pairs. */
function expected(realm: Realm, purpose: FactorPurpose, methods: readonly FactorMethod[]): Cell {
  const cells = cellsOf(realm, purpose);
  const at = methods.map((method) => factorMethods.indexOf(method));
  const found = at.flatMap((row) => at.map((column) => cells[row]?.[column]));
  return found.includes('+') ? '+' : found.includes('s') ? 's' : '.';
}

/** Everything that anybody could write into a policy, allowed or not. */
const everything: readonly FactorSwitch[] = questions.flatMap((question) =>
  sets.filter(({ length }) => length < 3).map((methods) => ({ ...question, methods })),
);
const policies: Readonly<Record<'bare' | 'open' | 'hostile', FactorRules | undefined>> = {
  bare: undefined,
  open: { switchedOn: everything.filter(isSwitchable), pinCarriers: [carrier] },
  hostile: { switchedOn: everything, pinCarriers: [carrier] },
};

describe('the matrix of factors', () => {
  it('has every single, pair and triple of twelve methods', () => {
    expect(sets.length).toBe(12 + 66 + 220);
    for (const { realm, purpose } of questions) {
      const cells = cellsOf(realm, purpose);
      expect(cells.map((row) => row.length)).toEqual(factorMethods.map(() => 12));
      // Written twice, once from each side: a slip of the hand shows.
      for (const [row, line] of cells.entries())
        for (const [column, cell] of line.entries()) expect(cells[column]?.[row]).toBe(cell);
    }
  });

  it.each(
    questions.flatMap((question) => (['bare', 'open', 'hostile'] as const).map((policy) => ({ ...question, policy }))),
  )('judges $realm for $purpose by the table, every set of methods, under a policy that is $policy', (one) => {
    const { realm, purpose, policy } = one;
    for (const methods of sets) {
      const cell = expected(realm, purpose, methods);
      const shown = { methods, carrier };
      const judged = judgeFactors({ realm, purpose, shown, rules: policies[policy] });
      expect([methods.join(), judged.ok]).toEqual([
        methods.join(),
        cell === '+' || (cell === 's' && policy !== 'bare'),
      ]);
    }
  });

  it.each(['bare', 'open', 'hostile'] as const)(
    'refuses a participant every pair without EDS or face, under a policy that is %s',
    (policy) => {
      const strong: readonly FactorMethod[] = ['card-eds', 'eds-file', 'face-coid', 'face-platform'];
      const weak = sets.filter((methods) => !methods.some((method) => strong.includes(method)));
      expect(weak.length).toBe(8 + 28 + 56);
      for (const purpose of factorPurposes)
        for (const methods of weak)
          expect(judgeFactors({ realm: 'participant', purpose, shown: { methods }, rules: policies[policy] }).ok).toBe(
            false,
          );
    },
  );

  it('holds to that, and to two kinds, by rows that would let everything in', () => {
    for (const { realm, purpose } of questions)
      for (const methods of sets) {
        const rows = [{ methods, staff: 'on', participant: 'on' }] as const;
        const judged = judgeByRows(rows, { realm, purpose, shown: { methods, carrier }, rules: policies.open });
        const names = methods.join();
        const isStrong = ['eds', 'face'].some((part) => names.includes(part));
        const isFaced = names.includes('face');
        const mayBeOne = realm === 'participant' && (purpose === 'step-up' || purpose === 'first-registration');
        const kinds = new Set(methods.map((method) => kindOfFactor[method])).size;
        const isLet =
          (mayBeOne || kinds > 1) && (realm === 'staff' || (purpose === 'password-change' ? isFaced : isStrong));
        expect([realm, purpose, names, judged.ok]).toEqual([realm, purpose, names, isLet]);
      }
  });

  it('lets no face be replaced where a participant changes his password', () => {
    const faceless = sets.filter((methods) => !methods.includes('face-coid') && !methods.includes('face-platform'));
    for (const methods of faceless) {
      const question = { realm: 'participant', purpose: 'password-change', shown: { methods } } as const;
      expect(judgeFactors({ ...question, rules: policies.hostile }).ok).toBe(false);
    }
  });

  it('opens no sign-in to one factor, or to two of a kind', () => {
    for (const realm of realms)
      for (const methods of sets) {
        if (new Set(methods.map((method) => kindOfFactor[method])).size > 1) continue;
        const question = { realm, purpose: 'sign-in', shown: { methods, carrier } } as const;
        expect(judgeFactors({ ...question, rules: policies.hostile }).ok).toBe(false);
      }
  });

  it('takes a code by the clock of a person beside a face alone, and beside a password of nobody but the sealed account', () => {
    const judge = (purpose: FactorPurpose, methods: readonly FactorMethod[], rules: FactorRules | undefined): boolean =>
      judgeFactors({ realm: 'staff', purpose, shown: { methods, carrier }, rules }).ok;
    for (const face of ['face-coid', 'face-platform'] as const) {
      expect(judge('sign-in', [face, 'totp'], policies.open)).toBe(true);
      expect(judge('sign-in', [face, 'totp'], policies.bare)).toBe(false);
    }
    for (const purpose of factorPurposes)
      expect([purpose, judge(purpose, ['password', 'totp'], policies.hostile)]).toEqual([
        purpose,
        purpose === 'break-glass',
      ]);
  });

  it('takes the PIN of a card for knowledge only of a carrier that the policy lists', () => {
    const question = { realm: 'staff', purpose: 'sign-in', rules: policies.open } as const;
    const methods = ['card-eds', 'token-pin'] as const;
    expect(judgeFactors({ ...question, shown: { methods, carrier } }).ok).toBe(true);
    expect(judgeFactors({ ...question, shown: { methods, carrier: '1.2.398.3.3.5.2' } }).ok).toBe(false);
    expect(judgeFactors({ ...question, shown: { methods } }).ok).toBe(false);
  });

  it('lets a policy switch on what the matrix leaves to it, and nothing else', () => {
    for (const one of everything) {
      const row = factorMatrix[one.purpose].find(
        ({ methods }) => methods.toSorted().join() === one.methods.toSorted().join(),
      );
      expect(isSwitchable(one)).toBe(row?.[one.realm] === 'switch');
    }
  });
});
