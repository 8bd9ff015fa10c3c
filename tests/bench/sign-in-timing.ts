import { asSuperuser } from '../attacks/support.ts';
import type { Answer } from '../server/support/client.ts';
import { startFounded } from '../server/support/founded.ts';
import type { Workstation } from '../server/support/workstation.ts';
import { chanceOf } from './load/chance.ts';
import { makeDoorKinds, type DoorKind } from './load/door-kinds.ts';
import { playClock } from './load/played-clock.ts';
import { scaleArgon2 } from './load/scaled-argon2.ts';
import { criticalZ, holm, percentile, rankTest, type RankTest } from './load/statistics.ts';
import type { Measure } from './run.ts';

const seed = Number(process.env['QORGAN_BENCH_SEED'] ?? 20_261_126);
/** Of each kind, with the real stretch; and with a scaled one, which lets smaller differences of all the other work be seen. */
const rounds = {
  real: Number(process.env['QORGAN_BENCH_ROUNDS'] ?? 120),
  scaled: Number(process.env['QORGAN_BENCH_SCALED_ROUNDS'] ?? 300),
} as const;
type Cost = keyof typeof rounds;
const alpha = 0.05;
/** What Romano and others call negligible: 57 of a hundred guesses which of two it was are right, where 50 are by chance. */
const negligibleDelta = 0.147;

/** All that a caller reads, but for the number of the incident and the date. */
function told({ status, headers, text }: Answer): string {
  const named = Object.entries(headers).filter(([name]) => name !== 'date');
  return JSON.stringify([status, named, text.replace(/"incidentId":"[0-9a-f-]{36}"/u, '')]);
}

type Samples = ReadonlyMap<string, { readonly times: number[]; readonly answers: Set<string> }>;

/** One request of each kind a round, in an order of chance; before each round all counters of failures are as they were before the first. */
async function sample(
  world: { readonly directory: string },
  desk: Workstation,
  kinds: readonly DoorKind[],
  count: number,
): Promise<Samples> {
  const samples: Samples = new Map(kinds.map(({ name }) => [name, { times: [], answers: new Set<string>() }]));
  const chance = chanceOf(seed);
  await asSuperuser(world, async (client) => {
    await client.query(
      'create temporary table kept as select * from attempt where scope not in ($$device$$, $$address$$)',
    );
    for (let round = 0; round < count; round += 1) {
      await client.query('begin; delete from attempt; insert into attempt select * from kept; commit');
      const order = kinds.map((kind) => ({ kind, at: chance() })).toSorted((a, b) => a.at - b.at);
      for (const { kind } of order) {
        const body = await kind.make(round);
        const startedAtMs = performance.now();
        const answer = await desk.client.call({ method: 'POST', path: '/v1/sign-in', body });
        const of = samples.get(kind.name);
        of?.times.push(performance.now() - startedAtMs);
        of?.answers.add(told(answer));
      }
    }
  });
  return samples;
}

type Compared = {
  readonly kind: DoorKind;
  readonly median: number;
  readonly against: number;
  readonly test: RankTest;
  readonly isSameAnswer: boolean;
};

function compare(samples: Samples, kinds: readonly DoorKind[]): readonly Compared[] {
  const compared = kinds.filter(({ name, against }) => name !== against);
  return compared.map((kind) => {
    const [one, other] = [samples.get(kind.name), samples.get(kind.against)];
    if (one === undefined || other === undefined) throw new Error('timing: each kind has its samples');
    return {
      kind,
      median: percentile(one.times, 0.5),
      against: percentile(other.times, 0.5),
      test: rankTest(one.times, other.times, 1 - alpha / compared.length),
      isSameAnswer: [...one.answers].join() === [...other.answers].join() && one.answers.size === 1,
    };
  });
}

function measuresOf(cost: Cost, compared: readonly Compared[]): readonly Measure[] {
  const adjusted = holm(compared.map(({ test }) => test.p));
  const critical = criticalZ(alpha / compared.length);
  return compared.flatMap(({ kind, median, against, test, isSameAnswer }, i) => {
    const { z, delta, shift, shiftFrom, shiftTo } = test;
    const bounds = `${shift.toFixed(3)} ms (${shiftFrom.toFixed(3)} to ${shiftTo.toFixed(3)})`;
    process.stderr.write(
      `timing (${cost}): ${kind.name}: slower by ${bounds}, p after Holm ${adjusted[i]?.toFixed(3)}\n`,
    );
    const name = `sign-in timing, ${cost} stretch: ${kind.name}`;
    const one = (what: string, value: number, unit: string, baseline: number): Measure => ({
      name: `${name}, ${what}`,
      ...{ value, unit, baseline, ratio: value / baseline },
    });
    const ranks = one('|z| (yardstick: chance, once in twenty of such runs)', Math.abs(z), '', critical);
    const differs = isSameAnswer ? [] : [one('answers that differ', 1, '', 1)];
    if (cost === 'scaled') return [ranks, ...differs];
    return [
      one(`median (yardstick: of ${kind.against})`, median, 'ms', against),
      ranks,
      one("Cliff's |delta| (yardstick: negligible)", Math.abs(delta), '', negligibleDelta),
      ...differs,
    ];
  });
}

/** What the time of an answer at the door of sign-in tells of an account, kind by kind. */
export async function measure(): Promise<readonly Measure[]> {
  using clock = playClock();
  const world = await startFounded(3);
  try {
    const { desk, kinds } = await makeDoorKinds(world, { ahead: clock.ahead, peopleEach: 3 });
    process.stderr.write(`timing: seed ${seed}, ${kinds.length} kinds\n`);
    const real = compare(await sample(world, desk, kinds, rounds.real), kinds);
    const again = async () => {
      using _scaled = scaleArgon2();
      return compare(await sample(world, desk, kinds, rounds.scaled), kinds);
    };
    return [...measuresOf('real', real), ...measuresOf('scaled', await again())];
  } finally {
    await world.remove();
  }
}
