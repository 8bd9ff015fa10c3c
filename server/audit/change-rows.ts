import { caseHashStart } from '../../core/signing/index.ts';
import { purposes } from '../intake/index.ts';
import { readChangeRows, readRowsBy, type Feed, type Row } from '../store/index.ts';
import type { CheckedAct } from './act-rows.ts';
import type { AuditRun } from './run.ts';

type Accepted = CheckedAct & { readonly envelope: NonNullable<CheckedAct['envelope']> };
type Told = {
  readonly hash?: unknown;
  readonly act?: { readonly [name: string]: unknown };
};

function openTold({ key }: Accepted, row: Row<'change'>): Told | undefined {
  try {
    return JSON.parse(key.open(purposes.change, row.sealed).toString()) as Told;
  } catch {
    return undefined;
  }
}

function isToldOf({ envelope, row: act }: Accepted, { act: told = {} }: Told): boolean {
  return (
    told['id'] === envelope.id &&
    told['type'] === envelope.type &&
    told['hash'] === act.envelope_hash &&
    told['device'] === envelope.device &&
    told['claimedAtMs'] === envelope.claimedAtMs &&
    told['receivedAtMs'] === act.received_at_ms
  );
}

function scopeOfAct({ envelope }: Accepted): Feed {
  return envelope.type.startsWith('access.') ? 'access' : 'registration';
}

/** The feed of an act; of one whose row is wrong nobody knows it, and it counts as a registration. */
function feedOf(act: CheckedAct | undefined): Feed {
  return act?.envelope === undefined ? 'registration' : scopeOfAct(act as Accepted);
}

/** The first column of the change of an accepted act that is not what the act says. */
function faultOf(act: Accepted, row: Row<'change'>, position: number): keyof Row<'change'> | undefined {
  if (row.leaf_id !== act.row.leaf_id) return 'leaf_id';
  if (row.scope !== scopeOfAct(act)) return 'scope';
  if (row.at_ms !== act.row.received_at_ms) return 'at_ms';
  const told = openTold(act, row);
  if (told === undefined || !isToldOf(act, told)) return 'sealed';
  return row.position === position ? undefined : 'position';
}

export type FeedCounts = Readonly<Record<Feed, number>>;

/** Follows the accepted acts in the order of the log: the change feed has one row for each, in that order. */
export type ChangeRows = {
  /** Takes the acts of a page: for each accepted leaf its act, or `undefined` where that was found to be wrong. */
  readonly take: (accepted: readonly (CheckedAct | undefined)[]) => Promise<void>;
  /** Rows of each feed. */
  readonly counts: () => FeedCounts;
  readonly cases: () => number;
};

export function openChangeRows(run: AuditRun): ChangeRows {
  const { report, session } = run;
  const counts: Record<Feed, number> = { registration: 0, access: 0 };
  let cases = 0;

  async function compareNumbers(submits: readonly Accepted[]): Promise<void> {
    const numbers = new Map(
      submits.flatMap(({ envelope }) =>
        envelope.type === 'registration.submit' ? [[envelope.payload.form.number, envelope.subject.case] as const] : [],
      ),
    );
    const by = { column: 'number', values: [...numbers.keys()] } as const;
    const rows = new Map((await readRowsBy(session, 'case_number', by)).map((row) => [row.number, row.case_id]));
    for (const [number, caseId] of numbers) {
      if (rows.get(number) === caseId) continue;
      const is = rows.has(number) ? 'different' : 'missing';
      report({ place: 'table case_number', key: caseId, is, expected: 'case-number' });
    }
  }

  async function compareNewCases(acts: readonly Accepted[]): Promise<void> {
    const fresh = acts.filter(({ envelope }) => envelope.subject.hash === caseHashStart);
    cases += fresh.length;
    const values = fresh.map(({ envelope }) => envelope.subject.case);
    const found = new Set(
      (await readRowsBy(session, 'case_state', { column: 'case_id', values })).map((row) => row.case_id),
    );
    for (const id of values)
      if (!found.has(id)) report({ place: 'table case_state', key: id, is: 'missing', expected: 'case' });
  }

  return {
    counts: () => counts,
    cases: () => cases,
    take: async (accepted) => {
      const acts = accepted.filter((act): act is Accepted => act?.envelope !== undefined);
      const revisionOf = ({ envelope }: Accepted): number => envelope.subject.revision + 1;
      const asked = acts.map((act) => ({ caseId: act.envelope.subject.case, revision: revisionOf(act) }));
      const rows = new Map(
        (await readChangeRows(session, asked)).map((row) => [`${row.case_id}/${row.revision}`, row]),
      );
      for (const act of accepted) {
        const feed = feedOf(act);
        counts[feed] += 1;
        if (act?.envelope === undefined) continue;
        const whole = act as Accepted;
        const key = `${whole.envelope.subject.case}/${revisionOf(whole)}`;
        const row = rows.get(key);
        const column = row === undefined ? undefined : faultOf(whole, row, counts[feed]);
        if (row === undefined) report({ place: 'table change', key, is: 'missing', expected: 'change' });
        else if (column !== undefined) {
          const expected = column === 'position' ? 'change-order' : 'act';
          report({ place: 'table change', key, column, is: 'different', expected });
        }
      }
      await compareNumbers(acts.filter(({ envelope }) => envelope.type === 'registration.submit'));
      await compareNewCases(acts);
    },
  };
}
