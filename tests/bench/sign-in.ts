import { setTimeout as sleep } from 'node:timers/promises';
import { issuePerson, type TestPerson } from '../server/support/people.ts';
import { addStaff, must, startTestPlatform, type TestPlatform } from '../server/support/platform.ts';
import { base64Of, enrolled, type Workstation } from '../server/support/workstation.ts';
import type { Measure } from './run.ts';

function percentile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN;
}

/** Mann and Whitney's statistic as a standard normal value: beyond ±1.96 two samples differ, once in twenty by chance. */
function rankZ(one: readonly number[], other: readonly number[]): number {
  let wins = 0;
  for (const a of one) for (const b of other) wins += a > b ? 1 : a === b ? 0.5 : 0;
  const [n, m] = [one.length, other.length];
  return (wins - (n * m) / 2) / Math.sqrt((n * m * (n + m + 1)) / 12);
}

async function post(desk: Workstation, person: TestPerson, password: string): Promise<() => Promise<number>> {
  const body = { ...(await desk.cardProof(person)), password: base64Of(password) };
  return async () => {
    const startedAtMs = performance.now();
    await desk.client.call({ method: 'POST', path: '/v1/sign-in', body });
    return performance.now() - startedAtMs;
  };
}

const samplesEach = 100;

/** Wrong passwords of people and the same of strangers, turn by turn. */
async function compareTimes(desk: Workstation, staff: readonly TestPerson[], strangers: readonly TestPerson[]) {
  const known: number[] = [];
  const unknown: number[] = [];
  for (let i = 0; i < samplesEach; i += 1) {
    const turns = [
      [known, staff],
      [unknown, strangers],
    ] as const;
    for (const [times, people] of i % 2 === 0 ? turns : turns.toReversed()) {
      const person = people[i % people.length];
      if (person !== undefined) times.push(await (await post(desk, person, 'not the password'))());
    }
  }
  return { known: percentile(known, 0.5), unknown: percentile(unknown, 0.5), z: rankZ(known, unknown) };
}

/** So many that none waits for the answer to its request before: a desk speaks over one connection. */
const deskCount = 20;
const perSecond = 10;
const openLoopSeconds = 20;

/** How long the server had each sign-in, by its own log. */
function serverTimes(lines: readonly string[], count: number): readonly number[] {
  const told = lines.map((line) => JSON.parse(line) as { readonly route?: string; readonly durationMs?: number });
  return told.flatMap(({ route, durationMs = 0 }) => (route === '/v1/sign-in' ? [durationMs] : [])).slice(-count);
}

/** Ten sign-ins a second, each sent when its time comes, whatever became of those before: the server's times. */
async function openLoop(
  lines: readonly string[],
  desks: readonly Workstation[],
  staff: readonly TestPerson[],
): Promise<readonly number[]> {
  const startMs = performance.now() + 1_000;
  const one = async (i: number): Promise<number> => {
    const atMs = startMs + (i * 1_000) / perSecond;
    await sleep(Math.max(0, atMs - 500 - performance.now()));
    const desk = desks[i % desks.length];
    const person = staff[i % staff.length];
    if (desk === undefined || person === undefined) throw new Error('bench: there are desks and people');
    const send = await post(desk, person, person.password);
    await sleep(Math.max(0, atMs - performance.now()));
    return send();
  };
  const count = perSecond * openLoopSeconds;
  await Promise.all(Array.from({ length: count }, (_, i) => one(i)));
  return serverTimes(lines, count);
}

async function makePeople(world: TestPlatform, desk: Workstation) {
  const issue = (n: number) => issuePerson({ ca: world.ca, n, name: `Қызметкер ${n}`, roles: ['reviewer'] });
  const staff = Array.from({ length: 20 }, (_, i) => issue(20 + i));
  const strangers = Array.from({ length: 20 }, (_, i) => issue(60 + i));
  for (const person of staff) {
    must(await addStaff(world.server, person));
    const answer = await desk.signIn(person);
    if (answer.status !== 200) throw new Error('bench: everybody signs in once');
  }
  return { staff, strangers };
}

/** Sign-ins by card and password: under way, and what their time tells. */
export async function measure(): Promise<readonly Measure[]> {
  const world = await startTestPlatform();
  try {
    const desks: Workstation[] = [];
    for (let i = 0; i < deskCount; i += 1) desks.push(await enrolled(world.server));
    const [first] = desks;
    if (first === undefined) throw new Error('bench: a desk is enrolled');
    const { staff, strangers } = await makePeople(world, first);
    const times = await openLoop(world.lines, desks, staff);
    const { known, unknown, z } = await compareTimes(first, staff, strangers);
    const p95 = percentile(times, 0.95);
    return [
      {
        name: 'sign-in: server time p95 at ten a second, open loop (yardstick: goal)',
        value: p95,
        unit: 'ms',
        baseline: 150,
        ratio: p95 / 150,
      },
      {
        name: 'sign-in: median of a wrong password (yardstick: of a stranger)',
        value: known,
        unit: 'ms',
        baseline: unknown,
        ratio: known / unknown,
      },
      {
        name: 'sign-in: rank statistic of the two, |z| (yardstick: 1.96)',
        value: Math.abs(z),
        unit: '',
        baseline: 1.96,
        ratio: Math.abs(z) / 1.96,
      },
    ];
  } finally {
    await world.remove();
  }
}
