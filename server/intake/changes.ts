import * as z from 'zod';
import type { CaseId } from '../../core/kernel/index.ts';
import type { AccessRules, ReadScope, Role } from '../../core/access/index.ts';
import { mayRead, readScopes } from '../../core/access/index.ts';
import { change, changesSizeMax, type Change } from '../../contracts/http/index.ts';
import type { DataKey } from '../keys/index.ts';
import type { Desk } from '../platform/index.ts';
import {
  readActsOf,
  readChanges,
  readChangesOfCases,
  readLatestPosition,
  type Feed,
  type Row,
} from '../store/index.ts';
import { readActsOfSources, sourceOfAct } from '../accounts/index.ts';
import { purposes } from './rows.ts';

/** Streams that these roles may read. */
export function scopesOf(rules: AccessRules, roles: readonly Role[]): readonly ReadScope[] {
  return readScopes.filter((scope) => mayRead(rules, roles, scope));
}

const sealedChange = z.object({
  hash: z.string(),
  act: z.looseObject({ id: z.string(), device: z.string() }),
});

const sealedAct = z.object({ envelope: z.string(), cms: z.string() });

type ChangeRow = Awaited<ReturnType<typeof readChanges>>[number];
type Opened = { readonly row: ChangeRow; readonly key: DataKey; readonly told: z.output<typeof sealedChange> };

/** The stored acts of these changes, by device and leaf. */
async function actsOf(platform: Desk, opened: readonly Opened[]): Promise<ReadonlyMap<string, Row<'act'>>> {
  const keys = opened.map(({ told }) => ({ device: told.act.device, actionId: told.act.id }));
  const acts = await readActsOf(platform.database, keys);
  return new Map(acts.map((act) => [`${act.device} ${act.leaf_id}`, act]));
}

function openChange({ row, key, told }: Opened, act: Row<'act'> | undefined): Change {
  if (act === undefined) throw new Error('intake: a change has its act');
  const { envelope, cms } = sealedAct.parse(JSON.parse(key.open(purposes.act, act.sealed).toString()));
  const { position, revision, leaf_index: leafIndex } = row;
  const named = { position, case: row.case_id as CaseId, revision, hash: told.hash };
  return change.parse({ ...named, act: { ...told.act, leafIndex }, envelope, cms });
}

/** The first changes that fit into one answer: at least one, so that a reader always gets on. */
function fitting(changes: readonly Change[]): Change[] {
  let size = 0;
  const end = changes.findIndex(({ envelope, cms }, i) => {
    size += envelope.length + cms.length;
    return i > 0 && size > changesSizeMax;
  });
  return end < 0 ? [...changes] : changes.slice(0, end);
}

/**
 * Changes after a position with the signed bytes of their acts, unsealed. `latest` is the newest position of
 * this feed.
 */
export async function changesAfter(
  platform: Desk,
  options: { readonly after: number; readonly limit: number; readonly feed: Feed },
): Promise<{ readonly changes: Change[]; readonly position: number; readonly latest: number }> {
  // Read first: a change that comes between the two reads is then after `latest`, never skipped.
  const latest = await readLatestPosition(platform.database, options.feed);
  const rows = await readChanges(platform.database, options);
  const all = await openChanges(platform, rows);
  const changes = fitting(all);
  const isAll = rows.length < options.limit && changes.length === all.length;
  return {
    changes,
    position: isAll
      ? Math.max(options.after, latest, changes.at(-1)?.position ?? 0)
      : (changes.at(-1)?.position ?? options.after),
    latest,
  };
}

/** Changes with the signed bytes of their acts, unsealed. */
async function openChanges(platform: Desk, rows: readonly ChangeRow[]): Promise<readonly Change[]> {
  const keys = await platform.subjectKeys.ensure(rows.map((row) => `case:${row.case_id}`));
  const opened = rows.map((row): Opened => {
    const key = keys.get(`case:${row.case_id}`);
    if (key === undefined) throw new Error('intake: a case has a key');
    return { row, key, told: sealedChange.parse(JSON.parse(key.open(purposes.change, row.sealed).toString())) };
  });
  const acts = await actsOf(platform, opened);
  return opened.map((one) => openChange(one, acts.get(`${one.told.act.device} ${one.row.leaf_id}`)));
}

/** The two acts behind each policy of these sources, for those whose acts the log holds. */
export async function policyActs(
  platform: Desk,
  sources: readonly string[],
): Promise<readonly { readonly proposed: Change; readonly confirmed: Change }[]> {
  const acts = await readActsOfSources(platform, sources);
  const bySource = new Map(acts.map((act) => [sourceOfAct(act), act.subject.replace(/^case:/u, '')]));
  const cases = sources.flatMap((source) => bySource.get(source) ?? []);
  const changes = await openChanges(platform, await readChangesOfCases(platform.database, cases));
  const proven = changes.filter(({ act }) => act.leafIndex !== null);
  return cases.flatMap((caseId) => {
    const [proposed, confirmed] = proven.filter((one) => one.case === caseId);
    return proposed === undefined || confirmed === undefined ? [] : [{ proposed, confirmed }];
  });
}
