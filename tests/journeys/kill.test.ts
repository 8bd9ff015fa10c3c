import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OperatorInput } from '../../contracts/ipc/index.ts';
import {
  certificateOf,
  Chance,
  makeCases,
  member,
  must,
  openWorkstation,
  playedPrompt,
  until,
} from '../../dev/demo/index.ts';
import { importCases, type PromptPort, type Workstation } from '../../main/engine/index.ts';
import { runDesk, type DeskFact } from './support/desk.ts';
import { makeRemoteWorld, type RemoteWorld } from './support/remote-world.ts';
import { faultsOf, type ListedAct } from './support/whole.ts';

const root = resolve(import.meta.dirname, '../..');
const directory = mkdtempSync(join(tmpdir(), 'qorgan-kill-'));
const seed = Number(process.env['QORGAN_SEED'] ?? Date.now() % 1_000_000);
const chance = new Chance(seed);
const registrar = member('registrar');
const reviewer = member('reviewer');

const moments = ['claim signing', 'claim recorded', 'approve signing', 'approve recorded', 'being proven'] as const;
type Moment = (typeof moments)[number];
const victims = ['device-host', 'vault-host', 'server'] as const;
const mainSteps = ['shift-started', 'claiming', 'claimed', 'approving', 'approved'] as const;

const cases = makeCases({ seed, nowMs: Date.now(), count: victims.length * moments.length + mainSteps.length });
const all: OperatorInput<'cases.list'> = {
  view: 'all',
  statuses: [],
  query: '',
  sort: 'number',
  offset: 0,
  limit: 500,
};

let world: RemoteWorld;
let desk: Workstation;
let ids: ReadonlyMap<string, string>;
const acknowledged = new Set<string>();
let onSigning: (type: string) => void = () => undefined;

/** A person at the prompt, whose every start of a signature the test hears of. */
function heardPrompt(): PromptPort {
  const played = playedPrompt(reviewer);
  return {
    ask: (question) =>
      played.ask({
        view: question.view,
        attempt: async (answer) => {
          const { title } = await question.view();
          onSigning(title.id);
          return question.attempt(answer);
        },
      }),
  };
}

async function submitAll(): Promise<void> {
  const station = openWorkstation({
    directory: join(directory, 'station'),
    store: world.store,
    prompt: playedPrompt(registrar),
    kind: 'import-station',
  });
  const certificateId = await certificateOf(station, registrar);
  must(await station.enrol({ code: await world.invitation(), name: 'Import', certificateId }));
  must(await station.startShift(certificateId));
  const { platform } = station;
  if (platform === undefined) throw new Error('the shift has no platform');
  must(await importCases({ submit: (proposal) => station.sign(proposal), platform, cases, onStep: () => undefined }));
  await until(() => station.app().status.outbox.waiting === 0 && station.app().status.log.lastIndex !== null, 60_000);
  await station.close();
}

async function strike(victim: (typeof victims)[number]): Promise<void> {
  await sleep(chance.between(0, 60));
  if (victim === 'server') return world.killServer();
  const pid = victim === 'device-host' ? desk.hostPids.device : desk.hostPids.vault;
  if (pid !== undefined) process.kill(pid, 'SIGKILL');
}

/** Goes on like a person who was interrupted: opens the shift again where it is closed, looks, and does what is still to do. */
async function bringToTheEnd(caseId: string, onRecorded: (type: string) => void): Promise<void> {
  const giveUpAtMs = performance.now() + 20_000;
  let last = 'nothing';
  while (performance.now() < giveUpAtMs) {
    if (desk.phase() !== 'open') {
      const started = await desk.startShift(await certificateOf(desk, reviewer).catch(() => ''));
      if (!started.ok) last = `shift: ${started.refusal.code}`;
    }
    const view = await desk.readCase(caseId);
    if (
      view.ok &&
      view.value.summary.status === 'approved' &&
      view.value.history.every(({ state }) => state === 'logged' || state === 'accepted')
    )
      return;
    const isOpen = view.ok && (view.value.summary.status === 'submitted' || view.value.summary.status === 'claimed');
    if (isOpen) {
      const type = view.value.summary.status === 'submitted' ? 'registration.claim' : 'registration.approve';
      const signed = await desk.sign(type === 'registration.claim' ? { type, caseId } : { type, caseId, note: '' });
      if (!signed.ok) last = `${type}: ${signed.refusal.code}`;
      else {
        acknowledged.add(signed.value.actionId);
        onRecorded(type);
      }
    }
    last = view.ok
      ? `${last}, ${view.value.summary.status} ${view.value.history.map(({ state }) => state).join(' ')}`
      : `${last}, case: ${view.refusal.code}`;
    last = last.slice(-400);
    await sleep(50);
  }
  const { server, outbox, card } = desk.app().status;
  throw new Error(
    `the case never came to its end: ${last}; ${JSON.stringify({ phase: desk.phase(), server, outbox, card })}`,
  );
}

async function decideWhileStruck(caseId: string, victim: (typeof victims)[number], moment: Moment): Promise<void> {
  let blow: Promise<void> | undefined;
  const hit = (at: Moment): void => {
    if (at === moment) blow ??= strike(victim);
  };
  onSigning = (title) => hit(title.endsWith('claim') ? 'claim signing' : 'approve signing');
  await bringToTheEnd(caseId, (type) => {
    hit(type === 'registration.claim' ? 'claim recorded' : 'approve recorded');
    if (type === 'registration.approve' && moment === 'being proven') blow ??= sleep(40).then(() => strike(victim));
  });
  onSigning = () => undefined;
  await blow;
}

beforeAll(async () => {
  process.stdout.write(`seed ${seed}: kill journey\n`);
  world = await makeRemoteWorld(directory);
  await submitAll();
  desk = openWorkstation({ directory: join(directory, 'desk'), store: world.store, prompt: heardPrompt() });
  const certificateId = await certificateOf(desk, reviewer);
  must(await desk.enrol({ code: await world.invitation(), name: 'Desk 1', certificateId }));
  must(await desk.startShift(certificateId));
  await until(async () => must(await desk.listCases(all)).total === cases.length);
  ids = new Map(must(await desk.listCases(all)).items.map(({ number, id }) => [number, id]));
}, 180_000);

afterAll(async () => {
  await desk?.close();
  await world?.close();
  rmSync(directory, { recursive: true, force: true });
});

describe('kill -9 at any moment of the main job', { timeout: 120_000 }, () => {
  const strikes = victims.flatMap((victim) => moments.map((moment) => ({ victim, moment })));

  it.each(strikes.map((one, i) => ({ ...one, number: cases[i]?.number ?? '' })))(
    '$victim, $moment: the case still comes to its end',
    async ({ victim, moment, number }) => {
      await decideWhileStruck(ids.get(number) ?? '', victim, moment);
    },
  );

  it('leaves nothing acknowledged lost and nothing doubled, in the journal and in the central log', async () => {
    if (desk.phase() !== 'open') must(await desk.startShift(await certificateOf(desk, reviewer)));
    await until(() => desk.app().status.outbox.waiting === 0);
    const acts = must(await desk.listJournal({ before: null, limit: 500, onlyActs: true })).items.flatMap(
      ({ act }): ListedAct[] => (act === null ? [] : [act]),
    );
    const numbers = cases.slice(0, strikes.length).map(({ number }) => number);
    const listed = await Promise.all(
      numbers.map(async (number) => ({
        number,
        types: must(await desk.readCase(ids.get(number) ?? '')).history.map(({ type }) => type),
      })),
    );
    expect(faultsOf({ acknowledged, acts, cases: listed })).toEqual([]);
    expect(acts).toHaveLength(2 * strikes.length);
    must(await desk.checkJournal());
  });

  it.each(mainSteps.map((step, i) => ({ step, number: cases[strikes.length + i]?.number ?? '' })))(
    'main, at "$step": another start takes up where it was',
    async ({ step, number }) => {
      const job = {
        product: root,
        directory: join(directory, 'desk-2'),
        module: { path: world.store.modulePath, environment: { ...world.store.environment } },
        person: reviewer,
        invitation: await world.invitation(),
        caseNumber: number,
      };
      const said: DeskFact[] = [];
      const killed = await runDesk(job, {
        onFact: (fact, child) => {
          said.push(fact);
          if (fact.step === step) setTimeout(() => child.kill('SIGKILL'), chance.between(0, 80));
        },
      });
      expect(killed.facts.some((fact) => fact.step === step)).toBe(true);
      const again = await runDesk(job, { onFact: (fact) => void said.push(fact) });
      expect(again.facts.find(({ refused }) => refused !== undefined)).toBeUndefined();
      const proven = again.facts.find((fact) => fact.step === 'proven');
      const acts = (proven?.acts ?? []) as readonly ListedAct[];
      const told = new Set(said.flatMap(({ act }) => act ?? []));
      const view = must(await waitFor(number));
      expect(
        faultsOf({ acknowledged: told, acts, cases: [{ number, types: view.history.map(({ type }) => type) }] }),
      ).toEqual([]);
    },
  );

  it('would see an act that is lost, unproven or doubled', () => {
    const act = { actionId: 'a', state: 'logged', logIndex: 1 };
    const whole = ['registration.submit', 'registration.claim', 'registration.approve'];
    const find = (acts: readonly ListedAct[], types: readonly string[] = whole): number =>
      faultsOf({ acknowledged: new Set(['a']), acts, cases: [{ number: '1', types }] }).length;
    expect(find([act])).toBe(0);
    expect(find([])).toBe(1);
    expect(find([{ ...act, state: 'sent' }])).toBe(1);
    expect(find([act, { ...act, actionId: 'b' }])).toBe(1);
    expect(find([act], [...whole, 'registration.approve'])).toBe(1);
  });
});

async function waitFor(number: string): ReturnType<Workstation['readCase']> {
  const caseId = ids.get(number) ?? '';
  await until(async () => {
    const view = await desk.readCase(caseId);
    return view.ok && view.value.summary.status === 'approved';
  });
  return desk.readCase(caseId);
}
