import type { AccessDraft, PersonSummary } from '../../../../contracts/ipc/index.ts';
import { whyFaults, whyOf, type Steps, type WhyFault, type WhyFields } from './steps.ts';

export type ReviewDecision = 'keep' | 'revoke';

/** What was decided of a person, and which record was looked at for it. */
type Decided = { readonly decision: ReviewDecision; readonly hash: string; readonly name: string };

export type ReviewFields = WhyFields & { readonly decided: Readonly<Record<string, Decided>> };
export type ReviewDraft = Steps<ReviewFields> & { readonly of: 'review' };
export type ReviewFault = WhyFault | { readonly field: null; readonly id: 'nobody-decided' | 'review-too-long' };

/** As many people as one signed review holds (`contracts/documents`). */
export const reviewedMax = 80;

export const startReview = (): ReviewDraft => ({
  of: 'review',
  fields: { decided: {}, reason: '', basis: '' },
  past: [],
  last: null,
});

/** What was decided of this very record: a record that has changed since is looked at anew. */
export function decisionOf(
  { fields }: ReviewDraft,
  person: Pick<PersonSummary, 'iin' | 'hash'>,
): ReviewDecision | null {
  const held = fields.decided[person.iin];
  return held === undefined || held.hash !== person.hash ? null : held.decision;
}

/** The decisions with one more; `null` takes it back. */
export function withDecision(
  { fields }: ReviewDraft,
  { iin, hash, name }: Pick<PersonSummary, 'iin' | 'hash' | 'name'>,
  decision: ReviewDecision | null,
): ReviewFields['decided'] {
  const { [iin]: _, ...rest } = fields.decided;
  return decision === null ? rest : { ...rest, [iin]: { decision, hash, name } };
}

/** Names of those who are kept and of those whose rights end. */
export function sidesOfReview({ fields }: ReviewDraft): Readonly<Record<ReviewDecision, readonly string[]>> {
  const all = Object.values(fields.decided);
  const of = (decision: ReviewDecision): readonly string[] =>
    all.filter((one) => one.decision === decision).map(({ name }) => name);
  return { keep: of('keep'), revoke: of('revoke') };
}

export function reviewFaults({ fields }: ReviewDraft): readonly ReviewFault[] {
  const count = Object.keys(fields.decided).length;
  return [
    ...(count === 0 ? [{ field: null, id: 'nobody-decided' } as const] : []),
    ...(count > reviewedMax ? [{ field: null, id: 'review-too-long' } as const] : []),
    ...whyFaults(fields),
  ];
}

/** The act that the review comes to, or `null` while something is missing. */
export function reviewAct(draft: ReviewDraft): AccessDraft | null {
  if (reviewFaults(draft).length > 0) return null;
  const people = Object.entries(draft.fields.decided).map(([iin, { decision, hash }]) => ({ iin, hash, decision }));
  return { type: 'access.propose', change: { kind: 'review', people }, ...whyOf(draft.fields) };
}
