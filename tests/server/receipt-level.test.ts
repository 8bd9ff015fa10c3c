import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { freePort, must, until } from '../../dev/demo/index.ts';
import { createServerLog, initPlatform, realSurroundings, startServer } from '../../server/boot/index.ts';
import { initWitness, startWitness, type RunningWitness } from '../../server/witness/index.ts';
import { SyncDesk } from '../attacks/sync-desk.ts';
import { testFolder } from './support/platform.ts';
import { enrolled } from './support/workstation.ts';

const loopback = '127.0.0.1';
const patienceMs = 60_000;

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

/** A platform whose workstations pin a witness that is down, with a way to start it. */
async function platformWithWitness() {
  const [directory, folder] = [testFolder(), testFolder()];
  ends.push(() => [directory, folder].forEach((path) => rmSync(path, { recursive: true, force: true })));
  const [port, witnessPort] = [await freePort(), await freePort()];
  const url = `https://${loopback}:${port}`;
  const place = { directory, profile: 'demo' as const, surroundings: realSurroundings };
  must(await initPlatform({ ...place, operatorName: 'Operator', url }));
  const log = createServerLog(() => undefined);
  const start = async (witnessPolicy?: string) =>
    must(await startServer({ ...place, listen: { host: loopback, port }, log, witnessPolicy }));
  const first = await start();
  const logKey = (await enrolled(first)).bundle.log.key;
  await first.close();
  const keys = must(initWitness(folder, 'bank.example/w'));
  writeFileSync(join(folder, 'logs'), `${logKey}\n`);
  const lines = keys.map((key, at) => `witness w${at} ${key} http://${loopback}:${witnessPort}`);
  const server = await start([`log ${logKey}`, ...lines, 'group bank all w0 w1', 'quorum bank', ''].join('\n'));
  ends.push(() => server.close());
  const startBank = async (): Promise<RunningWitness> => {
    const listen = { host: loopback, port: witnessPort };
    const witness = must(await startWitness({ folder, listen, nowMs: Date.now, onBug: () => undefined }));
    ends.push(() => witness.close());
    return witness;
  };
  return { url, server, startBank };
}

test('a workstation has its receipt while the witness is down, and after that one that the witness vouches for', async () => {
  const { url, server, startBank } = await platformWithWitness();
  const { code } = await server.administration.enrolCode();
  const desk = await new SyncDesk().enrol({ url, spki: server.pin.spki }, code);
  ends.push(() => desk.remove());
  const actionId = await desk.record(1);
  const attestation = async () => (await desk.vault.must('acts.get', { actionId })).act.attestation;
  await desk.work();
  await until(async () => (await attestation()) !== null, patienceMs);
  expect(await attestation()).toEqual({ level: 'log', isExternalAwaited: true });
  await startBank();
  await until(async () => (await attestation())?.level === 'external', patienceMs);
  const { receipt, cosigners } = await desk.vault.must('acts.get', { actionId });
  expect(cosigners.map(({ name, isOutside }) => [name, isOutside])).toEqual([
    ['bank.example/w', true],
    ['bank.example/w', true],
  ]);
  await desk.restart();
  expect((await desk.vault.must('acts.get', { actionId })).receipt).toBe(receipt);
  expect(await desk.entries('receipt')).toMatchObject([{ level: 'external' }, { level: 'log' }]);
  expect(desk.alarms()).toEqual([]);
  await desk.vault.must('journal.check', null);
}, 240_000);
