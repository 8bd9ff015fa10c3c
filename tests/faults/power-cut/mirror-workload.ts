import { appendFileSync } from 'node:fs';
import { pull } from '../../../server/mirror/index.ts';
import { servedLog } from '../../support/index.ts';
import { cutAfter, growTo, leavesAtEnd, openMirrorAt, origin, shownAt, type MirrorTold } from './mirror-world.ts';

// A mirror that follows a growing log: rounds that are cut short, a log that goes back, starts in between.
const [folder = '', acknowledgements = '', logFolder = ''] = process.argv.slice(2);
let told: MirrorTold = { vouched: 0, alarms: 0 };

function tell(change: Partial<MirrorTold>): void {
  told = { ...told, ...change };
  appendFileSync(acknowledgements, `${JSON.stringify(told)}\n`);
}

const log = servedLog(logFolder, origin);
let mirror = openMirrorAt(folder);
let size = 0;
tell({});

for (let round = 0; size < leavesAtEnd; round += 1) {
  const next = Math.min(leavesAtEnd, size + 1 + ((round * 331) % 80));
  growTo(log, size, next);
  const before = size;
  size = next;
  const shown = shownAt(log, size);
  if (round % 4 === 2) await pull(mirror, cutAfter(shown, 3 + (round % 5)));
  if (round % 4 === 3) {
    const rewound = await pull(mirror, shownAt(log, before - 1));
    if (!rewound.ok && rewound.refusal.code === 'mirror-log-rewound') tell({ alarms: told.alarms + 1 });
  }
  const pulled = await pull(mirror, shown);
  if (!pulled.ok) throw new Error(pulled.refusal.code);
  tell({ vouched: pulled.value.size });
  if (round % 16 !== 5) continue;
  mirror.close();
  mirror = openMirrorAt(folder);
}
mirror.close();
