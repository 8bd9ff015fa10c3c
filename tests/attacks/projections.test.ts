import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testForm } from '../server/support/forms.ts';
import type { TestPerson } from '../server/support/people.ts';
import { startTestPlatform, type TestPlatform } from '../server/support/platform.ts';
import { enrolled, newCase, type CaseView, type Workstation } from '../server/support/workstation.ts';
import { asSuperuser } from './support.ts';

let platform: TestPlatform;
let workstation: Workstation;
let open: CaseView;
let approved: CaseView;

const payloads = {
  claim: {},
  return: { reasons: ['document-unreadable'], note: '' },
  approve: { note: '' },
  refuse: { reasons: ['document-unreadable'], note: '' },
} as const;

async function act(person: TestPerson, view: CaseView, verb: 'submit' | keyof typeof payloads): Promise<string> {
  const payload = verb === 'submit' ? { form: view.form } : payloads[verb];
  const item = workstation.act(person, view, `registration.${verb}`, payload as never);
  const [outcome = ''] = await workstation.outcomes([item]);
  if (outcome === 'accepted') workstation.accepted(view, item);
  if (outcome === 'server-read-only' || outcome === 'internal') workstation.stepBack();
  return outcome;
}

async function restart(): Promise<string[]> {
  const before = platform.lines.length;
  await platform.restart();
  workstation.reconnect(platform.server);
  return platform.lines.slice(before);
}

const tables = ['act', 'change', 'case_state', 'case_number', 'leaf', 'subject_key'] as const;

function sql(...statements: readonly string[]): Promise<void> {
  return asSuperuser(platform, async (client: Client) => {
    for (const statement of statements) await client.query(statement);
  });
}

beforeAll(async () => {
  platform = await startTestPlatform();
  workstation = await enrolled(platform.server);
  const { registrar, reviewer, other } = platform;
  approved = newCase(testForm());
  open = newCase(testForm());
  const outcomes: string[] = [];
  for (const verb of ['submit', 'claim', 'return', 'submit', 'claim', 'approve'] as const)
    outcomes.push(await act(verb === 'submit' ? registrar : reviewer, approved, verb));
  outcomes.push(await act(registrar, open, 'submit'), await act(reviewer, open, 'claim'));
  expect(outcomes.every((outcome) => outcome === 'accepted')).toBe(true);
  // A refused and a superseded act have their leaves, too.
  expect(await act(other, { ...open }, 'approve')).toBe('refused:case-claimed-by-other');
  expect(await act(other, { ...open, revision: 1 }, 'approve')).toBe('superseded');
  await restart();
  await sql('create schema kept', ...tables.map((table) => `create table kept.${table} as select * from ${table}`));
}, 60_000);

afterAll(async () => {
  await platform.remove();
});

async function putBack(): Promise<void> {
  await sql(...tables.flatMap((table) => [`delete from ${table}`, `insert into ${table} select * from kept.${table}`]));
}

test('a log that was honestly kept is replayed without a finding', async () => {
  const lines = await restart();
  expect(platform.server.state()).toBe('accepting');
  expect(lines.find((line) => line.includes('log replayed'))).toMatch(/"acts":10,"findings":0/u);
});

const of = (view: () => CaseView) => `case_id = '${view().id}'`;

/** What a superuser does, and how the row is named at the next start. */
const edits: readonly (readonly [string, () => readonly string[], RegExp])[] = [
  [
    'deletes the newest act',
    () => ['delete from act where sequence = (select max(sequence) from act)'],
    /"row":"act","is":"missing"/u,
  ],
  ['deletes an accepted act', () => ['delete from act where sequence = 3'], /"row":"act","is":"missing"/u],
  [
    'deletes the opening of an act',
    () => ['delete from leaf where leaf_id = (select leaf_id from act where sequence = 3)'],
    /"row":"act","is":"missing"/u,
  ],
  [
    'gives an act the sealed text of another',
    () => ['update act set sealed = (select sealed from act where sequence = 1) where sequence = 4'],
    /"row":"act","is":"different"/u,
  ],
  [
    'calls a refused act accepted',
    () => ["update act set outcome = 'accepted' where sequence = 9"],
    /"row":"act","is":"different"/u,
  ],
  [
    'adds an act that nobody sent',
    () => [
      "insert into act select device, epoch, 99, 'other', envelope_hash, cms_hash, commitment, leaf_id, subject, sealed, outcome, received_at_ms, deadline_ms from act where sequence = 1",
    ],
    /"row":"act","is":"unlogged"/u,
  ],
  [
    'destroys the key of a case',
    () => [`delete from subject_key where subject = 'case:${open.id}'`],
    /"row":"act","is":"different"/u,
  ],
  [
    'damages the key of a case',
    () => [
      `update subject_key set wrapped = set_byte(wrapped, 20, get_byte(wrapped, 20) # 1) where subject = 'case:${open.id}'`,
    ],
    /"row":"act","is":"different"/u,
  ],
  [
    'deletes the state of an open case',
    () => [`delete from case_state where ${of(() => open)}`],
    /"row":"case_state","is":"missing"/u,
  ],
  [
    'puts a case back by its revision',
    () => [`update case_state set revision = 1 where ${of(() => open)}`],
    /"row":"case_state","is":"different"/u,
  ],
  [
    'swaps the states of two cases',
    () => [
      `update case_state set sealed = (select sealed from kept.case_state where ${of(() => open)}) where ${of(() => approved)}`,
    ],
    /"row":"case_state","is":"different"/u,
  ],
  [
    'adds a case',
    () => ["insert into case_state select 'other', revision, hash, scope, sealed from case_state limit 1"],
    /"row":"case_state","is":"unlogged"/u,
  ],
  [
    'hides a change from readers',
    () => [`delete from change where ${of(() => approved)} and revision = 6`],
    /"row":"change","is":"missing"/u,
  ],
  ['frees a number', () => ['delete from case_number'], /"row":"case_number","is":"missing"/u],
  [
    'gives a number to another case',
    () => [`update case_number set case_id = '${open.id}'`],
    /"row":"case_number","is":"different"/u,
  ],
];

test.each(edits)(
  'a superuser who %s is found at the next start, and nothing is accepted until the row is put back',
  async (_name, statements, named) => {
    await sql(...statements());
    const alarm = (await restart()).find((line) => line.includes('read-only'));
    expect(alarm).toMatch(named);
    expect(platform.server.state()).toBe('read-only');
    expect(await act(platform.registrar, newCase(testForm()), 'submit')).toBe('server-read-only');
    await putBack();
    await restart();
    expect(platform.server.state()).toBe('accepting');
  },
);

/** Ends every session of the server with its database, as a restart of the database does. */
async function endSessions(): Promise<void> {
  await sql(
    "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and backend_type = 'client backend'",
  );
}

test('sessions of the database that end in the middle of the day cost a try, not the server', async () => {
  await endSessions();
  let outcome = '';
  for (let tries = 0; tries < 50 && outcome !== 'accepted'; tries += 1) {
    outcome = await act(platform.registrar, newCase(testForm()), 'submit');
    await sleep(outcome === 'accepted' ? 0 : 100);
  }
  expect(outcome).toBe('accepted');
  expect(platform.server.state()).toBe('accepting');
});

test('a case that is put back while the server runs decides nothing, once the server reads it again', async () => {
  const view = newCase(testForm());
  expect(await act(platform.registrar, view, 'submit')).toBe('accepted');
  expect(await act(platform.reviewer, view, 'claim')).toBe('accepted');
  await sql(`create table kept.claimed as select * from case_state where ${of(() => view)}`);
  const before = { ...view };
  expect(await act(platform.reviewer, view, 'approve')).toBe('accepted');
  await sql(
    `delete from change where ${of(() => view)} and revision > 2`,
    `update case_state set revision = kept.claimed.revision, hash = kept.claimed.hash, sealed = kept.claimed.sealed from kept.claimed where case_state.case_id = kept.claimed.case_id`,
    'alter table act rename to hidden',
  );
  expect(await act(platform.registrar, newCase(testForm()), 'submit')).toBe('internal');
  await sql('alter table hidden rename to act');
  expect(await act(platform.reviewer, before, 'refuse')).toBe('server-read-only');
  expect(platform.server.state()).toBe('read-only');
});
