/** A form that is being filled, with its way back. */
export type Steps<Fields> = {
  readonly fields: Fields;
  readonly past: readonly Fields[];
  /** The field that was edited last: letters of one word are one step back. */
  readonly last: keyof Fields | null;
};

/** Steps back that are kept: more than anybody takes one by one. */
const pastMax = 200;

type AnySteps = { readonly fields: object; readonly past: readonly object[]; readonly last: PropertyKey | null };

/** One field with another value; typing on in the same field is the same step back. */
export function editField<Draft extends AnySteps, Name extends keyof Draft['fields']>(
  draft: Draft,
  name: Name,
  value: Draft['fields'][Name],
): Draft {
  const held: Draft['fields'] = draft.fields;
  if (JSON.stringify(held[name]) === JSON.stringify(value)) return draft;
  const isOneStep = draft.last === name && typeof value === 'string';
  const past = isOneStep ? draft.past : [...draft.past, draft.fields].slice(-pastMax);
  return { ...draft, fields: { ...draft.fields, [name]: value }, past, last: name };
}

/** The form as it was before the last step; the same where there is none. */
export function undo<Draft extends AnySteps>(draft: Draft): Draft {
  const fields = draft.past.at(-1);
  return fields === undefined ? draft : { ...draft, fields, past: draft.past.slice(0, -1), last: null };
}

/** Records and reasons are lines: what was broken for the eye is one text. */
export const oneLine = (text: string): string => text.trim().replaceAll(/\s*\n\s*/gu, ' ');

/** Every change says why, and by which order or request. */
export type WhyFields = { readonly reason: string; readonly basis: string };
export type WhyFault = { readonly field: 'reason' | 'basis'; readonly id: 'reason-missing' | 'basis-missing' };

/** What of the two is missing. */
export function whyFaults({ reason, basis }: WhyFields): readonly WhyFault[] {
  return [
    ...(reason.trim() === '' ? [{ field: 'reason', id: 'reason-missing' } as const] : []),
    ...(basis.trim() === '' ? [{ field: 'basis', id: 'basis-missing' } as const] : []),
  ];
}

/** Both, as they are signed. */
export const whyOf = ({ reason, basis }: WhyFields): WhyFields => ({ reason: oneLine(reason), basis: oneLine(basis) });
