import { csvOf } from '../../../core/access/index.ts';
import type { ActEnvelope } from '../../../core/signing/index.ts';
import { words, type Locale } from '../../../locales/index.ts';

/**
 * The result of a review of rights as CSV, word for word what its first person signed; `undefined` for any other act. It counts from the
 * receipt of the second signature on, which is an act of its own on the same case.
 */
export function reviewCsv(envelope: ActEnvelope, locale: Locale): string | undefined {
  if (envelope.type !== 'access.propose' || envelope.payload.change.kind !== 'review') return undefined;
  const { change, reason, basis } = envelope.payload;
  const column = (name: 'name' | 'iin' | 'roles' | 'decision'): string => words(locale, `screens.review.csv.${name}`);
  return csvOf([
    [words(locale, 'screens.change.what.review.reviewed'), envelope.subject.case, reason, basis],
    [column('name'), column('iin'), column('roles'), column('decision')],
    ...change.people.map(({ name, iin, roles, decision }) => [
      ...[name, iin, roles.map((role) => words(locale, `screens.role.${role}`)).join('; ')],
      words(locale, `screens.review.csv.${decision}`),
    ]),
  ]);
}
