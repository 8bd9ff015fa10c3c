import { afterEach, expect, test } from 'vitest';
import { ok, type Result } from '../../core/kernel/index.ts';
import type { Shift } from '../../main/engine/context.ts';
import { readEnrolment } from '../../main/engine/enrolment.ts';
import { takeUpAlarms } from '../../main/engine/sync/alarm.ts';
import { treeOf } from '../../main/engine/sync/log-alarm.ts';
import { ReceiptRefresh, refreshMax } from '../../main/engine/sync/refresh-receipts.ts';
import { startMs, TestPlatform } from '../vault/platform.ts';
import { enrolledVault, submitCases, type Enrolled } from '../vault/vault.ts';
import { TestWitness } from '../vault/witness.ts';
import { playedEngine } from './played-desk.ts';

const bank = new TestWitness('bank.example/w');

let enrolled: Enrolled;
afterEach(() => enrolled.vault.dispose());

type Shown = { actionId: string; receipt: string | null };

/** A workstation with acts that the log holds, each with a receipt of the log alone, and a server that says what the test lets it. */
async function desk(count: number) {
  const platform = new TestPlatform();
  platform.witnesses = { threshold: 1, keys: [bank.text] };
  enrolled = await enrolledVault({}, platform);
  const { vault, epoch } = enrolled;
  const acts = (await submitCases(vault, count)).map((act) => ({ act, taken: platform.take(act, epoch) }));
  for (const { act, taken } of acts) {
    const entry = { kind: 'receipt', body: { actionId: act.actionId, proof: platform.receipt(taken) } } as const;
    await vault.must('entries.append', { entry, atMs: startMs + 1_000 });
  }
  const status = await vault.must('vault.status', null);
  const enrolment = status.enrolment === null ? undefined : readEnrolment(status.enrolment.bundle);
  if (enrolment?.ok !== true) throw new Error('the vault is bound');
  const asked: string[][] = [];
  const say = {
    more: [] as Shown[],
    receipt: (given: (typeof acts)[number]): string | null => platform.receipt(given.taken),
  };
  const receipts = (ids: readonly string[]): { receipts: Shown[] } => ({
    receipts: acts
      .filter(({ act }) => ids.includes(act.actionId))
      .map((given): Shown => ({ actionId: given.act.actionId, receipt: say.receipt(given) }))
      .concat(say.more),
  });
  const call = (name: string, { query = {} }: { query?: Record<string, string> }): Promise<Result<unknown>> => {
    if (name === 'consistency')
      return Promise.resolve(ok({ hashes: platform.consistency(Number(query['from']), Number(query['to'])) }));
    const ids = (query['ids'] ?? '').split(',');
    asked.push(ids.map((id) => `${acts.findIndex(({ act }) => act.actionId === id) + 1}`));
    return Promise.resolve(ok(receipts(ids)));
  };
  const clock = { ms: 0 };
  const engine = playedEngine({
    vault,
    options: { clock: { nowMs: () => startMs + 2_000, monotonicMs: () => clock.ms } },
  });
  await takeUpAlarms(engine);
  const shift = { enrolment: enrolment.value, client: { call } } as unknown as Shift;
  const refresh = new ReceiptRefresh();
  const round = async () => refresh.round(engine, shift, treeOf((await vault.must('heads', null)).tree));
  const levels = async () =>
    (await vault.must('acts.list', { before: null, limit: 100 })).items
      .toReversed()
      .map(({ attestation }) => attestation?.level);
  const alarms = () => engine.state.alarms.map(({ code }) => code);
  const { outbox } = engine.state;
  return { outbox, platform, acts, say, asked, clock, round, levels, alarms };
}

test('receipts are asked for again until the pinned witness has cosigned, less and less often, and then no longer', async () => {
  const at = await desk(2);
  const waits: unknown[] = [];
  for (let round = 0; round < 8; round += 1) {
    const answer = await at.round();
    const { waitMs } = answer.ok ? answer.value : { waitMs: -1 };
    waits.push(waitMs);
    const early = await at.round();
    expect(early.ok && early.value.waitMs).toBe(waitMs);
    at.clock.ms += waitMs ?? 0;
  }
  expect(waits).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  expect(at.asked).toEqual(Array.from({ length: 8 }, () => ['1', '2']));
  expect(await at.levels()).toEqual(['log', 'log']);
  at.say.receipt = ({ taken }) => bank.cosign(at.platform.receipt(taken));
  const gained = await at.round();
  expect(gained.ok && gained.value.waitMs).toBe(1_000);
  expect([await at.levels(), at.alarms()]).toEqual([['external', 'external'], []]);
  at.clock.ms += 1_000;
  const after = await at.round();
  expect(after.ok && after.value.waitMs).toBeUndefined();
  expect(at.asked).toHaveLength(9);
});

test('a round asks for so many and no more, the oldest first, and one that the server lost keeps no other waiting', async () => {
  const at = await desk(refreshMax + 3);
  at.say.receipt = ({ taken }) => (taken.index === 0 ? null : bank.cosign(at.platform.receipt(taken)));
  for (let round = 0; round < 3; round += 1) {
    await at.round();
    at.clock.ms += 60_000;
  }
  const numbers = Array.from({ length: refreshMax + 3 }, (_, index) => String(index + 1));
  expect(at.asked).toEqual([numbers.slice(0, refreshMax), numbers.slice(refreshMax), ['1']]);
  expect(await at.levels()).toEqual(numbers.map((number) => (number === '1' ? 'log' : 'external')));
});

test('a receipt that was not asked for is not looked at', async () => {
  const at = await desk(1);
  at.say.more = [{ actionId: '00000000-0000-4000-8000-000000000000', receipt: 'no proof' }];
  expect(await at.round()).toMatchObject({ ok: true });
  expect(at.alarms()).toEqual([]);
});

test('no receipt is asked for again while an act waits, but for one that waits for ever', async () => {
  const at = await desk(1);
  at.outbox.waiting = 1;
  for (const waitedMs of [0, 59_999]) {
    at.clock.ms = waitedMs;
    await at.round();
    expect(at.asked).toEqual([]);
  }
  at.clock.ms = 60_000;
  await at.round();
  expect(at.asked).toEqual([['1']]);
  at.outbox.waiting = 0;
  at.clock.ms += 2_000;
  await at.round();
  expect(at.asked).toEqual([['1'], ['1']]);
});

test('a refreshed receipt of another place is an alarm and replaces nothing, and the others still gain', async () => {
  const at = await desk(2);
  const [first] = at.acts;
  if (first === undefined) throw new Error('two acts');
  const twice = at.platform.take(first.act, enrolled.epoch);
  at.say.receipt = (given) => bank.cosign(at.platform.receipt(given === first ? twice : given.taken));
  await at.round();
  expect([await at.levels(), at.alarms()]).toEqual([['log', 'external'], ['receipt-invalid']]);
});

test('a refreshed receipt out of another tree is a fork of the log, and the vault takes nothing more', async () => {
  const at = await desk(2);
  const other = at.platform.fork();
  const [first, second] = at.acts;
  if (first === undefined || second === undefined) throw new Error('two acts');
  const moved = other.take(first.act, enrolled.epoch);
  other.take(second.act, enrolled.epoch);
  at.say.receipt = () => bank.cosign(other.receipt(moved));
  expect(await at.round()).toMatchObject({ ok: false, refusal: { code: 'log-forked' } });
  expect([await at.levels(), at.alarms()]).toEqual([['log', 'log'], ['log-forked']]);
  const proof = bank.cosign(at.platform.receipt(first.taken));
  const entry = { kind: 'receipt', body: { actionId: first.act.actionId, proof } } as const;
  expect(await enrolled.vault.code('entries.append', { entry, atMs: startMs + 3_000 })).toBe('log-distrusted');
});
