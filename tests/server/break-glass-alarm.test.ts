import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AccessChange } from '../../core/access/index.ts';
import { endpoints, type RegistryView } from '../../contracts/http/index.ts';
import { sha256Hex } from '../../eds/index.ts';
import { publishedEmergencyLog } from '../../server/boot/emergency.ts';
import { checkPlace, realSurroundings } from '../../server/boot/index.ts';
import { openDesk } from '../../server/boot/open-desk.ts';
import { asSuperuser } from '../attacks/support.ts';
import { codeAt } from './support/authenticator.ts';
import { actOn, confirm, propose, registryOf, startFounded, tokenOf, type FoundedPlatform } from './support/founded.ts';
import { must } from './support/platform.ts';

let platform: FoundedPlatform;

beforeAll(async () => {
  platform = await startFounded();
}, 120_000);
afterAll(() => platform.remove());

const stranger = { iin: '900101300017', name: 'Төтенше Қызметкер' };
const reason = 'Барлық карта жоғалды';

/** Seals and opens the account by this person. */
async function openBy({ iin, name }: { readonly iin: string; readonly name: string }) {
  const { administration } = platform.server;
  const { sheets, otpauth } = must(await administration.sealBreakGlass({ iin, name }));
  const code = codeAt(otpauth, Date.now());
  return must(await administration.openBreakGlass({ sheets, code, iin, name, reason, end: undefined }));
}

async function read(): Promise<RegistryView> {
  const { desk, officer } = platform;
  return registryOf(desk, await tokenOf(desk, officer));
}

/** What every desk is told at a contact. */
async function standing(): Promise<number> {
  const { client, epoch, bundle } = platform.desk;
  const head = { sequence: 0, hash: sha256Hex(bundle.device.document) };
  const body = { form: 'qorgan.contact/1', epoch, heads: { acts: head, entries: head }, knownTreeSize: 0 };
  const { json } = await client.call({ method: 'POST', path: endpoints.contact.path, body });
  return endpoints.contact.response.parse(json).standingAlarms;
}

type Alarm = RegistryView['alarms'][number];

async function newestAlarm(): Promise<Alarm> {
  const alarm = (await read()).alarms.at(-1);
  if (alarm === undefined) throw new Error('an alarm stands');
  return alarm;
}

const closing = ({ leaf, record }: Pick<Alarm, 'leaf' | 'record'>): AccessChange => ({ kind: 'alarm', leaf, record });

async function findings(): Promise<readonly { readonly place: string; readonly is: string }[]> {
  const found: { readonly place: string; readonly is: string }[] = [];
  must(
    await checkPlace({
      ...{ directory: platform.directory, witnesses: [], isReplay: true },
      ...{ report: ({ place, is }) => void found.push({ place, is }), onProgress: () => undefined },
    }),
  );
  return found;
}

test('an opening raises an alarm at every desk, and two people close it, for good', async () => {
  const { desk, officer, manager } = platform;
  expect([(await read()).alarms, await standing()]).toEqual([[], 0]);
  await openBy(stranger);
  const alarm = await newestAlarm();
  expect(alarm).toMatchObject({ end: null, record: { ...stranger, reason } });
  expect(await standing()).toBe(1);
  const { view, outcome } = await propose(desk, officer, closing(alarm));
  expect(outcome).toBe('accepted');
  // The author is no second person, and until there is one the alarm stands.
  expect(await actOn(desk, officer, view, confirm)).toBe('refused:change-own-proposal');
  expect(await standing()).toBe(1);
  expect(await actOn(desk, manager, view, confirm)).toBe('accepted');
  expect((await newestAlarm()).end).toMatchObject({ by: manager.iin });
  expect(await standing()).toBe(0);
  expect((await propose(desk, officer, closing(alarm))).outcome).toBe('refused:alarm-closed-already');
  expect(await findings()).toEqual([]);
});

test('nobody closes an alarm that the log does not tell of, or that of his own opening', async () => {
  const { desk, officer, manager } = platform;
  await openBy(manager);
  const alarm = await newestAlarm();
  const other = { ...alarm, leaf: sha256Hex('no leaf') };
  expect((await propose(desk, officer, closing(other))).outcome).toBe('refused:alarm-unknown');
  const milder = { ...alarm, record: { ...alarm.record, reason: 'Жаттығу' } };
  expect((await propose(desk, officer, closing(milder))).outcome).toBe('refused:alarm-unknown');
  const { view } = await propose(desk, officer, closing(alarm));
  expect(await actOn(desk, manager, view, confirm)).toBe('refused:change-own-record');
  expect(await standing()).toBe(1);
});

test('a server that starts anew has closed and standing alarms as the log has them', async () => {
  const before = (await read()).alarms;
  expect(before.map(({ end }) => end === null)).toEqual([false, true]);
  await platform.restart();
  platform.desk.reconnect(platform.server);
  expect((await read()).alarms).toEqual(before);
  expect(await standing()).toBe(1);
});

test('whoever deletes the record of an opening silences nothing: the check names it, and no act is taken until it is back', async () => {
  const { desk, officer } = platform;
  const alarm = await newestAlarm();
  const row = await asSuperuser(platform, async (client) => {
    const { rows } = await client.query(
      'delete from document where leaf_id = (select leaf_id from leaf_position where leaf_index = $1) returning *',
      [alarm.leafIndex],
    );
    return rows[0] as Record<string, unknown>;
  });
  expect(await findings()).toContainEqual({ place: 'table document', is: 'missing' });
  const told = platform.lines.length;
  await platform.restart();
  desk.reconnect(platform.server);
  expect(platform.lines.slice(told).join()).toMatch(/"rejected":1.*records that are not what the log holds/u);
  expect(platform.server.state()).toBe('read-only');
  expect(await standing()).toBe(1);
  const names = Object.keys(row);
  const places = names.map((_name, i) => `$${i + 1}`).join(', ');
  await asSuperuser(platform, (client) =>
    client.query(`insert into document (${names.join(', ')}) values (${places})`, Object.values(row)),
  );
  await platform.restart();
  desk.reconnect(platform.server);
  expect(platform.server.state()).toBe('accepting');
  expect((await propose(desk, officer, closing(alarm))).outcome).toBe('accepted');
});

test('who opened it reads what an auditor is told at the doors, by the same functions', async () => {
  const { desk, officer, manager } = platform;
  const reader = await tokenOf(desk, officer);
  await tokenOf(desk, manager);
  const { reading } = await openBy(stranger);
  const told = must(reading);
  const get = async (path: string): Promise<unknown> =>
    (await desk.client.call({ method: 'GET', path, token: reader })).json;
  const registry = endpoints.registry.response.parse(await get(endpoints.registry.path));
  expect(told.registry).toEqual(registry);
  // Beside the server, by the published log alone, it is the same.
  const { desk: beside, store } = must(
    await openDesk({ directory: platform.directory, surroundings: realSurroundings }, 'demo'),
  );
  const published = must(await publishedEmergencyLog(platform.directory, beside).read());
  await store.close();
  expect(published.registry).toEqual(registry);
  expect([published.changes, published.waiting]).toEqual([told.changes, told.waiting]);
  expect(registry.alarms.at(-1)).toMatchObject({ record: stranger, end: null });
  const { sessions } = endpoints.sessions.response.parse(await get(`${endpoints.sessions.path}?whose=all`));
  expect(told.sessions.length).toBeGreaterThan(1);
  expect(told.sessions.map((one) => ({ ...one, isThis: false }))).toEqual(
    sessions.map((one) => ({ ...one, isThis: false })),
  );
  const { devices } = endpoints.devices.response.parse(await get(endpoints.devices.path));
  expect(told.devices).toEqual(devices);
  const { changes } = endpoints.accessChanges.response.parse(await get(`${endpoints.accessChanges.path}?after=0`));
  expect(told.changes).toEqual(changes);
  expect(told.waiting).toHaveLength(2);
  expect(told.waiting).toContainEqual(expect.objectContaining({ author: officer.iin }));
  expect(told.checkpoint).toBe((await desk.client.call({ method: 'GET', path: endpoints.checkpoint.path })).text);
});
