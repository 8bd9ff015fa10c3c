/** A broken invariant: a bug of ours, never an expected outcome. A door turns it into the refusal `internal` and an incident id. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

/** Throws `InvariantError` when the condition is false. The message names the invariant and carries no values of users. */
export function assert(condition: boolean, invariant: string): asserts condition {
  if (!condition) throw new InvariantError(invariant);
}

/** Closes a switch over a union: a new member fails to compile here. */
export function never(value: never, what: string): never {
  throw new InvariantError(`unreachable ${what}: ${typeof value}`);
}
