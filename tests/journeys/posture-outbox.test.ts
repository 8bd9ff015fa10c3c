import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { certificateOf, makeCases, member, must, openWorkstation, playedPrompt, until } from '../../dev/demo/index.ts';
import { importCases, type Workstation } from '../../main/engine/index.ts';
import { asSuperuser } from '../attacks/support.ts';
import { changePolicy } from '../server/support/policy.ts';
import { makeWorld, type World } from './support/platform.ts';

const directory = mkdtempSync(join(tmpdir(), 'qorgan-report-'));
const platform = join(directory, 'platform');
const registrar = member('registrar');
const desks: Workstation[] = [];

let world: World;

async function station(name: string): Promise<Workstation> {
  const prompt = playedPrompt({ ...registrar, phrase: registrar.recognitionPhrase });
  const desk = openWorkstation({
    directory: join(directory, name),
    store: world.store,
    prompt,
    kind: 'import-station',
  });
  desks.push(desk);
  must(await desk.enrol({ code: await world.invitation(), name, certificateId: await certificateOf(desk, registrar) }));
  return desk;
}

async function start(desk: Workstation): Promise<void> {
  must(await desk.startShift(await certificateOf(desk, registrar)));
}

/** Signs one registration here, by its number in the list. */
async function submit(desk: Workstation, count: number): Promise<void> {
  const id = desk.platform;
  if (id === undefined) throw new Error('the shift has no platform');
  const cases = makeCases({ seed: 9, nowMs: Date.now(), count }).slice(-1);
  must(await importCases({ submit: (one) => desk.sign(one), platform: id, cases, onStep: () => undefined }));
}

async function statesOfActs(desk: Workstation): Promise<readonly unknown[]> {
  const { items } = must(await desk.listJournal({ before: null, limit: 20, onlyActs: true }));
  return items.map(({ act }) => (act?.refusal === null ? act.state : act?.refusal.code));
}

const refusalOf = (desk: Workstation): string | undefined => desk.app().status.server.refusal?.code;
const asOwner = (sql: string): Promise<unknown> => asSuperuser({ directory: platform }, (client) => client.query(sql));

beforeAll(async () => {
  world = await makeWorld(directory, { profile: 'demo' });
}, 60_000);

afterAll(async () => {
  for (const desk of desks) await desk.close();
  await world?.close();
  rmSync(directory, { recursive: true, force: true });
});

describe('a report of the machine that the server does not take', { timeout: 60_000 }, () => {
  it('holds up neither the sign-in nor the acts, and the status line says why it was not taken', async () => {
    const desk = await station('Desk 1');
    await asOwner('alter table device_posture rename to device_posture_away');
    await start(desk);
    await until(() => refusalOf(desk) === 'internal');
    await submit(desk, 1);
    await until(async () => (await statesOfActs(desk)).join() === 'logged');
    await until(() => desk.app().status.outbox.waiting === 0);
    expect(desk.app().status.server.refusal?.code).toBe('internal');
    await asOwner('alter table device_posture_away rename to device_posture');
    must(await desk.endShift());
    await start(desk);
    await until(() => desk.app().status.server.state === 'connected');
    must(await desk.endShift());
  });

  it('restricts the desk where the policy wants one, and what waits is kept and goes out after the next report', async () => {
    const posture = {
      ...{ patchAgeMaxMs: 86_400_000, antivirusBaseAgeMaxMs: 86_400_000, clockDriftMaxMs: 60_000 },
      ...{ reportAgeMaxMs: 7_200_000, versions: {}, measures: { 'posture-absent': 'read-only' } as const },
    };
    await changePolicy({ directory: platform, server: world.server }, (policy) => ({ ...policy, posture }));
    const desk = await station('Desk 2');
    await start(desk);
    await until(() => desk.app().status.server.state === 'connected');
    // What somebody wrote into the table is no report.
    await asOwner(`update device_posture set report = report || ' '`);
    await submit(desk, 2);
    await until(() => refusalOf(desk) === 'posture-restricted');
    expect([desk.app().status.outbox.waiting, await statesOfActs(desk)]).toEqual([1, ['recorded']]);
    await expect(submit(desk, 3)).rejects.toThrow('posture-restricted');
    must(await desk.endShift());
    await start(desk);
    await expect.poll(() => statesOfActs(desk), { timeout: 15_000 }).toEqual(['logged']);
    await until(() => desk.app().status.outbox.waiting === 0);
  });
});
