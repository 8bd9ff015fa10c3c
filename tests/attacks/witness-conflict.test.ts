import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { formatNoteKey, parseCheckpoint, parseNote } from '../../core/log/index.ts';
import { must, until } from '../../dev/demo/index.ts';
import { sha256Hex } from '../../eds/index.ts';
import { startWitnessProcess, type WitnessProcess } from '../support/index.ts';
import { LyingPlatform } from './lying-platform.ts';
import { asSuperuser } from './support.ts';
import { SyncDesk } from './sync-desk.ts';

/** Server, database and witness start at the same time on a busy machine. */
const patienceMs = 60_000;

let platform: LyingPlatform;
let witness: WitnessProcess;
let witnessFolder: string;
/** Name of the file in which the witness keeps the newest head of this log. */
let headFile: string;
const desks: SyncDesk[] = [];

async function newDesk(): Promise<SyncDesk> {
  const made = await new SyncDesk().enrol(platform.address(), await platform.enrolCode());
  desks.push(made);
  return made;
}

/** Leaves under the head that the witness wrote down last. */
function vouchedSize(): number {
  const file = readdirSync(witnessFolder, { recursive: true, encoding: 'utf8' }).find((name) =>
    name.endsWith(headFile),
  );
  if (file === undefined) return 0;
  return must(parseCheckpoint(must(parseNote(readFileSync(join(witnessFolder, file), 'utf8'))).text)).size;
}

async function alarmsOfServer(): Promise<readonly unknown[]> {
  const { rows } = await asSuperuser(platform, (client) => client.query('select kind from alarm order by at_ms'));
  return rows.map((row: { readonly kind: string }) => row.kind);
}

beforeAll(async () => {
  platform = await LyingPlatform.make();
  await platform.asAdministrator(async ({ desk }) => {
    witnessFolder = join(platform.folder, 'witness');
    headFile = sha256Hex(desk.identity.logOrigin);
    witness = await startWitnessProcess(witnessFolder, formatNoteKey(desk.logKey));
  });
  platform.witnessPolicy = join(platform.folder, 'policy');
  writeFileSync(platform.witnessPolicy, witness.policy);
}, 240_000);
afterAll(async () => {
  for (const desk of desks) await desk.remove();
  await platform.remove();
  await witness.stop();
});

test('a workstation that never saw the old log learns from the witness that it was put back, or lives twice', async () => {
  await platform.start();
  const early = await newDesk();
  await early.work();
  await early.contacted();
  const copied = early.engine.state.log.treeSize ?? 0;
  await early.rest();
  await platform.stop();
  const copy = platform.copy('copy');
  // What the witness vouches for, and the copy lacks.
  await platform.start();
  for (let more = 0; more < 3; more += 1) await newDesk();
  await until(() => vouchedSize() >= copied + 3, patienceMs);
  const vouched = vouchedSize();
  await platform.stop();
  platform.putBack(copy);
  await platform.start();
  // Rewound: less than the witness vouched for. This workstation is new, and nothing that it saw contradicts the server.
  const late = await newDesk();
  await late.work();
  await late.alarmed('witness-conflict');
  await late.contacted();
  expect(late.alarms()).toEqual(['witness-conflict']);
  expect(late.engine.state.log.treeSize).toBeLessThan(vouched);
  // Forked: longer by now, and another tree.
  await late.rest();
  for (let more = 0; more < 4; more += 1) await newDesk();
  const later = await newDesk();
  await later.work();
  await later.contacted(vouched + 1);
  await later.alarmed('witness-conflict');
  expect(await alarmsOfServer()).toContain('witness-conflict');
  // The witness vouches for what it saw, and for nothing that came after.
  expect(vouchedSize()).toBe(vouched);
  // Nobody dismisses it by waiting: it is there after a restart.
  await later.restart();
  expect(later.alarms()).toContain('witness-conflict');
}, 240_000);
