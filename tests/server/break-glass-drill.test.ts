import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { endpoints, registryView, type RegistryView } from '../../contracts/http/index.ts';
import { run } from '../../cli/boot/run.ts';
import { sha256Hex } from '../../eds/index.ts';
import { checkPlace } from '../../server/boot/index.ts';
import { codeAt } from './support/authenticator.ts';
import { codeOf } from './support/client.ts';
import { actOn, confirm, propose, registryOf, startFounded, tokenOf, type FoundedPlatform } from './support/founded.ts';
import { must } from './support/platform.ts';

/** The drill of docs/operating/bad-days.md, step by step, over the real commands beside a real server. */
let platform: FoundedPlatform;

beforeAll(async () => {
  platform = await startFounded();
}, 120_000);
afterAll(() => platform.remove());

const keeper = ['--iin', '900101300017', '--name', 'Сақтаушы Адам'];
const opener = ['--iin', '880214450137', '--name', 'Төтенше Қызметкер'];
const typed: string[] = [];

async function qorgan(...given: readonly string[]) {
  let said = '';
  const exit = await run(
    ['server', 'break-glass', ...given, '--directory', platform.directory, '--json', '--locale', 'kk'],
    {
      ...{ languageOf: 'kk', nowMs: () => Date.now(), noteBug: () => undefined, stopAsked: () => Promise.resolve() },
      askSecret: async () => Buffer.from(typed.shift() ?? ''),
      write: (text) => void (said += text),
      report: (bug) => (bug instanceof Error ? (bug.stack ?? bug.message) : 'thrown'),
    },
  );
  return { exit, facts: JSON.parse(said) as Readonly<Record<string, unknown>>, said };
}

const inFolder = (name: string): string => join(platform.directory, name);
const sheetsOf = (seal: string): string[] => ['first', 'second', 'code'].map((name) => inFolder(`${seal}-${name}.txt`));
const lastLine = (file: string): string => readFileSync(file, 'utf8').trimEnd().split('\n').at(-1) ?? '';

function create(seal: string) {
  const [first = '', second = '', code = ''] = sheetsOf(seal);
  return qorgan('create', '--first', first, '--second', second, '--code', code, ...keeper);
}

function open(seal: string, folder: string) {
  const [first = '', second = '', code = ''] = sheetsOf(seal).map(lastLine);
  typed.splice(0, typed.length, first, second, codeAt(code, Date.now()));
  return qorgan('open', ...opener, '--reason', 'Барлық карта жоғалды', '--folder', inFolder(folder), '--end-all');
}

/** Alarms that a desk is told of at its contact. */
async function standing(): Promise<number> {
  const { client, epoch, bundle } = platform.desk;
  const head = { sequence: 0, hash: sha256Hex(bundle.device.document) };
  const body = { form: 'qorgan.contact/1', epoch, heads: { acts: head, entries: head }, knownTreeSize: 0 };
  const { json } = await client.call({ method: 'POST', path: endpoints.contact.path, body });
  return endpoints.contact.response.parse(json).standingAlarms;
}

const written = (folder: string, name: string): string => readFileSync(join(inFolder(folder), name), 'utf8');

test('1. the account is sealed: three files for three people, and what is there already is left as it is', async () => {
  const made = await create('old');
  expect(made.exit).toBe(0);
  for (const file of sheetsOf('old')) {
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(made.said).not.toContain(lastLine(file));
  }
  expect((await create('old')).facts).toMatchObject({ problem: 'break-glass-file-taken' });
});

test('2. one sheet twice opens nothing, and the folder that was made for it serves the next attempt', async () => {
  const [first = ''] = sheetsOf('old').map(lastLine);
  typed.splice(0, typed.length, first, first, '000000');
  const folder = inFolder('read');
  const answer = await qorgan('open', ...opener, '--reason', 'Жаттығу', '--folder', folder);
  expect([answer.exit, answer.facts['reason']]).toEqual([1, 'break-glass-half-malformed']);
  expect(readdirSync(folder)).toEqual([]);
});

test('3. both sheets and the code end every session, and write what an auditor reads', async () => {
  const { desk, officer } = platform;
  const token = await tokenOf(desk, officer);
  const answer = await open('old', 'read');
  expect([answer.exit, answer.facts['ended']]).toEqual([0, 1]);
  expect(codeOf(await desk.client.call({ method: 'GET', path: endpoints.registry.path, token }))).toBe(
    'session-signed-out',
  );
  const names = ['matrix.csv', 'registry.json', 'devices.json', 'sessions.json', 'changes.json', 'waiting.json'];
  expect(readdirSync(inFolder('read')).toSorted()).toEqual([...names, 'checkpoint'].toSorted());
  for (const name of [...names, 'checkpoint']) expect(statSync(join(inFolder('read'), name)).mode & 0o777).toBe(0o600);
  const registry = registryView.parse(JSON.parse(written('read', 'registry.json')));
  expect(registry.people.map(({ record }) => record.iin)).toContain(officer.iin);
  expect(registry.alarms).toMatchObject([{ end: null, record: { name: 'Төтенше Қызметкер' } }]);
  expect(JSON.parse(written('read', 'sessions.json'))).toEqual([]);
  const table = await desk.client.call({ method: 'GET', path: endpoints.policy.path });
  expect([table.status, written('read', 'matrix.csv').split('\r\n').length]).toEqual([200, 3 + 11 + 6 + 3]);
  const size = Number(written('read', 'checkpoint').split('\n')[1]);
  // The leaf of the opening is in the log whose checkpoint was written.
  expect(size).toBeGreaterThan(registry.alarms[0]?.leafIndex ?? Number.POSITIVE_INFINITY);
  expect(answer.facts['treeSize']).toBe(size);
  // A folder in which something is, and a seal that is broken, open nothing.
  expect((await open('old', 'read')).facts).toMatchObject({ problem: 'break-glass-folder-taken' });
});

test('4. the alarm stands at every desk, and two people close it', async () => {
  const { desk, officer, manager } = platform;
  // What another process wrote counts within a second.
  await expect.poll(standing, { timeout: 5_000 }).toBe(1);
  const [alarm] = (await registryOf(desk, await tokenOf(desk, officer))).alarms as [RegistryView['alarms'][number]];
  const { leaf, record } = alarm;
  const { view, outcome } = await propose(desk, officer, { kind: 'alarm', leaf, record });
  expect(outcome).toBe('accepted');
  expect(await actOn(desk, officer, view, confirm)).toBe('refused:change-own-proposal');
  await expect.poll(standing, { timeout: 5_000 }).toBe(1);
  expect(await actOn(desk, manager, view, confirm)).toBe('accepted');
  await expect.poll(standing, { timeout: 5_000 }).toBe(0);
});

test('5. it is sealed anew: the old sheets open nothing, the new ones do, and the check finds nothing', async () => {
  expect((await create('new')).exit).toBe(0);
  expect((await open('old', 'again')).facts).toMatchObject({ reason: 'break-glass-refused' });
  expect((await open('new', 'again')).exit).toBe(0);
  await expect.poll(standing, { timeout: 5_000 }).toBe(1);
  const registry = registryView.parse(JSON.parse(written('again', 'registry.json')));
  expect(registry.alarms.map(({ end }) => end === null)).toEqual([false, true]);
  expect(JSON.parse(written('again', 'changes.json'))).toHaveLength(2);
  const findings: unknown[] = [];
  must(
    await checkPlace({
      ...{ directory: platform.directory, witnesses: [], isReplay: true },
      ...{ report: (finding) => void findings.push(finding), onProgress: () => undefined },
    }),
  );
  expect(findings).toEqual([]);
});
