import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { groupsOf } from '../../core/signing/index.ts';
import { certificateOf, must, openWorkstation, playedPrompt, until } from '../../dev/demo/index.ts';
import type { Result } from '../../core/kernel/index.ts';
import type { Workstation } from '../../main/engine/index.ts';
import { colleague, makeFounded, manager, officer, type FoundedWorld, type Seat } from './support/officers.ts';

// A workstation that comes after the founding, on real parts: card, vault, server, and two officers at desks of their own.
let founded: FoundedWorld;
let by: readonly [Seat, Seat];
let fresh: Workstation;

const name = 'Desk of the manager';

beforeAll(async () => {
  const made = await makeFounded([officer, colleague]);
  founded = made.founded;
  by = made.seats as [Seat, Seat];
  for (const seat of by) await seat.start();
  const prompt = playedPrompt({ ...manager, phrase: manager.recognitionPhrase });
  fresh = openWorkstation({ directory: join(founded.directory, 'fresh'), store: founded.world.store, prompt });
}, 180_000);

afterAll(async () => {
  await fresh?.close();
  await founded?.close();
});

const refusalOf = (answer: Result<unknown>) => (answer.ok ? undefined : answer.refusal);
const start = async () => fresh.startShift(await certificateOf(fresh, manager));

it('says that it waits for two signatures, and shows the fingerprint that the officers see', async () => {
  const certificateId = await certificateOf(fresh, manager);
  const enrolled = await fresh.enrol({ code: await founded.world.invitation(), name, certificateId });
  const { device, phase } = fresh.app();
  const shown = device?.fingerprint ?? '';
  expect([phase, device?.name]).toEqual(['locked', name]);
  expect(shown).toMatch(/^[0-9a-f]{64}$/u);
  const waits = { code: 'device-waiting', details: { fingerprint: groupsOf(shown) } };
  expect(refusalOf(enrolled)).toEqual(waits);
  expect(refusalOf(await start())).toEqual(waits);
  expect(fresh.phase()).toBe('locked');
  for (const { desk } of by) {
    const { items } = must(await desk.listDevices());
    const asking = items.find((one) => one.name === name);
    expect([asking?.standing, asking?.fingerprint]).toEqual(['requested', shown]);
  }
}, 60_000);

it('is still refused while only one of the two has signed', async () => {
  const [one] = by;
  const { items } = must(await one.desk.listDevices());
  const asking = items.find((device) => device.name === name);
  const place = { location: '1-зал', custodian: officer.iin, standing: 'active' } as const;
  const change = { kind: 'device', id: asking?.id ?? '', before: asking?.hash ?? null, ...place } as const;
  const text = { reason: 'A new desk', basis: 'Order 9' };
  must(await one.desk.sign({ type: 'access.propose', change, ...text }));
  const waiting = async () => must(await one.desk.listChanges({ view: 'mine', offset: 0, limit: 1 })).items[0];
  await until(async () => (await waiting())?.state === 'waiting');
  expect(refusalOf(await start())?.code).toBe('device-waiting');
  const caseId = (await waiting())?.caseId ?? '';
  must(await one.desk.sign({ type: 'access.withdraw', caseId, note: 'To be proposed anew' }));
  // The other officer knows it, too: nobody would sign what is over.
  for (const { desk } of by) {
    const all = async () => must(await desk.listChanges({ view: 'all', offset: 0, limit: 50 })).items;
    await until(async () => (await all()).find((one) => one.caseId === caseId)?.state === 'withdrawn');
  }
}, 60_000);

it('opens without a restart once both have signed, with the code of the first day', async () => {
  await founded.admit(name, by);
  must(await start());
  await until(() => fresh.app().status.server.state === 'connected');
  expect(fresh.app().staff?.iin).toBe(manager.iin);
}, 60_000);
