import { setTimeout as sleep } from 'node:timers/promises';
import { makeKey } from '../../dev/ca/index.ts';
import { issuePerson, type TestPerson } from '../server/support/people.ts';
import { addStaff, must, startTestPlatform, type TestPlatform } from '../server/support/platform.ts';
import { base64Of, enrolled, type Workstation } from '../server/support/workstation.ts';
import { openConnection } from './load/connection.ts';
import { prepareStations, sendActs, type Station } from './load/stations.ts';
import { percentile } from './load/statistics.ts';
import { startStormServer } from './load/storm-child.ts';
import type { Measure } from './run.ts';

/** So many that none waits for the answer to its request before: a desk speaks over one connection. */
const deskCount = 20;
const perSecond = 10;
const openLoopSeconds = Number(process.env['QORGAN_BENCH_SECONDS'] ?? 20);
const goalMs = 150;
/** Wrong passwords of people by their own cards, at devices that do nothing else, and did so before anything is measured. */
const guesses = { perSecond: 50, devices: 10 } as const;
const acts = { stations: 10, perSecond: 100 } as const;

type Loop = {
  readonly desks: readonly Workstation[];
  readonly people: readonly TestPerson[];
  readonly perSecond: number;
  readonly passwordOf: (person: TestPerson) => string;
};

/** Sign-ins at a steady pace, each sent when its time comes, whatever became of those before: how many were answered with each status. */
async function openLoop({ desks, people, perSecond: pace, passwordOf }: Loop): Promise<ReadonlyMap<number, number>> {
  const startMs = performance.now() + 1_000;
  const answers = new Map<number, number>();
  const one = async (i: number): Promise<void> => {
    const atMs = startMs + (i * 1_000) / pace;
    // The card signs before.
    await sleep(Math.max(0, atMs - 500 - performance.now()));
    const [desk, person] = [desks[i % desks.length], people[i % people.length]];
    if (desk === undefined || person === undefined) throw new Error('bench: there are desks and people');
    const body = { ...(await desk.cardProof(person)), password: base64Of(passwordOf(person)) };
    await sleep(Math.max(0, atMs - performance.now()));
    const { status } = await desk.client.call({ method: 'POST', path: '/v1/sign-in', body });
    answers.set(status, (answers.get(status) ?? 0) + 1);
  };
  await Promise.all(Array.from({ length: pace * openLoopSeconds }, (_, i) => one(i)));
  return answers;
}

type World = {
  readonly desks: readonly Workstation[];
  readonly guessers: readonly Workstation[];
  readonly stations: readonly Station[];
  readonly staff: readonly TestPerson[];
  readonly victims: readonly TestPerson[];
};

async function makeWorld(platform: TestPlatform): Promise<World> {
  const { server, ca, registrar } = platform;
  const key = makeKey('rsa-2048');
  const desks: Workstation[] = [];
  for (let i = 0; i < deskCount; i += 1) desks.push(await enrolled(server));
  const guessers: Workstation[] = [];
  for (let i = 0; i < guesses.devices; i += 1) guessers.push(await enrolled(server));
  const make = async (n: number): Promise<TestPerson> => {
    const person = issuePerson({ ca, n, name: `Қызметкер ${n}`, roles: ['reviewer'], key });
    must(await addStaff(server, person));
    const answer = await desks[n % deskCount]?.signIn(person);
    if (answer?.status !== 200) throw new Error('bench: everybody signs in once');
    return person;
  };
  const [staff, victims]: [TestPerson[], TestPerson[]] = [[], []];
  for (let i = 0; i < deskCount; i += 1) staff.push(await make(20 + i));
  // Others than those who sign in: each of their cards is guessed with at each device.
  for (let i = 0; i < guesses.devices; i += 1) victims.push(await make(60 + i));
  const actsEach = (acts.perSecond * openLoopSeconds) / acts.stations;
  const stations = await prepareStations(server, registrar, { count: acts.stations, actsEach });
  return { desks, guessers, stations, staff, victims };
}

function told(name: string, answers: ReadonlyMap<number, number>): void {
  const counts = [...answers].map(([status, count]) => `${status}: ${count}`).join(', ');
  process.stderr.write(`sign-in: ${name}: ${counts}\n`);
}

/** Sign-ins by card and password under way, alone and beside other loads: how long the server had those that it let in. */
export async function measure(): Promise<readonly Measure[]> {
  const platform = await startTestPlatform();
  try {
    const { desks, guessers, stations, staff, victims } = await makeWorld(platform);
    await platform.server.close();
    const { server, times, close } = await startStormServer(platform.directory, 'timed');
    for (const desk of [...desks, ...guessers]) desk.reconnect(server);
    const connections = await Promise.all(stations.map(() => openConnection(server)));
    const owners = { desks, people: staff, perSecond, passwordOf: ({ password }: TestPerson) => password };
    const found = { desks: guessers, people: victims, perSecond: guesses.perSecond, passwordOf: () => 'a wrong guess' };
    // Compiled code, prepared statements, and devices at which many passwords were wrong.
    await Promise.all([openLoop(owners), openLoop(found)]);
    await times();
    const measures: Measure[] = [];
    const beside = async (name: string, load: () => Promise<unknown>): Promise<void> => {
      const [answers] = await Promise.all([openLoop(owners), load()]);
      told(`owners ${name}`, answers);
      const letIn = (await times()).filter(({ status }) => status === 200).map(({ durationMs }) => durationMs);
      if (letIn.length !== perSecond * openLoopSeconds) throw new Error('bench: every owner is let in');
      const p95 = percentile(letIn, 0.95);
      const what = `sign-in: server time p95 at ten a second, open loop, ${name} (yardstick: goal)`;
      measures.push({ name: what, value: p95, unit: 'ms', baseline: goalMs, ratio: p95 / goalMs });
    };
    await beside('alone', async () => undefined);
    const { perSecond: pace } = acts;
    const send = sendActs(stations, connections, {
      actsEach: stations[0]?.items.length ?? 0,
      actsARequest: 1,
      perSecond: pace,
    });
    await beside(`beside ${pace} acts a second`, async () => (await send()).check());
    await beside(`beside ${guesses.perSecond} wrong passwords a second`, async () =>
      told('guesses', await openLoop(found)),
    );
    for (const connection of connections) connection.close();
    await close();
    return measures;
  } finally {
    await platform.remove();
  }
}
