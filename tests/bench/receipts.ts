import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Sha256Hex } from '../../core/kernel/index.ts';
import { formatInvitation } from '../../contracts/http/index.ts';
import {
  activationCodes,
  Chance,
  makeCards,
  makeCases,
  makeIin,
  member,
  must,
  type StaffMember,
} from '../../dev/demo/index.ts';
import { openSoftHsmStore, type SoftHsmStore } from '../../dev/softhsm/index.ts';
import { openAdministration, realSurroundings } from '../../server/boot/index.ts';
import { bringStaff, makeWorld, type World } from '../journeys/support/platform.ts';
import { startChild, type ChildServer } from '../server/support/child.ts';
import { issuePerson } from '../server/support/people.ts';
import { addStaff } from '../server/support/platform.ts';
import { watchCheckpoints, type Published } from './load/checkpoints.ts';
import { openConnection } from './load/connection.ts';
import type { DeskFact, DeskJob } from './load/desk.ts';
import { prepareStations, sendActs, type Sent, type Station } from './load/stations.ts';
import type { Measure } from './run.ts';

/** Workstations whose receipts are measured, each with its hosts, journal, feed and card; and what each signs. */
const desks = 3;
const actsOfDesk = 40;
const everyMs = 500;
/** Stations that send beside them, one signed act a request. */
const connections = 40;
const perSecond = 300;
const warmUpEach = 10;
/** Longer than the desks sign. */
const loadSeconds = 24;
const loadEach = (loadSeconds * perSecond) / connections;
/** From the checkpoint that covers an act to its verified receipt in the journal. */
const goalMs = 1_000;

type Holder = { readonly person: StaffMember; readonly store: SoftHsmStore };

/** A registrar for each desk with a card of his own: tokens in software break where several processes open the same. */
async function issueCards({ directory, ca, server }: World): Promise<readonly Holder[]> {
  const chance = new Chance(57);
  const holders = Array.from({ length: desks }, (_, i): Holder => {
    const person = { ...member('registrar'), iin: makeIin(chance, '1990-05-05', true), tokenLabel: `DESK ${i + 1}` };
    return { person, store: openSoftHsmStore(join(directory, `cards-${i}`)) };
  });
  for (const { person, store } of holders) await bringStaff(server.administration, makeCards(store, ca, [person]));
  return holders;
}

type Desk = {
  readonly facts: DeskFact[];
  readonly ready: Promise<void>;
  readonly begin: () => void;
  readonly ended: Promise<void>;
};

type DeskProcess = ChildProcessByStdio<Writable, Readable, null>;

function startDesk(job: DeskJob, started: DeskProcess[]): Desk {
  const script = join(import.meta.dirname, 'load', 'desk.ts');
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  started.push(child);
  const facts: DeskFact[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    child.on('close', (code) => {
      const failed = facts.find(({ step }) => step === 'failed');
      if (code === 0 && failed === undefined) resolve();
      else reject(new Error(`bench: a desk failed: ${JSON.stringify(failed ?? code)}`));
    });
  });
  // Whoever waits hears of it; a desk that fails before anybody does still lets the rest be tidied up.
  ended.catch(() => undefined);
  const ready = new Promise<void>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const fact = JSON.parse(line) as DeskFact;
      facts.push(fact);
      if (fact.step === 'ready') resolve();
    });
  });
  child.stdin.write(`${JSON.stringify(job)}\n`);
  return {
    facts,
    ready: Promise.race([ready, ended]),
    begin: () => void child.stdin.write('begin\n'),
    ended,
  };
}

/** Enrols the desks one after the other at the running server. */
async function startDesks(
  directory: string,
  child: ChildServer,
  holders: readonly Holder[],
  started: DeskProcess[],
): Promise<readonly Desk[]> {
  const place = { directory: join(directory, 'platform'), surroundings: realSurroundings };
  const administration = must(await openAdministration(place));
  const opened: Desk[] = [];
  const cases = makeCases({ seed: 57, nowMs: Date.now(), count: desks * actsOfDesk });
  for (const [i, { person, store }] of holders.entries()) {
    const { code } = await administration.enrolCode();
    const job = {
      directory: join(directory, `desk-${i}`),
      store: { modulePath: store.modulePath, environment: store.environment },
      person,
      invitation: formatInvitation({ url: child.url, spki: child.pin.spki as Sha256Hex, code }),
      activationCode: activationCodes.get(person.iin) ?? '',
      name: person.tokenLabel,
      cases: cases.slice(i * actsOfDesk, (i + 1) * actsOfDesk),
      everyMs,
    };
    const desk = startDesk(job, started);
    await desk.ready;
    opened.push(desk);
  }
  await administration.close();
  return opened;
}

/** Milliseconds from the checkpoint that covers each proven act to its receipt in the vault, in order of length. */
function receiptWaits(facts: readonly DeskFact[], published: readonly Published[]): readonly number[] {
  const waits = facts.flatMap((fact) => {
    if (fact.step !== 'proven') return [];
    const covering = published.find(({ size }) => size > fact.index);
    if (covering === undefined) throw new Error('bench: a receipt has a checkpoint');
    return [fact.atMs - covering.atMs];
  });
  return waits.toSorted((a, b) => a - b);
}

const at = (waits: readonly number[], share: number): number => waits[Math.floor(waits.length * share)] ?? Number.NaN;

type Bench = {
  readonly directory: string;
  readonly child: ChildServer;
  readonly holders: readonly Holder[];
  readonly stations: readonly Station[];
  readonly started: DeskProcess[];
};

async function measureOn({ directory, child, holders, stations, started }: Bench): Promise<readonly Measure[]> {
  const opened = await Promise.all(stations.map(() => openConnection(child)));
  await sendActs(stations, opened, { actsEach: warmUpEach, actsARequest: 1, perSecond })();
  const all = await startDesks(directory, child, holders, started);
  const send = sendActs(stations, opened, { actsEach: loadEach, actsARequest: 1, perSecond });
  const checkpoints = watchCheckpoints(join(directory, 'platform', 'log', 'checkpoint'));
  const loading = send();
  for (const desk of all) desk.begin();
  const [sent] = await Promise.all([loading, ...all.map(({ ended }) => ended)]);
  const published = checkpoints.stop();
  sent.check();
  for (const connection of opened) connection.close();
  const waits = receiptWaits(
    all.flatMap(({ facts }) => facts),
    published,
  );
  if (waits.length !== desks * actsOfDesk) throw new Error(`bench: ${waits.length} receipts`);
  return measuresOf(waits, sent);
}

function measuresOf(waits: readonly number[], { acts, seconds, waitsMs }: Sent): readonly Measure[] {
  const against = (name: string, value: number, unit: string, baseline: number): Measure => ({
    name: `checkpoint to receipt, ${name}`,
    ...{ value, unit, baseline, ratio: value / baseline },
  });
  return [
    against('p50', at(waits, 0.5), 'ms', goalMs),
    against('p99', at(waits, 0.99), 'ms', goalMs),
    against('longest', waits.at(-1) ?? Number.NaN, 'ms', goalMs),
    against(`acts of ${connections} others beside ${desks} workstations`, acts / seconds, 'acts/s', perSecond),
    against('p99 of the answers to the others', at(waitsMs, 0.99), 'ms', goalMs),
  ];
}

/**
 * How long a workstation waits for its receipt once the checkpoint that covers its act is published, while others act: each desk is the workstation
 * without its windows (hosts, journal, card in software, pinned TLS), reads and verifies all changes, and signs twice a second; its
 * receipt counts when the vault has verified and journalled it. Others send at a steady pace, whatever the answers take.
 */
export async function measure(): Promise<readonly Measure[]> {
  const directory = mkdtempSync(join(tmpdir(), 'qorgan-bench-receipts-'));
  const world = await makeWorld(directory, { profile: 'demo' });
  const registrar = issuePerson({ ca: world.ca, n: 7, name: 'Серікова Айгүл', roles: ['registrar'] });
  must(await addStaff(world.server, registrar));
  const holders = await issueCards(world);
  const actsEach = warmUpEach + loadEach;
  const stations = await prepareStations(world.server, registrar, { count: connections, actsEach });
  await world.close();
  const child = await startChild(join(directory, 'platform'));
  const started: DeskProcess[] = [];
  try {
    return await measureOn({ directory, child, holders, stations, started });
  } finally {
    for (const desk of started) desk.kill('SIGKILL');
    await child.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}
