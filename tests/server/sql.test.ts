import { beforeAll, expect, test } from 'vitest';
import { endpoints } from '../../contracts/http/index.ts';
import { testForm } from './support/forms.ts';
import { startTestPlatform } from './support/platform.ts';
import { bannedIn, openSqlLint } from './support/sql-lint.ts';
import { enrolled, newCase, receiptOf } from './support/workstation.ts';

beforeAll(openSqlLint);

test('every statement that the server runs keeps to the portable part of the dialect', async () => {
  const statements = new Set<string>();
  const platform = await startTestPlatform(undefined, (text) => statements.add(text));
  const workstation = await enrolled(platform.server);
  const form = testForm();
  const view = newCase(form);
  const submit = workstation.act(platform.registrar, view, 'registration.submit', { form });
  await workstation.outcomes([submit]);
  await receiptOf(workstation, submit.actionId);
  const { token } = endpoints.signIn.response.parse((await workstation.signIn(platform.reviewer)).json);
  await workstation.client.call({ method: 'GET', path: '/v1/changes?after=0', token });
  const head = { sequence: 0, hash: 'a'.repeat(64) };
  const body = {
    form: 'qorgan.contact/1',
    epoch: workstation.epoch,
    heads: { acts: head, entries: head },
    knownTreeSize: 0,
  };
  await workstation.client.call({ method: 'POST', path: '/v1/contacts', body });
  await workstation.client.call({ method: 'DELETE', path: '/v1/session', token });
  await platform.remove();
  const tables = [...statements].join('\n');
  for (const table of [
    'act',
    'leaf',
    'leaf_position',
    'checkpoint_head',
    'change',
    'case_state',
    'session',
    'challenge',
    'device_contact',
    'reading',
    'alarm',
  ]) {
    expect(tables).toContain(table);
  }
  // The one exception (decision 0012): without this function no engine destroys a key, and that is the safe side.
  const functions = [...statements].filter((statement) => bannedIn(statement).includes('stored procedure'));
  expect(functions).toMatchObject([expect.stringMatching(/^create function destroy_evidence_key\(/u)]);
  const others = [...statements].filter((statement) => !functions.includes(statement));
  expect(others.flatMap((statement) => bannedIn(statement).map((name) => `${name}: ${statement}`))).toEqual([]);
});

test.each([
  ['advisory lock', 'select pg_advisory_lock(1)'],
  ['LISTEN', 'listen changes'],
  ['NOTIFY', "notify changes, 'x'"],
  ['trigger', 'create trigger t after insert on act for each row execute function f()'],
  ['rule', 'create rule r as on delete to act do instead nothing'],
  ['LOCK TABLE', 'lock table act'],
  ['session state', "set role 'x'"],
  ['system column', 'select ctid from act'],
  ['temporary table', 'create temp table t (x int)'],
  ['serial or identity', 'create table t (x bigserial)'],
  ['serial or identity', 'create table t (x bigint generated always as identity)'],
  ['constraint across rows or tables', 'create table t (x text references act (device))'],
  ['constraint across rows or tables', 'create table t (x int4range, exclude using gist (x with &&))'],
  ['deferrable constraint', 'create table t (x int unique deferrable)'],
  ['index other than btree', 'create index i on act using gist (x)'],
  ['XML', 'select xmlelement(name x)'],
  ['COPY PROGRAM', "copy act to program 'cat'"],
  ['write inside WITH', 'with w as (insert into leaf values (1) returning 1) select * from w'],
])('finds a planted %s', (name, statement) => {
  expect(bannedIn(statement)).toContain(name);
});
