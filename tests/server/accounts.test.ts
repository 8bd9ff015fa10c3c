import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { endpoints } from '../../contracts/http/index.ts';
import { fromBase64, type Sha256Hex } from '../../core/kernel/index.ts';
import { openCheckpoint, parseNoteKey, verifyConsistency } from '../../core/log/index.ts';
import { sha256, sha256Hex } from '../../eds/index.ts';
import { verifyEd25519 } from '../../server/keys/index.ts';
import { codeOf } from './support/client.ts';
import { testForm } from './support/forms.ts';
import { issuePerson } from './support/people.ts';
import { addStaff, must, startTestPlatform, type TestPlatform } from './support/platform.ts';
import { enrolled, newCase, type Workstation } from './support/workstation.ts';

let platform: TestPlatform;

beforeAll(async () => {
  platform = await startTestPlatform();
});

afterAll(async () => {
  await platform.remove();
});

/** A session of the database's owner: the superuser whom the log has to find out. */
async function asOwner<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const folder = join(platform.directory, 'database', 'postgres');
  const owner = JSON.parse(readFileSync(join(folder, 'owner.json'), 'utf8')) as { user: string; password: string };
  const host = readFileSync(join(folder, 'data', 'postmaster.pid'), 'utf8').split('\n')[4] ?? '';
  const client = new pg.Client({ host, ...owner, database: 'postgres' });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

type Head = { readonly sequence: number; readonly hash: Sha256Hex };

async function contact(
  workstation: Workstation,
  heads: { readonly acts: Head; readonly entries: Head },
  knownTreeSize = 0,
) {
  const body = { form: 'qorgan.contact/1', epoch: workstation.epoch, heads, knownTreeSize };
  return workstation.client.call({ method: 'POST', path: '/v1/contacts', body });
}

test('a contact states what the server holds, and proves that the log only grew', async () => {
  const workstation = await enrolled(platform.server);
  const start: Head = { sequence: 0, hash: sha256Hex(workstation.bundle.device.document) };
  const pinned = must(
    openCheckpoint({
      note: workstation.bundle.checkpoint,
      logKey: must(parseNoteKey(sha256, workstation.bundle.log.key)),
      verifyEd25519,
    }),
  );
  const form = testForm();
  const item = workstation.act(platform.registrar, newCase(form), 'registration.submit', { form });
  await workstation.outcomes([item]);
  const heads = {
    acts: { sequence: 1, hash: sha256Hex(item.envelope) },
    entries: { sequence: 7, hash: 'c'.repeat(64) as Sha256Hex },
  };
  const answer = endpoints.contact.response.parse((await contact(workstation, heads, pinned.size)).json);
  expect(answer.held).toEqual({ epoch: workstation.epoch, acts: heads.acts, entries: start });
  const now = must(
    openCheckpoint({
      note: answer.checkpoint,
      logKey: must(parseNoteKey(sha256, workstation.bundle.log.key)),
      verifyEd25519,
    }),
  );
  const path = answer.consistency.map((text) => must(fromBase64(text)));
  expect(
    verifyConsistency({ sha256, oldSize: pinned.size, oldRoot: pinned.root, size: now.size, root: now.root, path }),
  ).toBe(true);
  const beyond = endpoints.contact.response.parse((await contact(workstation, heads, 1_000_000)).json);
  expect([beyond.checkpoint, beyond.consistency]).toEqual([answer.checkpoint, []]);
});

test('a vault that was put back is told what it lacks, raises an alarm and moves nothing', async () => {
  const workstation = await enrolled(platform.server);
  const acts: Head = { sequence: 0, hash: sha256Hex(workstation.bundle.device.document) };
  const late: Head = { sequence: 9, hash: 'a'.repeat(64) as Sha256Hex };
  await contact(workstation, { acts, entries: late });
  const early: Head = { sequence: 4, hash: 'b'.repeat(64) as Sha256Hex };
  const cloned: Head = { sequence: 9, hash: 'b'.repeat(64) as Sha256Hex };
  for (const entries of [early, cloned]) {
    const answer = endpoints.contact.response.parse((await contact(workstation, { acts, entries })).json);
    expect(answer.held.entries).toEqual(late);
  }
  const alarms = await asOwner((client) =>
    client.query('select kind from alarm where device = $1', [workstation.device]),
  );
  expect(alarms.rows).toEqual([{ kind: 'journal-rolled-back' }, { kind: 'journal-rolled-back' }]);
});

test('a person who is blocked loses session and rights at once, whatever time his act claims', async () => {
  const person = issuePerson({ ca: platform.ca, n: 51, name: 'Бұғатталған Адам', roles: ['registrar'] });
  must(await addStaff(platform.server, person));
  const workstation = await enrolled(platform.server);
  const { token } = endpoints.signIn.response.parse((await workstation.signIn(person)).json);
  const changes = { method: 'GET', path: '/v1/changes?after=0', token };
  expect((await workstation.client.call(changes)).status).toBe(200);
  const form = testForm();
  const signedBefore = workstation.act(person, newCase(form), 'registration.submit', { form });
  must(await addStaff(platform.server, { ...person, roles: [] }));
  expect(await workstation.outcomes([signedBefore])).toEqual(['refused:actor-unknown']);
  expect(codeOf(await workstation.signIn(person))).toBe('sign-in-refused');
});

test('a record that a superuser writes over counts for nothing, since the log does not hold it', async () => {
  const { registrar, other } = platform;
  const workstation = await enrolled(platform.server);
  type Record = { leaf_id: string; subject: string; sealed: Buffer };
  // He gives the reviewer the registrar's record: the newest sealed text, subject and all.
  const third = await asOwner(async (client) => {
    const staff = (
      await client.query("select leaf_id, subject, sealed from document where kind = 'staff' order by at_ms")
    ).rows as Record[];
    const [first, , last] = staff;
    await client.query('update document set sealed = $1, subject = $2 where leaf_id = $3', [
      first?.sealed,
      first?.subject,
      last?.leaf_id,
    ]);
    return last;
  });
  await platform.restart();
  workstation.reconnect(platform.server);
  expect(platform.lines.some((line) => line.includes('records that are not what the log holds'))).toBe(true);
  expect((await workstation.signIn(registrar)).status).toBe(200);
  expect(codeOf(await workstation.signIn(other))).toBe('sign-in-refused');
  // The record that is gone might block somebody: nobody acts until it is put back.
  expect(platform.server.state()).toBe('read-only');
  const back = [third?.sealed, third?.subject, third?.leaf_id];
  await asOwner((client) => client.query('update document set sealed = $1, subject = $2 where leaf_id = $3', back));
  await platform.restart();
  expect(platform.server.state()).toBe('accepting');
});

test('whoever listens is told that there is something newer, and nothing else', async () => {
  const workstation = await enrolled(platform.server);
  const { token } = endpoints.signIn.response.parse((await workstation.signIn(platform.registrar)).json);
  const positionsOf = (told: string) => [...told.matchAll(/"latest":(\d+)/gu)].map((match) => Number(match[1]));
  let isListening: () => void = () => undefined;
  const listening = new Promise<void>((resolve) => (isListening = resolve));
  const text = workstation.client.eventsUntil({ method: 'GET', path: '/v1/changes/stream', token }, (told) => {
    if (told.endsWith('\n\n')) isListening();
    const [first = 0, ...later] = positionsOf(told);
    // The tree may grow alone; what is waited for is a newer position.
    return told.endsWith('\n\n') && later.some((position) => position > first);
  });
  await listening;
  const sender = await enrolled(platform.server);
  const form = testForm();
  await sender.outcomes([sender.act(platform.registrar, newCase(form), 'registration.submit', { form })]);
  for (const event of (await text).trim().split('\n\n'))
    expect(event).toMatch(
      /^event: position\ndata: \{"latest":\d+,"latestAccess":\d+,"policyVersion":\d+,"treeSize":\d+\}$/u,
    );
});

test('a database that was killed is started again, and nothing that was acknowledged is lost', async () => {
  const workstation = await enrolled(platform.server);
  const form = testForm();
  const item = workstation.act(platform.registrar, newCase(form), 'registration.submit', { form });
  expect(await workstation.outcomes([item])).toEqual(['accepted']);
  const file = join(platform.directory, 'database', 'postgres', 'data', 'postmaster.pid');
  process.kill(Number(readFileSync(file, 'utf8').split('\n')[0]), 'SIGKILL');
  let outcome = '';
  for (let i = 0; i < 100 && outcome !== 'accepted'; i += 1) {
    await sleep(200);
    [outcome = ''] = await workstation.outcomes([item]);
  }
  expect(outcome).toBe('accepted');
});
