import { accessMatrix, csvOf, recordHash, type MatrixRow } from '../../core/access/index.ts';
import { ok, refuse, type Json, type Result } from '../../core/kernel/index.ts';
import { sha256 } from '../../eds/index.ts';
import type { OperatorOutput } from '../../contracts/ipc/index.ts';
import { isMessageId, words, type Locale } from '../../locales/index.ts';
import type { Shift } from './context.ts';

type PolicyView = OperatorOutput<'policies.get'>;

function viewOf({ enrolment: { policies, policy } }: Shift, at: number): PolicyView | undefined {
  const held = policies[at];
  if (held === undefined) return undefined;
  const { document, signers, basis } = held;
  const { version, effectiveFromMs } = document;
  const state = version === policy.version ? 'in-force' : version > policy.version ? 'ahead' : 'replaced';
  return {
    summary: { version, effectiveFromMs, hash: recordHash(sha256, document), state, signers: [...signers], basis },
    document,
    before: (policies[at - 1]?.document ?? null) as Json | null,
  };
}

/** The policies of this desk, newest first: that of the enrolment, which the platform key signed, and each that two people signed since. */
export function listPolicies(shift: Shift): Result<OperatorOutput<'policies.list'>> {
  const views = shift.enrolment.policies.flatMap((_policy, at) => viewOf(shift, at)?.summary ?? []);
  return ok({ items: views.toReversed() });
}

/** One version; `policy-not-in-force` for one that this workstation does not hold. */
export function readPolicy(shift: Shift, version: number): Result<PolicyView> {
  const at = shift.enrolment.policies.findIndex(({ document }) => document.version === version);
  const view = viewOf(shift, at);
  return view === undefined ? refuse('policy-not-in-force') : ok(view);
}

function rowName(locale: Locale, { part, id }: MatrixRow): string {
  const name = { act: `act-types.${id}`, change: `screens.change.kind.${id}`, read: `screens.scope.${id}` }[part];
  return isMessageId(name) ? words(locale, name) : id;
}

/** The table of rights of one policy as CSV: a row for each act, kind of change and stream, a column for each role, and what it stands on. */
export function permissionsCsv(policy: PolicyView['document'], locale: Locale): string {
  const matrix = accessMatrix(policy);
  const roles = matrix.columns.map((role) => words(locale, `screens.role.${role}`));
  const rows = matrix.rows.map((row) => [
    words(locale, `screens.matrix.part.${row.part}`),
    rowName(locale, row),
    ...row.cells.map((rights) => rights.map((right) => words(locale, `screens.right.${right}`)).join('; ')),
  ]);
  return csvOf([
    [words(locale, 'screens.policy.version', { version: policy.version }), recordHash(sha256, policy)],
    [words(locale, 'screens.matrix.section'), words(locale, 'screens.matrix.what'), ...roles],
    ...rows,
  ]);
}
