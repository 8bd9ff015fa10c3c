import { setTimeout as sleep } from 'node:timers/promises';
import { attemptRulesDefault } from '../../core/access/index.ts';
import { makeKey } from '../../dev/ca/index.ts';
import { issuePerson, type TestPerson } from '../server/support/people.ts';
import { addStaff, must, startTestPlatform, type TestPlatform } from '../server/support/platform.ts';
import { enrolled, type Workstation } from '../server/support/workstation.ts';
import { chanceOf } from './load/chance.ts';
import { scaleArgon2 } from './load/scaled-argon2.ts';
import { slopeOf } from './load/statistics.ts';
import { startStormServer } from './load/storm-child.ts';
import type { StormMemory } from './load/storm-server.ts';
import { partsCount, runStorm, type StormOwner, type StormResult } from './load/storm.ts';
import type { Measure } from './run.ts';

/** The whole storm with scaled stretches, and a shorter one with real ones; none of a kind where it is 0. */
const attemptsOf = {
  scaled: Number(process.env['QORGAN_BENCH_ATTEMPTS'] ?? 100_000),
  real: Number(process.env['QORGAN_BENCH_REAL_ATTEMPTS'] ?? 10_000),
} as const;
type Cost = keyof typeof attemptsOf;
const seed = Number(process.env['QORGAN_BENCH_SEED'] ?? 20_261_126);
const addresses = 1_000;
const ownersCount = Number(process.env['QORGAN_BENCH_ACCOUNTS'] ?? 500);
const strangersCount = 20;
const desksCount = 20;
const guessersCount = 40;
const stormMs = 3_600_000;

/** So many at once as there are desks: one desk speaks over one connection. */
async function inTurns<T>(count: number, make: (i: number) => Promise<T>): Promise<T[]> {
  const made: T[] = [];
  for (let i = 0; i < count; i += desksCount) {
    const turn = Array.from({ length: Math.min(desksCount, count - i) }, (_, n) => make(i + n));
    made.push(...(await Promise.all(turn)));
  }
  return made;
}

async function makePeople(world: TestPlatform): Promise<{ owners: StormOwner[]; strangers: TestPerson[] }> {
  const key = makeKey('rsa-2048');
  const issue = (n: number): TestPerson =>
    issuePerson({ ca: world.ca, n, name: `Қызметкер Нөмір${n}`, roles: ['reviewer'], key });
  const desks = await inTurns(desksCount, () => enrolled(world.server));
  const owners = await inTurns(ownersCount, async (i) => {
    const person = issue(100 + i);
    const desk = desks[i % desksCount] as Workstation;
    must(await addStaff(world.server, person));
    const answer = await desk.signIn(person);
    if (answer.status !== 200) throw new Error('storm: everybody signs in once');
    return { person, desk };
  });
  return { owners, strangers: Array.from({ length: strangersCount }, (_, i) => issue(800 + i)) };
}

type Stormed = {
  readonly result: StormResult;
  /** After each part, and after all, when nobody asks any longer. */
  readonly parts: readonly StormMemory[];
  readonly atRest: StormMemory;
  readonly seconds: number;
};

/** So long after the last request the server has nothing to do. */
const restMs = 10_000;

async function stormOn(world: TestPlatform, cost: Cost): Promise<Stormed> {
  // What is stretched here fits there.
  using _scaled = cost === 'scaled' ? scaleArgon2() : undefined;
  const attempts = attemptsOf[cost];
  const { owners, strangers } = await makePeople(world);
  const guessers = await inTurns(guessersCount, () => enrolled(world.server));
  await world.server.close();
  const { server, setNow, memory, close } = await startStormServer(world.directory, cost);
  for (const desk of new Set(owners.map((owner) => owner.desk))) desk.reconnect(server);
  const parts: StormMemory[] = [];
  const startedAtMs = performance.now();
  process.stderr.write(`storm (${cost}): everybody is there\n`);
  const result = await runStorm({
    ...{ server, owners, strangers, guessers, addresses, attempts, setNow, chance: chanceOf(seed) },
    ...{ startMs: Date.now() + 1_000, lastsMs: stormMs, insiderShare: 0.1, atOnce: 32 },
    onPart: async (part) => {
      const told = await memory();
      parts.push(told);
      process.stderr.write(`storm (${cost}): part ${part + 1}, ${memoryText(told)}\n`);
    },
  });
  const seconds = (performance.now() - startedAtMs) / 1_000;
  await sleep(restMs);
  const atRest = await memory();
  process.stderr.write(`storm (${cost}): at rest, ${memoryText(atRest)}\n`);
  await close();
  return { result, parts, atRest, seconds };
}

function memoryText({ heapMiB, rssMiB, loopP99Ms, loopMaxMs }: StormMemory): string {
  const loop = `event loop p99 ${loopP99Ms.toFixed(1)} ms, longest ${loopMaxMs.toFixed(0)} ms`;
  return `heap ${heapMiB.toFixed(1)} MiB, RSS ${rssMiB.toFixed(0)} MiB, ${loop}`;
}

function against(name: string, value: number, unit: string, baseline: number): Measure {
  return { name, value, unit, baseline, ratio: value / baseline };
}

/** Parts that fill what is filled once: connections of a thousand addresses, prepared statements, compiled code. */
const warmUpParts = 4;
/** Two steps of the memory, half of the storm apart, are each of so many parts. */
const stepParts = 3;

/** Whether memory grows with the attempts: what it is after all of them against half of them, and the slope of the line through what came after the warm-up. */
function memoryMeasures(
  name: string,
  attempts: number,
  stormed: Stormed,
  of: (memory: StormMemory) => number,
): readonly Measure[] {
  const points = stormed.parts.map((memory, part) => ({
    x: ((part + 1) * attempts) / partsCount / 10_000,
    y: of(memory),
  }));
  const mean = (from: number): number =>
    points.slice(from, from + stepParts).reduce((sum, { y }) => sum + y, 0) / stepParts;
  const half = mean(partsCount / 2 - stepParts);
  const { slope, half: interval } = slopeOf(points.slice(warmUpParts));
  process.stderr.write(
    `${name}: ${slope.toFixed(2)} ± ${interval.toFixed(2)} MiB each 10,000 attempts after the warm-up\n`,
  );
  return [
    against(`${name}, after all attempts (yardstick: after half of them)`, mean(partsCount - stepParts), 'MiB', half),
    against(`${name}, slope each 10,000 attempts (yardstick: a hundredth of it)`, slope, 'MiB', half / 100),
    against(
      `${name}, at rest (yardstick: after all attempts)`,
      of(stormed.atRest),
      'MiB',
      mean(partsCount - stepParts),
    ),
  ];
}

function measuresOf(cost: Cost, stormed: Stormed): readonly Measure[] {
  const { result, parts, seconds } = stormed;
  const attempts = attemptsOf[cost];
  const name = `sign-in storm, ${attempts} attempts, ${cost} stretch`;
  const largest = (of: (memory: StormMemory) => number): number => Math.max(...parts.slice(warmUpParts).map(of));
  return [
    against(
      `${name}: longest hold of an owner (yardstick: longest delay)`,
      result.longestHoldMs / 1_000,
      's',
      attemptRulesDefault.delayMaxMs / 1_000,
    ),
    against(`${name}: owners who got in (yardstick: all)`, result.ownersIn, 'owners', ownersCount),
    against(
      `${name}: owners held up at one moment, at most (yardstick: all)`,
      result.heldAtOnceMax,
      'owners',
      ownersCount,
    ),
    ...memoryMeasures(`${name}: heap`, attempts, stormed, ({ heapMiB }) => heapMiB),
    ...memoryMeasures(`${name}: RSS`, attempts, stormed, ({ rssMiB }) => rssMiB),
    against(
      `${name}: event loop delay p99 of the worst part (yardstick: a sign-in)`,
      largest(({ loopP99Ms }) => loopP99Ms),
      'ms',
      150,
    ),
    against(
      `${name}: longest event loop delay (yardstick: a sign-in)`,
      largest(({ loopMaxMs }) => loopMaxMs),
      'ms',
      150,
    ),
    against(`${name}: guesses let in (yardstick: guesses)`, result.answers.get('status 200') ?? 0, '', attempts),
    against(`${name}: guesses a second (yardstick: ten)`, attempts / seconds, '/s', 10),
  ];
}

/** Guesses over the real door of a server in a process of its own, by whoever found the cards, from a thousand addresses. */
export async function measure(): Promise<readonly Measure[]> {
  const measures: Measure[] = [];
  for (const cost of ['scaled', 'real'] as const) {
    if (attemptsOf[cost] === 0) continue;
    const world = await startTestPlatform();
    try {
      const stormed = await stormOn(world, cost);
      const guesses = [...stormed.result.answers].map(([answer, count]) => `${answer} ${count}`).join(', ');
      process.stderr.write(
        `storm (${cost}): seed ${seed}; guesses: ${guesses}; tries of owners: ${stormed.result.ownerTries}\n`,
      );
      measures.push(...measuresOf(cost, stormed));
    } finally {
      await world.remove();
    }
  }
  return measures;
}
