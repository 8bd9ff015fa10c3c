// One process of a run: judges its share of the inputs and tells its parent how it goes.
import { readFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { createFuzzer } from './fuzzer.ts';
import { realSubjects } from './real-subjects.ts';
import { judgeByAll, subjectsOf } from './subjects.ts';
import { emptyTally, addTo, type Failure, type Share, type Told } from './tally.ts';
import { readWorld } from './world-form.ts';

const share = JSON.parse(process.argv[2] ?? '') as Share;
const world = readWorld(readFileSync(share.world, 'utf8'));
const fresh = () => subjectsOf(world, realSubjects()).filter(({ name }) => share.only === '' || name === share.only);
const fuzzer = createFuzzer(fresh(), { seed: share.seed, fresh, judgeByAll });
/** A run that fails this often has told enough. */
const failuresMax = 10;
const tellEveryMs = 5_000;

// Without its parent nobody hears what it finds.
process.on('disconnect', () => process.exit());

const tell = (told: Told): boolean => process.send?.(told) ?? false;
let failures = 0;
let tally = emptyTally();
let toldAtMs = performance.now();
let judged = 0;
for (let index = share.from; judged < share.count && failures < failuresMax; index += share.step) {
  const verdict = fuzzer.run(index);
  // What a change left as it was is not counted.
  if (verdict.outcome !== 'same') judged += 1;
  addTo(tally, verdict);
  if (typeof verdict.outcome !== 'string') {
    const input = Buffer.from(verdict.input).toString('base64');
    const failure: Failure = { seed: share.seed, index, subject: verdict.subject, fault: verdict.outcome.fault, input };
    failures += 1;
    tell({ failure });
  }
  if (performance.now() - toldAtMs < tellEveryMs) continue;
  tell({ tally });
  tally = emptyTally();
  // The loop leaves no room for events: without this the end of the parent would not be heard.
  await setImmediate();
  toldAtMs = performance.now();
}
tell({ tally });
process.disconnect();
