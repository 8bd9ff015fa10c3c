import { afterEach, beforeEach, expect, test } from 'vitest';
import { openCheckpoint, openNote, parseNoteKey } from '../../core/log/index.ts';
import type { CosignerRecord, SignedDocument } from '../../core/signing/index.ts';
import { freePort, must, until } from '../../dev/demo/index.ts';
import { sha256, verifyEd25519 } from '../../eds/index.ts';
import { LyingPlatform } from './lying-platform.ts';
import { Relay } from './relay.ts';
import { asSuperuser } from './support.ts';
import { SyncDesk } from './sync-desk.ts';

let one: LyingPlatform;
let twin: LyingPlatform;
let relay: Relay;
let here: SyncDesk;
let there: SyncDesk;
const desks: SyncDesk[] = [];

async function newDesk(platform: LyingPlatform, url: string): Promise<SyncDesk> {
  const made = await new SyncDesk().enrol({ ...platform.address(), url }, await platform.enrolCode());
  desks.push(made);
  return made;
}

async function size(desk: SyncDesk): Promise<number> {
  return (await desk.vault.must('heads', null)).tree.size;
}

/** Two workstations of one log; from some point on each is shown a tree of its own, signed by the one key of the log. */
beforeEach(async () => {
  const port = await freePort();
  const url = `https://127.0.0.1:${port}`;
  one = await LyingPlatform.make(url);
  relay = new Relay(one);
  await relay.listen(port);
  await one.start();
  [here, there] = [await newDesk(one, url), await newDesk(one, url)];
  for (const desk of [here, there]) {
    await desk.work();
    await desk.contacted();
  }
  await here.rest();
  await here.work();
  await here.contacted();
  // What they see of the trees from here on they see while a test looks: a head that was cosigned before is not cosigned again.
  for (const desk of [here, there]) await desk.rest();
  await one.stop();
  twin = await one.twin();
  for (const platform of [one, twin]) await platform.start();
  relay.lead(there.device, twin);
  await newDesk(one, one.address().url);
  await newDesk(twin, twin.address().url);
}, 240_000);
afterEach(async () => {
  for (const desk of desks.splice(0)) await desk.remove();
  await relay.close();
  for (const platform of [one, twin]) await platform.remove();
});

type Alarm = {
  readonly code: string;
  readonly details: { readonly by?: string };
  readonly heads: { readonly own: string; readonly other: string; readonly cosigner?: SignedDocument };
};

test('two workstations that a server shows different trees meet in the cosignatures of an honest relay', async () => {
  const before = await size(here);
  let fromThere: { readonly cosigner: SignedDocument; readonly note: string } | undefined;
  relay.rewrite = ({ path, device, body }, answer) => {
    if (path !== '/v1/log/cosignatures') return answer;
    if (device === there.device) fromThere = JSON.parse(body) as typeof fromThere;
    if (device !== here.device || fromThere === undefined) return answer;
    const said = JSON.parse(answer) as { cosignatures: unknown[] };
    const record = there.shift.enrolment.bundle.device;
    const { cosigner, note } = fromThere;
    const item = { device: record, receipt: null, cosigner, note, consistency: [] };
    return JSON.stringify({ ...said, cosignatures: [...said.cosignatures, item] });
  };
  // The lie alone is seen by neither: each tree grows from what was seen before.
  for (const desk of [there, here]) {
    await desk.rest();
    await desk.work();
    if (desk === there) await until(async () => (await size(there)) > before && fromThere !== undefined);
  }
  expect(there.alarms()).toEqual([]);
  await here.alarmed('split-view');
  const [alarm] = (await here.entries('alarm')) as readonly Alarm[];
  const { logPins } = here.shift.enrolment;
  const logKey = logPins[0].key;
  const { own = '', other = '', cosigner } = alarm?.heads ?? {};
  const heads = [own, other].map((note) => must(openCheckpoint({ note, logKey, verifyEd25519 })));
  expect(heads.map((head) => head.size)).toEqual([before + 1, before + 1]);
  expect(heads[0]?.root).not.toEqual(heads[1]?.root);
  // Known from the days before the lie: the proof names who saw the other tree.
  const record = JSON.parse(cosigner?.document ?? '{}') as CosignerRecord;
  expect(record.device).toBe(there.device);
  const key = must(parseNoteKey(sha256, record.key));
  expect(openNote({ note: other, keys: [key], verifyEd25519 }).ok).toBe(true);
  expect(alarm?.details.by).toBe(key.name);
  await here.restart();
  expect(here.engine.state.alarms).toMatchObject([{ code: 'split-view', isStanding: true }]);
  await here.vault.must('journal.check', null);
}, 240_000);

test('a workstation that comes from the other tree alarms, and its server keeps and shows what it saw there', async () => {
  const before = await size(here);
  let hasCosigned = false;
  relay.rewrite = ({ path, device }, answer) => {
    hasCosigned ||= path === '/v1/log/cosignatures' && device === there.device;
    return answer;
  };
  for (const desk of [here, there]) {
    await desk.rest();
    await desk.work();
  }
  await until(async () => hasCosigned && (await size(there)) > before && (await size(here)) > before);
  relay.lead(there.device, one);
  await there.rest();
  await there.work();
  await there.alarmed('log-forked');
  await here.rest();
  await here.work();
  await here.alarmed('split-view');
  const { rows } = await asSuperuser(one, (client) =>
    client.query("select device from alarm where kind = 'split-view'"),
  );
  expect(rows).toEqual([{ device: there.device }]);
}, 240_000);
