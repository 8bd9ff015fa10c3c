// `npm run fuzz`: changed inputs of every kind against everything that reads them.
//   npm run fuzz -- [--count N] [--seed S] [--processes N] [--only KIND]
//   npm run fuzz -- --repeat FILE
import { fork } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../../build/paths.mjs';
import { createFuzzer } from './fuzzer.ts';
import { realSubjects } from './real-subjects.ts';
import { judgeByAll, subjectsOf } from './subjects.ts';
import { emptyTally, judgedIn, mergeInto, tableOf, type Failure, type Share, type Told } from './tally.ts';
import { readWorld, writeWorld } from './world-form.ts';
import { makeWorld } from './world.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '10000000' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    processes: { type: 'string', default: String(availableParallelism()) },
    only: { type: 'string', default: '' },
    repeat: { type: 'string' },
  },
});
const say = (line: string): boolean => process.stdout.write(`${line}\n`);
const worldFile = 'world.json';

async function run(): Promise<void> {
  const [seed, count, processes] = [Number(values.seed), Number(values.count), Number(values.processes)];
  const folder = join(root, '.runtime', 'fuzz', String(seed));
  // Failures of an earlier run would lie beside a world that they were not made from.
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const world = join(folder, worldFile);
  writeFileSync(world, writeWorld(await makeWorld()));
  if (realSubjects().length === 0)
    process.stderr.write('SKIPPED: the data of the national authority is absent, so no real file was changed\n');
  say(`seed ${seed}: ${count} changed inputs by ${processes} processes`);
  const total = emptyTally();
  const startedAtMs = performance.now();
  let failures = 0;
  const hear = (told: Told): void => {
    if ('failure' in told) {
      failures += 1;
      keep(folder, told.failure);
      return;
    }
    mergeInto(total, told.tally);
    const seconds = (performance.now() - startedAtMs) / 1000;
    say(`${seconds.toFixed(0)} s: ${judgedIn(total)} inputs, ${failures} failures`);
  };
  const shares = Array.from({ length: processes }, (_, from) => ({
    world,
    seed,
    from,
    step: processes,
    count: Math.ceil(count / processes),
    only: values.only,
  }));
  const codes = await Promise.all(shares.map((share) => work(share, hear)));
  say(tableOf(total));
  say(`${failures} failures, seed ${seed}`);
  const isWhole = codes.every((code) => code === 0) && judgedIn(total) >= count;
  process.exitCode = failures === 0 && isWhole ? 0 : 1;
}

function work(share: Share, hear: (told: Told) => void): Promise<number | null> {
  return new Promise((done) => {
    const child = fork(join(import.meta.dirname, 'worker.ts'), [JSON.stringify(share)]);
    child.on('message', (told) => hear(told as Told));
    child.on('close', done);
  });
}

function keep(folder: string, failure: Failure): void {
  const file = join(folder, `failure-${failure.index}.json`);
  writeFileSync(file, JSON.stringify(failure));
  say(`${failure.subject}, input ${failure.index}: ${failure.fault}`);
  say(`  again: npm run fuzz -- --repeat ${relative(root, file)}`);
}

/** Judges one kept input again, by the world that it was made from. */
function repeat(file: string): void {
  const failure = JSON.parse(readFileSync(file, 'utf8')) as Failure;
  const world = readWorld(readFileSync(join(dirname(file), worldFile), 'utf8'));
  const fresh = () => subjectsOf(world, realSubjects());
  const { subject, at, input } = createFuzzer(fresh(), { seed: failure.seed, fresh, judgeByAll }).draw(failure.index);
  const isSame = subject.name === failure.subject && Buffer.from(input).toString('base64') === failure.input;
  if (!isSame) say('the mutations have changed since: the kept input is judged, not the drawn one');
  const judged = isSame ? subject : fresh().find(({ name }) => name === failure.subject);
  const outcome = judged?.judge(new Uint8Array(Buffer.from(failure.input, 'base64')), at);
  say(JSON.stringify({ subject: failure.subject, outcome }));
  process.exitCode = typeof outcome === 'string' ? 0 : 1;
}

if (values.repeat === undefined) await run();
else repeat(values.repeat);
