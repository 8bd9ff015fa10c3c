import { CompiledQuery } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { purposes } from '../../server/intake/index.ts';
import type { Finding } from '../../server/audit/index.ts';
import type { Session } from '../../server/store/database.ts';
import { openSubjectKeys } from '../../server/store/index.ts';
import type { TestPlatform } from '../server/support/platform.ts';
import { openFlipWorld, type FlipWorld } from './flip-world.ts';
import { stoppedPlatform } from './world.ts';

let platform: TestPlatform;
let world: FlipWorld;

beforeAll(async () => {
  platform = await stoppedPlatform({ cases: 8, people: 20 });
  world = await openFlipWorld(platform.directory);
}, 120_000);

afterAll(async () => {
  await world.close();
  await platform.remove().catch(() => undefined);
});

const run = (session: Session, text: string): Promise<unknown> => session.executeQuery(CompiledQuery.raw(text));

class RolledBack extends Error {}

/** What a check finds after `edit`, which is then undone. */
async function after(edit: (session: Session) => Promise<unknown>, isReplay = true): Promise<readonly Finding[]> {
  let findings: readonly Finding[] = [];
  const done = world.database.transaction().execute(async (session) => {
    await edit(session);
    findings = await world.check(session, isReplay);
    throw new RolledBack();
  });
  await expect(done).rejects.toThrow(RolledBack);
  return findings;
}

const newest = (kind: string): string =>
  `(select leaf_id from document where kind = '${kind}' order by at_ms desc, leaf_id limit 1)`;
const oldest = (kind: string): string =>
  `(select leaf_id from document where kind = '${kind}' order by at_ms, leaf_id limit 1)`;

/** A flip within a sealed record, the removal of a row, and a copy of one under a name of its own. */
const edits = {
  edited: (kind: string) =>
    `update document set sealed = set_byte(sealed, 40, get_byte(sealed, 40) # 1) where leaf_id = ${oldest(kind)}`,
  deleted: (kind: string) => `delete from document where leaf_id = ${oldest(kind)}`,
  added: (kind: string) =>
    `insert into document (leaf_id, kind, subject, document_hash, version, sealed, at_ms) select 'added', kind, subject, document_hash, version, sealed, at_ms + 1 from document where leaf_id = ${newest(kind)}`,
} as const;

test('a log that was honestly kept replays without a finding', async () => {
  expect(await after(async () => undefined)).toEqual([]);
});

test.each(
  ['staff', 'device', 'policy', 'trust', 'revocation'].flatMap((kind) =>
    Object.entries(edits).map((edit) => [kind, ...edit] as const),
  ),
)('a row of %s that a superuser %s is named', async (kind, is, statement) => {
  const findings = await after((session) => run(session, statement(kind)));
  const place = 'table document';
  const named = findings.filter((one) => one.place === place);
  const leafKind = ['trust', 'revocation'].includes(kind) && is !== 'added' ? 'policy' : kind;
  const words = { edited: 'different', deleted: 'missing', added: 'added' } as const;
  expect(named).toEqual([
    expect.objectContaining({
      place,
      is: words[is as keyof typeof words],
      key: expect.stringMatching(`^${leafKind}/`),
    }),
  ]);
});

test('a record with its leaf under an id that is not the one of its leaf text is named', async () => {
  const id = oldest('staff');
  const renamed = ['leaf', 'leaf_position', 'document'].map(
    (table) => `update ${table} set leaf_id = 'renamed' where leaf_id = '`,
  );
  const edit = async (session: Session): Promise<void> => {
    const { rows } = await session.executeQuery<{ leaf_id: string }>(CompiledQuery.raw(`select ${id} as leaf_id`));
    for (const statement of renamed) await run(session, `${statement}${rows[0]?.leaf_id ?? ''}'`);
  };
  const findings = await after(edit);
  expect(findings).toContainEqual(expect.objectContaining({ place: 'table document', column: 'leaf_id' }));
  expect(findings).toContainEqual(expect.objectContaining({ place: 'table leaf_position', expected: 'row-tag' }));
});

test('a revoked role that is put before a granted one is named by both rows', async () => {
  const swap = `update document set sealed = other.sealed from document as other
    where document.leaf_id = ${oldest('staff')} and other.leaf_id = ${newest('staff')}`;
  expect(await after((session) => run(session, swap))).toMatchObject([{ place: 'table document', column: 'sealed' }]);
});

const oneCase = '(select case_id from case_state order by case_id limit 1)';

test('a case row that is edited, removed or added is named', async () => {
  const at = (is: string) => expect.objectContaining({ place: 'table case_state', is });
  const edited = `update case_state set revision = revision + 1 where case_id = ${oneCase}`;
  expect(await after((session) => run(session, edited))).toContainEqual(at('different'));
  expect(await after((session) => run(session, `delete from case_state where case_id = ${oneCase}`))).toContainEqual(
    at('missing'),
  );
  const added = `insert into case_state select 'added', revision, hash, scope, sealed from case_state where case_id = ${oneCase}`;
  expect(await after((session) => run(session, added))).toContainEqual(at('added'));
});

test('a number that is freed, given away or added, and a change that is hidden, moved or added, are named', async () => {
  const place = (name: string, is: string) => expect.objectContaining({ place: `table ${name}`, is });
  const cases: readonly (readonly [string, string, string])[] = [
    ['delete from case_number where number = (select min(number) from case_number)', 'case_number', 'missing'],
    [`update case_number set case_id = ${oneCase} where case_id <> ${oneCase}`, 'case_number', 'different'],
    [`insert into case_number values ('free', ${oneCase})`, 'case_number', 'added'],
    ['delete from change where position = 3', 'change', 'missing'],
    ['update change set position = 1000 where position = 3', 'change', 'different'],
    [
      'insert into change select 1000, case_id, 99, scope, leaf_id, sealed, at_ms from change where position = 3',
      'change',
      'added',
    ],
  ];
  for (const [statement, name, is] of cases)
    expect(await after((session) => run(session, statement)), statement).toContainEqual(place(name, is));
});

test('a state that somebody sealed by the right key is found by the fold alone', async () => {
  const forge = async (session: Session): Promise<void> => {
    const { rows } = await session.executeQuery<{ case_id: string; sealed: Buffer }>(
      CompiledQuery.raw('select case_id, sealed from case_state order by case_id limit 1'),
    );
    const [row] = rows;
    if (row === undefined) throw new Error('there is a case');
    const subject = `case:${row.case_id}`;
    const key = (await openSubjectKeys(session, world.keyring).known([subject])).get(subject);
    const { state } = JSON.parse(String(key?.open(purposes.fold, row.sealed))) as { state: { submitters: string[] } };
    // Who submitted it may not decide it: the forger takes himself off that list.
    const sealed = key?.seal(purposes.fold, JSON.stringify({ state: { ...state, submitters: [] } }));
    const text = `update case_state set sealed = decode('${sealed?.toString('hex')}', 'hex') where case_id = '${row.case_id}'`;
    await run(session, text);
  };
  expect(await after(forge, false)).toEqual([]);
  expect(await after(forge)).toEqual([
    expect.objectContaining({ place: 'table case_state', is: 'different', expected: 'fold' }),
  ]);
});
