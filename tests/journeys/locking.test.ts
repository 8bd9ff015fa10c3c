import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sessionRulesDefault } from '../../core/access/index.ts';
import type { Sha256Hex } from '../../core/kernel/index.ts';
import {
  certificateOf,
  fullName,
  makeCases,
  member,
  must,
  openWorkstation,
  playedPrompt,
  until,
  type PlayedPrompt,
} from '../../dev/demo/index.ts';
import { importCases, type Workstation } from '../../main/engine/index.ts';
import { openAdministration, realSurroundings } from '../../server/boot/index.ts';
import { changePolicy } from '../server/support/policy.ts';
import { makeWorld, type World } from './support/platform.ts';

const directory = mkdtempSync(join(tmpdir(), 'qorgan-locking-'));
const reviewer = member('reviewer');
const registrar = member('registrar');
const lockIdleMs = 12_000;
const stepUpMs = 10_000;

type Seat = { readonly desk: Workstation; readonly person: PlayedPrompt };

let world: World;
let caseId = '';
const seats: Seat[] = [];

async function seat(name: string): Promise<Seat> {
  const person = playedPrompt({ ...reviewer, phrase: reviewer.recognitionPhrase });
  const desk = openWorkstation({ directory: join(directory, name), store: world.store, prompt: person });
  must(await desk.enrol({ code: await world.invitation(), name, certificateId: await certificateOf(desk, reviewer) }));
  seats.push({ desk, person });
  return { desk, person };
}

const start = async ({ desk }: Seat): Promise<void> => {
  must(await desk.startShift(await certificateOf(desk, reviewer)));
  await until(() => desk.app().status.server.state === 'connected');
};

/** As `qorgan server add-staff` does it: by a process beside the server. */
async function setReviewer(change: { readonly roles?: []; readonly validUntilMs?: number }): Promise<number> {
  const place = { directory: join(directory, 'platform'), surroundings: realSurroundings };
  const card = world.cards.find(({ member: { id } }) => id === reviewer.id);
  const administration = must(await openAdministration(place));
  const record = {
    iin: reviewer.iin,
    name: fullName(reviewer),
    roles: reviewer.roles,
    certificates: [card?.certificate as Sha256Hex],
    validFromMs: Date.now() - 60_000,
    validUntilMs: Date.now() + 86_400_000,
    basis: 'Order 2-k',
    ...change,
  };
  const recordedAtMs = performance.now();
  must(await administration.addStaff(record));
  await administration.close();
  return recordedAtMs;
}

/** How long it takes until the desk is locked, and by what. */
async function lockedBy({ desk }: Seat, sinceMs: number): Promise<{ readonly code: string; readonly afterMs: number }> {
  await until(() => desk.phase() === 'locked', 60_000);
  const afterMs = performance.now() - sinceMs;
  return { code: desk.app().lockedBy?.code ?? '', afterMs };
}

async function openVaultAnswers({ desk }: Seat): Promise<string> {
  const listed = await desk.listJournal({ before: null, limit: 1, onlyActs: false });
  return listed.ok ? 'open' : listed.refusal.code;
}

beforeAll(async () => {
  world = await makeWorld(directory, { profile: 'demo' });
  const sessions = {
    ...sessionRulesDefault,
    ...{ lockIdleMs, stepUpMs, stepUp: ['registration.claim', 'registration.release'] as const },
  };
  const platform = { directory: join(directory, 'platform'), server: world.server };
  await changePolicy(platform, (policy) => ({ ...policy, sessions }));
  const prompt = playedPrompt(registrar);
  const station = openWorkstation({
    ...{ directory: join(directory, 'station'), store: world.store, prompt, kind: 'import-station' },
  });
  const certificateId = await certificateOf(station, registrar);
  must(await station.enrol({ code: await world.invitation(), name: 'Import', certificateId }));
  must(await station.startShift(certificateId));
  const cases = makeCases({ seed: 9, nowMs: Date.now(), count: 1 });
  const id = station.platform;
  if (id === undefined) throw new Error('the shift has no platform');
  must(await importCases({ submit: (one) => station.sign(one), platform: id, cases, onStep: () => undefined }));
  await until(() => station.app().status.outbox.waiting === 0);
  must(await station.endShift());
  await station.close();
}, 120_000);

afterAll(async () => {
  for (const { desk } of seats) await desk.close();
  await world.close();
  rmSync(directory, { recursive: true, force: true });
});

describe('a desk on real parts', { timeout: 120_000 }, () => {
  it('asks for the password again before an act that the policy names, and takes no wrong one', async () => {
    const own = await seat('Desk 1');
    await start(own);
    const { desk, person } = own;
    await until(
      async () =>
        must(await desk.listCases({ view: 'all', statuses: [], query: '', sort: 'number', offset: 0, limit: 1 }))
          .total === 1,
    );
    caseId =
      must(await desk.listCases({ view: 'all', statuses: [], query: '', sort: 'number', offset: 0, limit: 1 })).items[0]
        ?.id ?? '';
    must(await desk.sign({ type: 'registration.claim', caseId }));
    expect(person.shown.at(-1)?.asks.password).toBe(false);
    await sleep(stepUpMs);
    person.type({ ...reviewer, password: 'not the password' });
    const wrong = await desk.sign({ type: 'registration.release', caseId });
    expect([person.shown.at(-1)?.asks.password, wrong.ok ? 'signed' : wrong.refusal.code]).toEqual([
      true,
      'slot-key-wrong',
    ]);
    person.type(reviewer);
    must(await desk.sign({ type: 'registration.release', caseId }));
    // It was entered just now.
    must(await desk.sign({ type: 'registration.claim', caseId }));
    expect(person.shown.at(-1)?.asks.password).toBe(false);
  });

  it('locks when nobody touches it for as long as the policy allows, keeps what was recorded, and says so', async () => {
    const [own] = seats;
    if (own === undefined) throw new Error('no desk');
    const acts = must(await own.desk.listJournal({ before: null, limit: 50, onlyActs: true })).total;
    for (let i = 0; i < 3; i += 1) {
      own.desk.touch();
      await sleep(lockIdleMs / 3);
    }
    expect(own.desk.phase()).toBe('open');
    own.desk.touch();
    const { code, afterMs } = await lockedBy(own, performance.now());
    expect(code).toBe('desk-locked-idle');
    expect(afterMs).toBeGreaterThan(lockIdleMs - 100);
    expect(afterMs).toBeLessThan(lockIdleMs + 4_000);
    expect(await openVaultAnswers(own)).toBe('vault-closed');
    await start(own);
    expect(own.desk.app().lockedBy).toBeNull();
    expect(must(await own.desk.listJournal({ before: null, limit: 50, onlyActs: true })).total).toBe(acts);
    const entries = must(await own.desk.listJournal({ before: null, limit: 50, onlyActs: false })).items;
    const ended = entries.find(({ kind }) => kind === 'shift-ended');
    expect(ended).toBeDefined();
  });

  it('locks at once when it is signed out from another desk, and its person reads why', async () => {
    const other = await seat('Desk 2');
    await start(other);
    const [own] = seats;
    if (own === undefined) throw new Error('no desk');
    own.desk.touch();
    const { sessions } = must(await other.desk.listSessions(null));
    expect(sessions.map(({ deviceName, isThis }) => [deviceName, isThis])).toEqual([
      ['Desk 2', true],
      ['Desk 1', false],
    ]);
    const sinceMs = performance.now();
    must(await other.desk.endSession({ id: sessions[1]?.id ?? '', reason: '' }));
    const { code, afterMs } = await lockedBy(own, sinceMs);
    process.stdout.write(`signed out from elsewhere: locked after ${Math.round(afterMs)} ms\n`);
    expect(code).toBe('session-signed-out');
    expect(afterMs).toBeLessThan(2_000);
  });

  it('ends the shift with its window: signed out at the server, the journal closed, and said at the next start', async () => {
    const [own, other] = seats as [Seat, Seat];
    await start(own);
    other.desk.touch();
    const named = async (): Promise<readonly string[]> =>
      must(await other.desk.listSessions(null)).sessions.map(({ deviceName }) => deviceName);
    expect((await named()).toSorted()).toEqual(['Desk 1', 'Desk 2']);
    const sinceMs = performance.now();
    await own.desk.leave();
    expect(performance.now() - sinceMs).toBeLessThan(2_000);
    expect([own.desk.phase(), await openVaultAnswers(own)]).toEqual(['locked', 'vault-closed']);
    expect(await named()).toEqual(['Desk 2']);
    await own.desk.close();
    const person = playedPrompt({ ...reviewer, phrase: reviewer.recognitionPhrase });
    const desk = openWorkstation({ directory: join(directory, 'Desk 1'), store: world.store, prompt: person });
    seats[0] = { desk, person };
    expect(desk.app().lockedBy?.code).toBe('desk-left');
    await start(seats[0]);
    expect(desk.app().lockedBy).toBeNull();
    must(await desk.endShift());
    await desk.close();
    // Ended by its button there is nothing to say.
    const again = openWorkstation({ directory: join(directory, 'Desk 1'), store: world.store, prompt: person });
    seats[0] = { desk: again, person };
    expect(again.app().lockedBy).toBeNull();
  });

  it.each([
    ['loses his roles', { roles: [] as [] }],
    ['is given a record that ended', { validUntilMs: 1 }],
  ] as const)('locks within two seconds when its person %s, and starts no shift of his', async (_how, change) => {
    const own = seats[1];
    if (own === undefined) throw new Error('no desk');
    if (own.desk.phase() === 'locked') await start(own);
    own.desk.touch();
    await sleep(500);
    const blocked = setReviewer(change);
    const { code } = await lockedBy(own, 0);
    const lockedAtMs = performance.now();
    const afterMs = lockedAtMs - (await blocked);
    process.stdout.write(`blocked: locked after ${Math.round(afterMs)} ms\n`);
    expect(code).toBe('session-blocked');
    expect(await openVaultAnswers(own)).toBe('vault-closed');
    expect(afterMs).toBeLessThan(2_000);
    const again = await own.desk.startShift(await certificateOf(own.desk, reviewer));
    expect(again.ok).toBe(false);
    await setReviewer({});
    // The server hears of the record within its next look at the registry.
    await until(async () => (await own.desk.startShift(await certificateOf(own.desk, reviewer))).ok, 20_000);
  });

  it('says so where the window closed and the server could not be told, and waits for nobody', async () => {
    const [own] = seats as [Seat];
    await start(own);
    await world.server.close();
    const sinceMs = performance.now();
    await own.desk.leave();
    expect(performance.now() - sinceMs).toBeLessThan(3_000);
    expect([own.desk.phase(), await openVaultAnswers(own)]).toEqual(['locked', 'vault-closed']);
    expect(own.desk.app().lockedBy?.code).toBe('desk-left-unsaid');
  });
});
