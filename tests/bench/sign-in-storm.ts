import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { attemptRulesDefault } from '../../core/access/index.ts';
import { makeKey } from '../../dev/ca/index.ts';
import { issuePerson, type TestPerson } from '../server/support/people.ts';
import { addStaff, must, startTestPlatform, type TestPlatform } from '../server/support/platform.ts';
import { enrolled, type Workstation } from '../server/support/workstation.ts';
import { chanceOf } from './load/chance.ts';
import { scaleArgon2 } from './load/scaled-argon2.ts';
import type { StormOrder, StormReport } from './load/storm-server.ts';
import { retryMs, runStorm, type StormOwner, type StormResult } from './load/storm.ts';
import type { Measure } from './run.ts';

const attempts = Number(process.env['QORGAN_BENCH_ATTEMPTS'] ?? 100_000);
const seed = Number(process.env['QORGAN_BENCH_SEED'] ?? 20_261_126);
const addresses = 1_000;
const ownersCount = Number(process.env['QORGAN_BENCH_ACCOUNTS'] ?? 500);
const strangersCount = 20;
const desksCount = 20;
const guessersCount = 40;
const stormMs = 3_600_000;

type Reported = Extract<StormReport, { readonly heapMiB: number }>;

function isMemory(report: StormReport): report is Reported {
  return 'heapMiB' in report;
}

/** The server of a folder in a process of its own. */
async function startStormServer(directory: string) {
  const file = join(import.meta.dirname, 'load', 'storm-server.ts');
  const child: ChildProcess = fork(file, [directory], { execArgv: ['--expose-gc'], stdio: 'inherit' });
  const tell = (order: StormOrder): void => void child.send(order);
  const hear = async (): Promise<StormReport> => ((await once(child, 'message')) as [StormReport])[0];
  const opened = await hear();
  if (isMemory(opened)) throw new Error('storm: a server says first where it is');
  const server = {
    url: opened.url,
    pin: { spki: '', certificate: new Uint8Array(Buffer.from(opened.certificate, 'base64')) },
  };
  return {
    server,
    setNow: (nowMs: number) => tell({ nowMs }),
    memory: async (): Promise<Reported> => {
      const heard = hear();
      tell('measure');
      const report = await heard;
      if (!isMemory(report)) throw new Error('storm: memory is told when it is asked for');
      return report;
    },
    close: async () => {
      tell('close');
      await once(child, 'exit');
    },
  };
}

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

type Stormed = { readonly result: StormResult; readonly memory: readonly Reported[]; readonly seconds: number };

async function stormOn(world: TestPlatform): Promise<Stormed> {
  const { owners, strangers } = await makePeople(world);
  const guessers = await inTurns(guessersCount, () => enrolled(world.server));
  await world.server.close();
  const { server, setNow, memory, close } = await startStormServer(world.directory);
  for (const desk of new Set(owners.map((owner) => owner.desk))) desk.reconnect(server);
  const chance = chanceOf(seed);
  const reported: Reported[] = [];
  const startedAtMs = performance.now();
  process.stderr.write('storm: everybody is there\n');
  const result = await runStorm({
    ...{ server, owners, strangers, guessers, addresses, attempts, setNow, chance },
    ...{ startMs: Date.now() + 1_000, lastsMs: stormMs, insiderShare: 0.1, atOnce: 32 },
    onPart: async (part) => {
      const { heapMiB, rssMiB } = await memory();
      reported.push({ heapMiB, rssMiB });
      process.stderr.write(`storm: part ${part + 1}, heap ${heapMiB.toFixed(0)} MiB, RSS ${rssMiB.toFixed(0)} MiB\n`);
    },
  });
  const seconds = (performance.now() - startedAtMs) / 1_000;
  await close();
  return { result, memory: reported, seconds };
}

function against(name: string, value: number, unit: string, baseline: number): Measure {
  return { name, value, unit, baseline, ratio: value / baseline };
}

function largest(of: readonly number[]): number {
  return Math.max(...of);
}

/** Guesses over the real door of a server in a process of its own, by whoever found the cards, from a thousand addresses. */
export async function measure(): Promise<readonly Measure[]> {
  using _scaled = scaleArgon2();
  const world = await startTestPlatform();
  try {
    const { result, memory, seconds } = await stormOn(world);
    const guesses = [...result.answers].map(([name, count]) => `${name} ${count}`).join(', ');
    process.stderr.write(`storm: seed ${seed}; guesses: ${guesses}\n`);
    // The first parts fill what is filled once: connections of a thousand addresses, prepared statements, compiled code.
    const [early, late] = [memory.slice(2, 5), memory.slice(-3)];
    const heap = (parts: readonly Reported[]): number => largest(parts.map(({ heapMiB }) => heapMiB));
    const rss = (parts: readonly Reported[]): number => largest(parts.map(({ rssMiB }) => rssMiB));
    const longestSeconds = (attemptRulesDefault.delayMaxMs + retryMs) / 1_000;
    return [
      against(
        'sign-in storm: longest hold of an owner (yardstick: longest delay and one retry)',
        result.longestHoldMs / 1_000,
        's',
        longestSeconds,
      ),
      against('sign-in storm: owners who got in (yardstick: all)', result.ownersIn, 'owners', ownersCount),
      against(
        'sign-in storm: owners held up at one moment, at most (yardstick: all)',
        result.heldAtOnceMax,
        'owners',
        ownersCount,
      ),
      against('sign-in storm: heap in the last parts (yardstick: parts 3 to 5)', heap(late), 'MiB', heap(early)),
      against('sign-in storm: RSS in the last parts (yardstick: parts 3 to 5)', rss(late), 'MiB', rss(early)),
      against(
        'sign-in storm: guesses let in (yardstick: guesses)',
        result.answers.get('status 200') ?? 0,
        '',
        attempts,
      ),
      against('sign-in storm: guesses a second (yardstick: ten)', attempts / seconds, '/s', 10),
    ];
  } finally {
    await world.remove();
  }
}
