import { appendFileSync } from 'node:fs';
import { openLogStore } from '../../../server/log/index.ts';
import { commits, entryAt, logKey, publish } from './log-world.ts';

/** What the log has answered so far, one line after each answer; `wanted` is told before each append, and `refused` ends the run. */
export type Told = {
  readonly wanted: number;
  readonly size: number;
  readonly checkpointSize: number;
  readonly refused: number;
};

const [folder = '', acknowledgements = ''] = process.argv.slice(2);
let told: Told = { wanted: 0, size: 0, checkpointSize: 0, refused: 0 };

function tell(change: Partial<Told>): void {
  told = { ...told, ...change };
  appendFileSync(acknowledgements, `${JSON.stringify(told)}\n`);
}

/** A log that failed is asked again: what it refuses must stay refused until it is opened anew. */
const askedAgain = 3;
let store = openLogStore(folder, logKey);
tell({});

for (let commit = 0; commit < commits && told.refused < askedAgain; commit += 1) {
  const count = 1 + ((commit * 31) % 160);
  const wanted = store.tree.isBroken() ? told.wanted : told.size + count;
  tell({ wanted });
  try {
    store.tree.append(Array.from({ length: wanted - told.size }, (_, i) => entryAt(told.size + i)));
    tell({ size: wanted });
    if (commit % 3 === 0) {
      publish(store);
      tell({ checkpointSize: store.tree.size() });
    }
    if (commit % 40 !== 39) continue;
    store.close();
    store = openLogStore(folder, logKey);
  } catch (error) {
    process.stderr.write(`${String(error)}\n`);
    tell({ refused: told.refused + 1 });
  }
}
store.close();
