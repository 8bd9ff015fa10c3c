import { ok, refuse, type Result } from '../kernel/index.ts';
import { factorMatrix, type FactorPurpose, type FactorRow } from './factor-matrix.ts';
import { kindOfFactor, type FactorMethod, type Realm } from './factor-methods.ts';

/** A row of the matrix that a policy switches on. */
export type FactorSwitch = {
  readonly realm: Realm;
  readonly purpose: FactorPurpose;
  readonly methods: readonly FactorMethod[];
};

/** What a policy says of factors; a policy without it switches nothing on. */
export type FactorRules = {
  readonly switchedOn: readonly FactorSwitch[];
  /** Carriers (as in `signatures.carriers`) whose own PIN counts as knowledge where `card-eds` with `token-pin` is switched on. */
  readonly pinCarriers: readonly string[];
};

/** What was shown and proven. `carrier` is the key carrier that the certificate of the card names. */
export type ShownFactors = { readonly methods: readonly FactorMethod[]; readonly carrier?: string };

export type FactorQuestion = {
  readonly realm: Realm;
  readonly purpose: FactorPurpose;
  readonly shown: ShownFactors;
  readonly rules: FactorRules | undefined;
};

const faces: readonly FactorMethod[] = ['face-coid', 'face-platform'];
const signaturesAndFaces: readonly FactorMethod[] = ['card-eds', 'eds-file', ...faces];

/** What a participant must show whatever rows and policies say: EDS or face (57-10), and for his password a face (57-11). */
function hasMandatory({ realm, purpose, shown: { methods } }: FactorQuestion): boolean {
  if (realm === 'staff') return true;
  const mandatory = purpose === 'password-change' ? faces : signaturesAndFaces;
  return methods.some((method) => mandatory.includes(method));
}

/** Purposes for which one factor may do: within a session that stands on two, and where 57-9 says that one is enough. */
function mayBeSingle({ realm, purpose }: Omit<FactorQuestion, 'shown' | 'rules'>): boolean {
  return realm === 'participant' && (purpose === 'step-up' || purpose === 'first-registration');
}

function hasTwoKinds(methods: readonly FactorMethod[]): boolean {
  return new Set(methods.map((method) => kindOfFactor[method])).size >= 2;
}

function isSame(one: readonly FactorMethod[], other: readonly FactorMethod[]): boolean {
  return one.length === other.length && one.every((method) => other.includes(method));
}

/** True where the policy may switch these methods on for this realm and purpose: nothing else may stand in a policy. */
export function isSwitchable({ realm, purpose, methods }: FactorSwitch): boolean {
  return factorMatrix[purpose].some((row) => row[realm] === 'switch' && isSame(row.methods, methods));
}

function isInForce(row: FactorRow, { realm, purpose, shown, rules }: FactorQuestion): boolean {
  const isSwitchedOn =
    rules?.switchedOn.some(
      (one) => one.realm === realm && one.purpose === purpose && isSame(one.methods, row.methods),
    ) ?? false;
  if (row[realm] !== 'on' && !(row[realm] === 'switch' && isSwitchedOn)) return false;
  if (!row.methods.includes('token-pin')) return true;
  return shown.carrier !== undefined && (rules?.pinCarriers.includes(shown.carrier) ?? false);
}

/**
 * Whether what was shown is enough: one row of the matrix, in force under the policy, is among it; more may be shown. A policy
 * switches on only what the matrix lets it. Answers the row. Refused `factors-refused`.
 */
export function judgeFactors(question: FactorQuestion): Result<FactorRow, 'factors-refused'> {
  return judgeByRows(factorMatrix[question.purpose], question);
}

/** As `judgeFactors`, by other rows: what № 57 asks of participants, and of two kinds, holds whatever the rows are. */
export function judgeByRows(
  rows: readonly FactorRow[],
  question: FactorQuestion,
): Result<FactorRow, 'factors-refused'> {
  const { shown } = question;
  if (!hasMandatory(question)) return refuse('factors-refused');
  const row = rows.find(
    (one) =>
      one.methods.every((method) => shown.methods.includes(method)) &&
      (hasTwoKinds(one.methods) || mayBeSingle(question)) &&
      isInForce(one, question),
  );
  return row === undefined ? refuse('factors-refused') : ok(row);
}
