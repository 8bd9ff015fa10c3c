import { parseActEnvelope } from '../../contracts/documents/index.ts';
import type { ActEnvelope } from '../../core/signing/index.ts';
import { judgeStoredAct, type KeptAct } from '../intake/index.ts';
import { readActsAt, type Row } from '../store/index.ts';
import { isWhole, keyOf, type AuditRun, type LoggedLeaf } from './run.ts';
import type { DataKey } from '../keys/index.ts';

/** An act whose row is what its leaf says. */
export type CheckedAct = {
  readonly logged: LoggedLeaf;
  readonly row: Row<'act'>;
  readonly kept: KeptAct;
  readonly key: DataKey;
  /** Of accepted acts alone. */
  readonly envelope: ActEnvelope | undefined;
};

const placeOf = ({ leaf }: LoggedLeaf): string => `${leaf.device ?? ''}/${leaf.epoch ?? ''}/${leaf.sequence}`;

/** The envelope of an accepted act, where it is that of the leaf; whether it may stand at this place is for whoever knows the rights. */
function envelopeOf({ leaf }: LoggedLeaf, text: string): ActEnvelope | undefined {
  const parsed = parseActEnvelope(text);
  if (!parsed.ok) return undefined;
  const { id, device } = parsed.value;
  return id === leaf.actionId && device === leaf.device ? parsed.value : undefined;
}

function checkAct(
  run: AuditRun,
  logged: LoggedLeaf,
  found: { readonly row: Row<'act'>; readonly keys: ReadonlyMap<string, DataKey> },
): CheckedAct | undefined {
  const { report } = run;
  const { leaf, row: place } = logged;
  const { row, keys } = found;
  const named = { place: 'table act', key: placeOf(logged), is: 'different' } as const;
  const differs = (column: string, expected: 'column-of-leaf' | 'leaf-of-row' | 'subject-of-leaf'): undefined => {
    report({ ...named, column, expected });
    return undefined;
  };
  if (row.leaf_id !== place.leaf_id) return differs('leaf_id', 'leaf-of-row');
  if (!isWhole(place)) return undefined;
  if (row.subject !== place.subject) return differs('subject', 'subject-of-leaf');
  const key = keyOf(run, keys, row.subject);
  if (key === undefined) return undefined;
  const judged = judgeStoredAct(leaf, { row, opening: place.opening, key });
  if ('fault' in judged) {
    const { column, by } = judged.fault;
    if (column === 'opening') report({ ...named, place: 'table leaf', key: place.leaf_id, column, expected: by });
    else report({ ...named, column, expected: by });
    return undefined;
  }
  const envelope = leaf.outcome === 'accepted' ? envelopeOf(logged, judged.kept.envelope) : undefined;
  if (leaf.outcome === 'accepted' && envelope === undefined) return differs('sealed', 'column-of-leaf');
  const subject = envelope === undefined ? `device:${row.device}` : `case:${envelope.subject.case}`;
  if (subject !== row.subject) return differs('subject', 'subject-of-leaf');
  return { logged, row, kept: judged.kept, key, envelope };
}

/** Compares the acts of a page with their leaves; answers those that are right. */
export async function checkActs(run: AuditRun, acts: readonly LoggedLeaf[]): Promise<readonly CheckedAct[]> {
  const places = acts.map(({ leaf: { device, epoch, sequence } }) => ({
    device: device ?? '',
    epoch: epoch ?? '',
    sequence,
  }));
  const rows = new Map(
    (await readActsAt(run.session, places)).map((row) => [`${row.device}/${row.epoch}/${row.sequence}`, row]),
  );
  const keys = await run.subjectKeys.known([...rows.values()].map((row) => row.subject));
  return acts.flatMap((logged) => {
    const row = rows.get(placeOf(logged));
    if (row !== undefined) return checkAct(run, logged, { row, keys }) ?? [];
    run.report({ place: 'table act', key: placeOf(logged), is: 'missing', expected: 'act' });
    return [];
  });
}
