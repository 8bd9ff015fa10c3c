import { accessMatrix, csvOf, recordHash, type MatrixRow } from '../../core/access/index.ts';
import { ok, refuse, type Result } from '../../core/kernel/index.ts';
import { sha256 } from '../../eds/index.ts';
import type { OperatorOutput } from '../../contracts/ipc/index.ts';
import { isMessageId, words, type Locale } from '../../locales/index.ts';
import type { Engine, Shift } from './context.ts';

type PolicyView = OperatorOutput<'policies.get'>;

/** The policy of the enrolment, which the platform key signed: the one that acts of this workstation name. */
function policyOf(engine: Engine, { enrolment: { policy } }: Shift): PolicyView {
  const state = policy.effectiveFromMs <= engine.serverClock.serverNowMs() ? 'in-force' : 'ahead';
  const { version, effectiveFromMs } = policy;
  const hash = recordHash(sha256, policy);
  return { summary: { version, effectiveFromMs, hash, state, signers: [], basis: '' }, document: policy, before: null };
}

export function listPolicies(engine: Engine, shift: Shift): Result<OperatorOutput<'policies.list'>> {
  return ok({ items: [policyOf(engine, shift).summary] });
}

/** One version; `policy-not-in-force` for one that this workstation does not hold. */
export function readPolicy(engine: Engine, shift: Shift, version: number): Result<PolicyView> {
  const view = policyOf(engine, shift);
  return view.summary.version === version ? ok(view) : refuse('policy-not-in-force');
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
