// `npm run fuzz:check`: octets of a platform at rest are changed one at a time, and a check must find each.
//   npm run fuzz:check -- [--count N] [--seed S] [--from I]
import { parseArgs } from 'node:util';
import { chanceOf } from '../fuzz/chance.ts';
import { openFlipWorld } from './flip-world.ts';
import { drawFlip, readTargets, type Column } from './flips.ts';
import unchecked from './unchecked-columns.json' with { type: 'json' };
import { stoppedPlatform } from './world.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '2000' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    from: { type: 'string', default: '0' },
  },
});
const [count, seed, from] = [Number(values.count), Number(values.seed), Number(values.from)];
const say = (line: string): boolean => process.stdout.write(`${line}\n`);
const isUnchecked = ({ table, name }: Column): boolean => Object.hasOwn(unchecked, `${table}.${name}`);

const platform = await stoppedPlatform({ cases: 24, people: 190 });
const world = await openFlipWorld(platform.directory);
try {
  const targets = await readTargets(world);
  const before = await world.check(world.database);
  if (before.length > 0) throw new Error(`an unchanged platform has findings: ${JSON.stringify(before)}`);
  const kinds = new Map<string, number>();
  let missed = 0;
  const startedAtMs = performance.now();
  for (let i = from; i < from + count; i += 1) {
    const flip = await drawFlip(world, targets, { chance: chanceOf(seed, i), isLeftOut: isUnchecked });
    const kind = flip.target.replace(/[0-9a-f]{64}|[0-9a-f-]{36}/gu, '*').replace(/\/[0-9a-f]{2}\/[0-9a-f]{2}\//u, '/');
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    if (flip.findings.length > 0) continue;
    missed += 1;
    say(`missed, flip ${i} of seed ${seed}: ${flip.target} at ${flip.at}`);
  }
  for (const [kind, times] of [...kinds].toSorted(([one], [other]) => (one < other ? -1 : 1)))
    say(`${String(times).padStart(6)}  ${kind}`);
  const seconds = (performance.now() - startedAtMs) / 1_000;
  say(`${count} flips, ${missed} missed, seed ${seed}, ${seconds.toFixed(0)} s`);
  process.exitCode = missed === 0 ? 0 : 1;
} finally {
  await world.close();
  await platform.remove().catch(() => undefined);
}
