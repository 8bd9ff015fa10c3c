import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { certificateOf, Chance, member, must, openWorkstation, playedPrompt, until } from '../../dev/demo/index.ts';
import type { EvidenceItem } from '../../contracts/ipc/index.ts';
import type { Workstation } from '../../main/engine/index.ts';
import { submitCases } from './support/remote-world.ts';
import type { EvidenceJob } from './support/evidence-desk.ts';
import { makeEvidenceWorld, type EvidenceWorld } from './support/evidence-world.ts';

const directory = mkdtempSync(join(tmpdir(), 'qorgan-evidence-'));
const seed = Number(process.env['QORGAN_SEED'] ?? Date.now() % 1_000_000);
const chance = new Chance(seed);
const reviewer = member('reviewer');
const megabyte = 1_048_576;

let world: EvidenceWorld;
let desk: Workstation;
/** What was recorded so far, to be found once each at the end. */
const recorded = new Set<string>();

function openDesk(): Workstation {
  return openWorkstation({
    directory: join(directory, 'desk'),
    store: world.world.store,
    prompt: playedPrompt(reviewer),
  });
}

async function startShift(): Promise<void> {
  must(await desk.startShift(await certificateOf(desk, reviewer)));
}

async function record(sizeBytes: number, caseId: string | null = null): Promise<string> {
  const bytes = randomBytes(sizeBytes);
  const expected = createHash('sha256').update(bytes).digest('hex');
  const { sha256 } = must(
    await desk.recordEvidence({
      ...{ bytes, mediaType: 'video/mp4', class: 'video', reason: 'A long line', caseId },
      capturedAtMs: Date.now(),
    }),
  );
  expect(sha256).toBe(expected);
  recorded.add(sha256);
  return sha256;
}

async function pieceOf(sha256: string): Promise<EvidenceItem | undefined> {
  const listed = await desk.listEvidence({ before: null, limit: 100, caseId: null });
  return listed.ok ? listed.value.items.find((item) => item.sha256 === sha256) : undefined;
}

async function untilState(sha256: string, state: EvidenceItem['state'], waitMaxMs = 60_000): Promise<void> {
  await until(async () => (await pieceOf(sha256))?.state === state, waitMaxMs);
}

/** Waits until the upload has come so far. */
async function untilPercent(sha256: string, percent: number): Promise<void> {
  await until(async () => ((await pieceOf(sha256))?.percent ?? 0) >= percent, 60_000);
}

beforeAll(async () => {
  process.stdout.write(`seed ${seed}: evidence journey\n`);
  chmodSync(directory, 0o711);
  world = await makeEvidenceWorld(directory);
  await submitCases(world.world, join(directory, 'station'), 2);
  desk = openDesk();
  const certificateId = await certificateOf(desk, reviewer);
  must(await desk.enrol({ code: await world.world.invitation(), name: 'Desk 1', certificateId }));
  await startShift();
}, 180_000);

afterAll(async () => {
  await desk?.close();
  await world?.close();
  rmSync(directory, { recursive: true, force: true });
});

describe('evidence on its way to the server', { timeout: 200_000 }, () => {
  it('of 24 MB comes through a line that is cut 100 times: the same bytes, one leaf, nothing done twice', async () => {
    const leaves = await world.platformLeaves();
    const startedAtMs = performance.now();
    world.proxy.cutNext(100, () => chance.between(20_000, 280_000));
    const sha256 = await record(24 * megabyte);
    await untilState(sha256, 'accepted', 180_000);
    process.stdout.write(`100 cuts: ${world.proxy.cuts} made, ${Math.round(performance.now() - startedAtMs)} ms\n`);
    expect(world.proxy.cuts).toBe(100);
    expect(world.scanned()).toEqual([sha256]);
    expect(world.blobs()).toHaveLength(1);
    expect((await world.platformLeaves()) - leaves).toBe(1);
    const { items } = must(await desk.listJournal({ before: null, limit: 500, onlyActs: false }));
    expect(items.filter(({ kind }) => kind === 'evidence-receipt')).toHaveLength(1);
    must(await desk.checkJournal());
  });

  it('stays paused over a restart, with nothing sent meanwhile, and goes on from where it was', async () => {
    // Far more than the chunks that are on the line when the pause comes: those still arrive.
    const sha256 = await record(128 * megabyte);
    await untilPercent(sha256, 5);
    must(await desk.pauseEvidence(sha256, true));
    await untilState(sha256, 'paused');
    await desk.close();
    desk = openDesk();
    await startShift();
    await sleep(2_000);
    expect((await pieceOf(sha256))?.state).toBe('paused');
    expect(desk.app().status.evidence).toMatchObject({ waiting: 1, paused: 1, percent: null });
    expect(world.scanned()).not.toContain(sha256);
    must(await desk.pauseEvidence(sha256, false));
    await untilState(sha256, 'accepted');
  });

  it('keeps no act from being proven, and the next act on its case names it though it has not arrived', async () => {
    let caseId = '';
    await until(async () => {
      const query = { view: 'all', query: '', sort: 'number', offset: 0, limit: 1 } as const;
      caseId = must(await desk.listCases({ ...query, statuses: [] })).items[0]?.id ?? '';
      return caseId !== '';
    });
    // The oldest goes first: the small one is paused while the large one is on its way.
    const other = await record(24 * megabyte);
    const named = await record(9_000, caseId);
    must(await desk.pauseEvidence(named, true));
    const signed = must(await desk.sign({ type: 'registration.claim', caseId }));
    await until(() => desk.app().status.outbox.waiting === 0, 10_000);
    const entry = must(await desk.readJournalEntry(signed.sequence));
    expect(entry.item.act?.state).toBe('logged');
    expect((JSON.parse(entry.envelope ?? '{}') as { readonly evidence: unknown }).evidence).toEqual([named]);
    expect(await pieceOf(named)).toMatchObject({ state: 'paused', isNamed: true, caseId });
    const again = must(await desk.sign({ type: 'registration.approve', caseId, note: '' }));
    const second = must(await desk.readJournalEntry(again.sequence));
    expect((JSON.parse(second.envelope ?? '{}') as { readonly evidence: unknown }).evidence).toEqual([]);
    must(await desk.pauseEvidence(named, false));
    for (const sha256 of [named, other]) await untilState(sha256, 'accepted');
  });

  it.each(['server', 'vault-host'] as const)('goes on after kill -9 of the %s in the middle', async (victim) => {
    const sha256 = await record(24 * megabyte);
    await untilPercent(sha256, 10);
    if (victim === 'server') await world.world.killServer();
    else {
      process.kill(desk.hostPids.vault ?? 0, 'SIGKILL');
      await until(() => desk.phase() === 'locked');
      await until(async () => (await desk.startShift(await certificateOf(desk, reviewer))).ok);
    }
    await untilState(sha256, 'accepted', 90_000);
  });

  it('goes on after kill -9 of main in the middle', async () => {
    const job: EvidenceJob = {
      directory: join(directory, 'desk-2'),
      store: { modulePath: world.world.store.modulePath, environment: world.world.store.environment },
      person: reviewer,
      invitation: await world.world.invitation(),
      record: { sizeBytes: 24 * megabyte, value: 7 },
    };
    const first = await runDesk(job, (percent) => percent >= 10);
    expect(first.killedAtPercent).toBeGreaterThanOrEqual(10);
    const second = await runDesk({ ...job, invitation: null, record: { sizeBytes: 0, value: 0 } }, () => false);
    expect(second.isAccepted).toBe(true);
    const sha256 = createHash('sha256')
      .update(Buffer.alloc(24 * megabyte, 7))
      .digest('hex');
    expect(first.sha256).toBe(sha256);
    recorded.add(sha256);
  });

  it('was examined as the very bytes that were captured, each of them once and kept once', async () => {
    expect([...world.scanned()].toSorted()).toEqual([...recorded].toSorted());
    expect(world.blobs()).toHaveLength(recorded.size);
    must(await desk.checkJournal());
  });
});

type Ran = { readonly sha256?: string; readonly killedAtPercent: number; readonly isAccepted: boolean };
type Fact = {
  readonly step?: string;
  readonly sha256?: string;
  readonly refused?: string;
  readonly items?: readonly { readonly percent: number }[];
};

/** Runs a desk until it has brought everything, or kills it where the test says. */
function runDesk(job: EvidenceJob, shouldKill: (percent: number) => boolean): Promise<Ran> {
  const child = spawn(process.execPath, [resolve(import.meta.dirname, 'support/evidence-desk.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let ran: Ran = { killedAtPercent: 0, isAccepted: false };
  createInterface({ input: child.stdout }).on('line', (line) => {
    const fact = JSON.parse(line) as Fact;
    if (fact.refused !== undefined) process.stderr.write(`${fact.refused}\n`);
    if (fact.sha256 !== undefined) ran = { ...ran, sha256: fact.sha256 };
    if (fact.step === 'accepted') ran = { ...ran, isAccepted: true };
    const percent = fact.items?.[0]?.percent ?? 0;
    if (ran.killedAtPercent === 0 && percent < 100 && shouldKill(percent)) {
      ran = { ...ran, killedAtPercent: percent };
      child.kill('SIGKILL');
    }
  });
  child.stdin.end(`${JSON.stringify(job)}\n`);
  return new Promise((settle) => child.on('close', () => settle(ran)));
}
