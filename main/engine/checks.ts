import type { RegistrationForm } from '../../core/actions/index.ts';
import { parseIin } from '../../core/kernel/index.ts';
import type { CheckView } from '../../contracts/ipc/index.ts';

/** What the checks of a case are made from, besides the form itself. */
export type CheckContext = {
  readonly nowMs: number;
  /** Number of another case with the same IIN, if there is one. */
  readonly duplicateNumber: string | undefined;
  /** `isVerified`: signature and chain of certificates held here. `index`: of an own act with a verified receipt. */
  readonly submission: { readonly byName: string; readonly isVerified: boolean; readonly index: number | null };
};

const dayMs = 86_400_000;
const expiresSoonMs = 30 * dayMs;
const fullAge = 18;
const consentsNeeded = ['personal-data', 'biometrics', 'retention'] as const;

type Values = Readonly<Record<string, string | number>>;

function check(id: CheckView['id'], result: CheckView['result'], reason: string, values: Values = {}): CheckView {
  return { id, result, reason: `${id}.${reason}`, values };
}

/** `1986-04-12` as `12.04.1986`. */
function day(date: string): string {
  return date.split('-').toReversed().join('.');
}

function documentValid({ document }: RegistrationForm, nowMs: number): CheckView {
  const leftMs = Date.parse(`${document.expiresOn}T23:59:59Z`) - nowMs;
  const values = { expiresOn: day(document.expiresOn) };
  if (leftMs < 0) return check('document-valid', 'fail', 'expired', values);
  return check('document-valid', 'pass', leftMs < expiresSoonMs ? 'expires-soon' : 'pass', values);
}

/** The first seven digits of an IIN: date of birth, then century and sex. */
function birthDateOfIin(iin: string): string | undefined {
  const century = { 1: '18', 2: '18', 3: '19', 4: '19', 5: '20', 6: '20' }[Number(iin.charAt(6))];
  return century === undefined ? undefined : `${century}${iin.slice(0, 2)}-${iin.slice(2, 4)}-${iin.slice(4, 6)}`;
}

function identityNumber({ person }: RegistrationForm): CheckView {
  if (!parseIin(person.iin).ok) return check('identity-number', 'fail', 'malformed');
  const isSame = birthDateOfIin(person.iin) === person.birthDate;
  return isSame
    ? check('identity-number', 'pass', 'pass')
    : check('identity-number', 'fail', 'birth-date-mismatch', { birthDate: day(person.birthDate) });
}

function age({ person }: RegistrationForm, nowMs: number): CheckView {
  const now = new Date(nowMs);
  const born = new Date(`${person.birthDate}T00:00:00Z`);
  const hadBirthday =
    now.getUTCMonth() > born.getUTCMonth() ||
    (now.getUTCMonth() === born.getUTCMonth() && now.getUTCDate() >= born.getUTCDate());
  const years = now.getUTCFullYear() - born.getUTCFullYear() - (hadBirthday ? 0 : 1);
  return years >= fullAge ? check('age', 'pass', 'pass', { years }) : check('age', 'fail', 'under-age', { years });
}

function eds({ identification, person }: RegistrationForm): CheckView {
  if (identification.eds === null) {
    return check('eds', identification.method === 'eds' ? 'fail' : 'pass', 'absent');
  }
  const { subject, verdict } = identification.eds;
  const isSamePerson = subject.toUpperCase().includes(person.surname.toUpperCase());
  if (verdict === 'valid' && !isSamePerson) return check('eds', 'fail', 'other-person', { subject });
  const result = { valid: 'pass', invalid: 'fail', indeterminate: 'unknown' } as const;
  return check('eds', result[verdict], verdict, { subject });
}

function thousandths(permille: number): string {
  return (permille / 1_000).toFixed(2);
}

function face({ identification }: RegistrationForm): CheckView {
  if (identification.face === null) return check('face', identification.method === 'eds' ? 'pass' : 'fail', 'absent');
  const { scorePermille, thresholdPermille, reference } = identification.face;
  const values = { score: thousandths(scorePermille), threshold: thousandths(thresholdPermille) };
  if (scorePermille < thresholdPermille) return check('face', 'fail', 'below-threshold', values);
  return reference === 'document-photo'
    ? check('face', 'unknown', 'document-photo', values)
    : check('face', 'pass', 'pass', values);
}

function liveness({ identification }: RegistrationForm): CheckView {
  if (identification.face === null)
    return check('liveness', identification.method === 'eds' ? 'pass' : 'fail', 'absent');
  return identification.face.isLive ? check('liveness', 'pass', 'pass') : check('liveness', 'fail', 'not-live');
}

function consents(form: RegistrationForm): CheckView {
  const missing = consentsNeeded.filter((id) => !form.consents.some((consent) => consent.id === id));
  if (missing.length > 0) return check('consents', 'fail', 'missing', { missing: missing.join(', ') });
  return check('consents', 'pass', 'pass', { count: form.consents.length });
}

function authority({ kind, organisation }: RegistrationForm, nowMs: number): CheckView {
  if (organisation === null)
    return kind === 'individual' ? check('authority', 'pass', 'not-needed') : check('authority', 'fail', 'missing');
  const { basis, number, validUntil } = organisation.authority;
  if (basis === 'head') return check('authority', 'pass', 'head', { number });
  if (validUntil === null) return check('authority', 'unknown', 'no-date', { number });
  const isOver = Date.parse(`${validUntil}T23:59:59Z`) < nowMs;
  const values = { number, validUntil: day(validUntil) };
  return isOver ? check('authority', 'fail', 'expired', values) : check('authority', 'pass', 'valid', values);
}

function duplicate(number: string | undefined): CheckView {
  return number === undefined ? check('duplicate', 'pass', 'pass') : check('duplicate', 'fail', 'found', { number });
}

function submissionSignature({ submission }: CheckContext): CheckView {
  if (!submission.isVerified) return check('submission-signature', 'unknown', 'unknown');
  if (submission.index !== null)
    return check('submission-signature', 'pass', 'logged', { index: submission.index + 1 });
  return check('submission-signature', 'pass', 'pass', { name: submission.byName });
}

/** What a reviewer should look at, each with its reason; pure, so that the same case reads the same everywhere. */
export function checksOf(form: RegistrationForm, context: CheckContext): CheckView[] {
  return [
    documentValid(form, context.nowMs),
    identityNumber(form),
    age(form, context.nowMs),
    eds(form),
    face(form),
    liveness(form),
    consents(form),
    authority(form, context.nowMs),
    duplicate(context.duplicateNumber),
    submissionSignature(context),
  ];
}

/** How many of them a reviewer should see first; a signature that nobody checked here is shown, and is no fault of the case. */
export function flagsOf(checks: readonly CheckView[]): number {
  return checks.filter(({ id, result }) => result === 'fail' || (result === 'unknown' && id !== 'submission-signature'))
    .length;
}
