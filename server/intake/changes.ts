import * as z from 'zod';
import type { CaseId } from '../../core/kernel/index.ts';
import type { AccessRules, ReadScope, Role } from '../../core/access/index.ts';
import { mayRead } from '../../core/access/index.ts';
import { change, type Change } from '../../contracts/http/index.ts';
import type { Platform } from '../platform/index.ts';
import { readChanges, readLatestPosition } from '../store/index.ts';
import { purposes } from './rows.ts';

const scopes = ['registration', 'operations'] as const satisfies readonly ReadScope[];

/** Streams that these roles may read. */
export function scopesOf(rules: AccessRules, roles: readonly Role[]): readonly ReadScope[] {
  return scopes.filter((scope) => mayRead(rules, roles, scope));
}

const sealedChange = z.object({ hash: z.string(), act: z.record(z.string(), z.unknown()), event: z.unknown() });

/** Changes after a position, unsealed, within the scopes of the reader. `latest` is the newest position of all. */
export async function changesAfter(
  platform: Platform,
  options: { readonly after: number; readonly limit: number; readonly scopes: readonly ReadScope[] },
): Promise<{ readonly changes: Change[]; readonly position: number; readonly latest: number }> {
  // Read first: a change that comes between the two reads is then after `latest`, never skipped.
  const latest = await readLatestPosition(platform.database);
  const rows = await readChanges(platform.database, options);
  const keys = await platform.subjectKeys.ensure(rows.map((row) => `case:${row.case_id}`));
  const changes = rows.map((row) => {
    const key = keys.get(`case:${row.case_id}`);
    if (key === undefined) throw new Error('intake: a case has a key');
    const { hash, act, event } = sealedChange.parse(JSON.parse(key.open(purposes.change, row.sealed).toString()));
    const { position, revision, leaf_index: leafIndex } = row;
    return change.parse({ position, case: row.case_id as CaseId, revision, hash, act: { ...act, leafIndex }, event });
  });
  const isAll = rows.length < options.limit;
  return {
    changes,
    position: isAll
      ? Math.max(options.after, latest, changes.at(-1)?.position ?? 0)
      : (changes.at(-1)?.position ?? options.after),
    latest,
  };
}
