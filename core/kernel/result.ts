/** A named reason why something was not done. The code is a key of `contracts/refusals`; details carry no personal data. */
export type Refusal<Code extends string = string> = {
  readonly code: Code;
  /** Values for the words of the refusal: numbers, names of fields, never secrets or personal data. */
  readonly details?: Readonly<Record<string, string | number>>;
  /** Set by a door when a bug was hidden behind the neutral refusal `internal`. */
  readonly incidentId?: string;
};

/** An expected outcome as a value: a removed card is not an exception. Bugs are thrown instead. */
export type Result<T, Code extends string = string> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusal: Refusal<Code> };

export function ok<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

export function refuse<Code extends string>(
  code: Code,
  details?: Readonly<Record<string, string | number>>,
): { readonly ok: false; readonly refusal: Refusal<Code> } {
  return { ok: false, refusal: details === undefined ? { code } : { code, details } };
}
