import { isRegistration, type CaseState } from '../../core/actions/index.ts';
import { parseActEnvelope } from '../../contracts/documents/index.ts';
import { parseLeaf } from '../../core/log/index.ts';
import { openFold, purposes, scopeOf } from '../intake/index.ts';
import type { DataKey } from '../keys/index.ts';
import { readActsAt, readNewestChanges, readRowsBy, scanTable, type Row, type Session } from '../store/index.ts';
import type { AuditRun } from './run.ts';

function hashOfChange(key: DataKey, row: Row<'change'>): unknown {
  try {
    return (JSON.parse(key.open(purposes.change, row.sealed).toString()) as { readonly hash?: unknown }).hash;
  } catch {
    // The change itself is named where acts are compared.
    return undefined;
  }
}

function numberOf(row: Row<'case_state'>, key: DataKey): string | undefined {
  try {
    const { state } = openFold(row, key);
    return isRegistration(state) ? state.form.number : undefined;
  } catch {
    return undefined;
  }
}

function stateOf(row: Row<'case_state'>, key: DataKey): CaseState | undefined {
  try {
    return openFold(row, key).state;
  } catch {
    return undefined;
  }
}

async function comparePage(run: AuditRun, page: readonly Row<'case_state'>[]): Promise<void> {
  const { report, session, subjectKeys } = run;
  const ids = page.map((row) => row.case_id);
  const changes = new Map((await readNewestChanges(session, ids)).map((row) => [row.case_id, row]));
  const keys = await subjectKeys.known(ids.map((id) => `case:${id}`));
  for (const row of page) {
    const named = { place: 'table case_state', key: row.case_id, is: 'different' } as const;
    const change = changes.get(row.case_id);
    const key = keys.get(`case:${row.case_id}`);
    const state = key === undefined ? undefined : stateOf(row, key);
    if (change === undefined) report({ ...named, is: 'added', expected: 'case' });
    else if (row.revision !== change.revision) report({ ...named, column: 'revision', expected: 'case-change' });
    else if (key === undefined || state === undefined || state.status === 'absent')
      report({ ...named, column: 'sealed', expected: 'sealed-record' });
    else if (row.scope !== scopeOf(state)) report({ ...named, column: 'scope', expected: 'known-value' });
    else if (hashOfChange(key, change) !== row.hash) report({ ...named, column: 'hash', expected: 'case-change' });
  }
}

/** Compares every case with the newest change of its feed. */
export async function checkCases(run: AuditRun): Promise<void> {
  for await (const page of scanTable(run.session, 'case_state')) await comparePage(run, page);
}

/** The acts of a case, found by way of its changes. */
async function actsOf(session: Session, caseId: string): Promise<readonly Row<'act'>[]> {
  const changes = await readRowsBy(session, 'change', { column: 'case_id', values: [caseId] });
  const values = changes.map((row) => row.leaf_id);
  const leaves = await readRowsBy(session, 'leaf', { column: 'leaf_id', values });
  const places = leaves.flatMap(({ body }) => {
    const leaf = parseLeaf(body);
    if (!leaf.ok) return [];
    const { device, epoch, sequence } = leaf.value;
    return [{ device: device ?? '', epoch: epoch ?? '', sequence }];
  });
  return readActsAt(session, places);
}

/** Numbers that the present form of the case does not name may be those of an earlier submission. */
async function wasSubmitted(run: AuditRun, caseId: string, number: string): Promise<boolean> {
  const subject = `case:${caseId}`;
  const key = (await run.subjectKeys.known([subject])).get(subject);
  if (key === undefined) return false;
  for (const { sealed } of await actsOf(run.session, caseId)) {
    try {
      const { envelope } = JSON.parse(key.open(purposes.act, sealed).toString()) as { readonly envelope: string };
      const act = parseActEnvelope(envelope);
      if (act.ok && act.value.type === 'registration.submit' && act.value.payload.form.number === number) return true;
    } catch {
      // An act that does not open is named where acts are compared.
    }
  }
  return false;
}

/** Names the numbers that no case was ever submitted under. */
export async function checkNumbers(run: AuditRun): Promise<void> {
  const { report, session, subjectKeys } = run;
  for await (const page of scanTable(session, 'case_number')) {
    const ids = [...new Set(page.map((row) => row.case_id))];
    const rows = await readRowsBy(session, 'case_state', { column: 'case_id', values: ids });
    const states = new Map(rows.map((row) => [row.case_id, row]));
    const keys = await subjectKeys.known(ids.map((id) => `case:${id}`));
    for (const { case_id: id, number } of page) {
      const [state, key] = [states.get(id), keys.get(`case:${id}`)];
      const isPresent = state !== undefined && key !== undefined && numberOf(state, key) === number;
      if (!isPresent && !(await wasSubmitted(run, id, number)))
        report({ place: 'table case_number', key: id, is: 'added', expected: 'case-number' });
    }
  }
}
