import { afterEach, expect, test } from 'vitest';
import { fromBase64, refuse } from '../../core/kernel/index.ts';
import type { LeafOutcome } from '../../core/log/index.ts';
import { openCheckpoint, parseNoteKey, parseProof } from '../../core/log/index.ts';
import type { Engine, Shift } from '../../main/engine/context.ts';
import { acknowledgeAlarm, raiseAlarm, takeUpAlarms } from '../../main/engine/sync/alarm.ts';
import { collectReceipts } from '../../main/engine/sync/outbox.ts';
import { sha256, sha256Hex, verifyEd25519 } from '../../native/vault-host/hash.ts';
import { startMs } from '../vault/platform.ts';
import { enrolledVault, passphraseKey, submitCases, type Enrolled } from '../vault/vault.ts';
import { playedEngine } from './played-desk.ts';

let enrolled: Enrolled;
afterEach(() => enrolled.vault.dispose());

const shift = { signer: { sha256: sha256Hex('certificate') } } as unknown as Shift;

/** An engine as after a start: it remembers nothing, the vault is the same. */
function restarted(nowMs = startMs + 60_000): Engine {
  const clock = { nowMs: () => nowMs, monotonicMs: () => nowMs };
  return playedEngine({ vault: enrolled.vault, options: { clock } });
}

async function reopen(): Promise<void> {
  await enrolled.vault.must('vault.close', null);
  await enrolled.vault.must('vault.open', passphraseKey(enrolled.slotId));
}

const shown = (engine: Engine): readonly string[] => engine.state.alarms.map(({ code }) => code);

test('an alarm stays over a restart until somebody acknowledges it, and then it stays away', async () => {
  enrolled = await enrolledVault();
  const before = restarted();
  await raiseAlarm(before, 'feed-broken');
  await raiseAlarm(before, 'change-forged', undefined, { case: 'c', position: 7 });
  await reopen();
  const engine = restarted();
  await takeUpAlarms(engine);
  expect(shown(engine)).toEqual(['feed-broken', 'change-forged']);
  await acknowledgeAlarm(engine, shift, engine.state.alarms[0]?.id ?? '');
  expect(shown(engine)).toEqual(['change-forged']);
  await reopen();
  const last = restarted();
  await takeUpAlarms(last);
  expect(shown(last)).toEqual(['change-forged']);
  const { items } = await enrolled.vault.must('entries.list', { before: null, limit: 10, kinds: ['alarm'] });
  expect(items.map(({ body }) => JSON.parse(body) as object)).toMatchObject([
    { code: 'alarm-acknowledged', details: { entry: items[2]?.sequence, certificate: sha256Hex('certificate') } },
    { code: 'change-forged' },
    { code: 'feed-broken' },
  ]);
});

test('nothing but an alarm can be acknowledged', async () => {
  enrolled = await enrolledVault();
  for (const entry of [1, 99, 'x']) {
    const body = { code: 'alarm-acknowledged', details: { entry } };
    expect(await enrolled.vault.code('entries.append', { entry: { kind: 'alarm', body }, atMs: startMs })).toBe(
      'entry-malformed',
    );
  }
});

async function promised(outcome: LeafOutcome) {
  enrolled = await enrolledVault();
  const { vault, platform, epoch } = enrolled;
  const [act] = await submitCases(vault, 1);
  if (act === undefined) throw new Error('no act');
  const taken = platform.take(act, epoch, outcome);
  const document = { document: taken.promise.document, signatures: [...taken.promise.signatures] };
  const entry = { kind: 'promise', body: { actionId: act.actionId, document } } as const;
  await vault.must('entries.append', { entry, atMs: startMs + 10 });
  return { act, taken };
}

test.each([
  ['refused:case-closed', 'refused'],
  ['superseded', 'superseded'],
  ['accepted', 'overdue'],
] as const)(
  'a server that promised %s and never logs it raises one alarm, restarts included',
  async (outcome, state) => {
    const { act } = await promised(outcome);
    const away = {
      client: { hasSession: false, call: () => Promise.resolve(refuse('input-malformed')) },
    } as unknown as Shift;
    const known = { size: 0, root: new Uint8Array(32), note: null };
    for (let start = 0; start < 3; start += 1) {
      const engine = restarted(startMs + 60_000 + start);
      await takeUpAlarms(engine);
      const outbox = await enrolled.vault.must('outbox.next', { limit: 10 });
      await collectReceipts(engine, away, outbox, known);
      expect(shown(engine)).toEqual(['promise-overdue']);
      await reopen();
    }
    const { items } = await enrolled.vault.must('entries.list', { before: null, limit: 10, kinds: ['alarm'] });
    expect(items).toHaveLength(1);
    const again = { kind: 'alarm', body: { code: 'promise-overdue', actionId: act.actionId } } as const;
    await enrolled.vault.call('entries.append', { entry: again, atMs: startMs + 90_000 });
    expect((await enrolled.vault.must('acts.get', { actionId: act.actionId })).act.state).toBe(state);
    expect((await enrolled.vault.must('heads', null)).entries.sequence).toBe(items[0]?.sequence);
  },
);

test('a receipt moves the tree head that the vault remembers, restarts included', async () => {
  const { act, taken } = await promised('accepted');
  const { vault, platform } = enrolled;
  expect((await vault.must('acts.next', { nowMs: startMs + 20 })).treeHead.size).toBe(0);
  const receipt = platform.receipt(taken);
  const entry = { kind: 'receipt', body: { actionId: act.actionId, proof: receipt } } as const;
  await vault.must('entries.append', { entry, atMs: startMs + 20 });
  const { treeHead } = await vault.must('acts.next', { nowMs: startMs + 30 });
  await reopen();
  expect((await vault.must('acts.next', { nowMs: startMs + 30 })).treeHead).toEqual(treeHead);
  const { enrolment } = await vault.must('vault.status', null);
  const bundle = JSON.parse(enrolment?.bundle.document ?? '{}') as { log: { key: string } };
  const [proof, logKey] = [parseProof(receipt), parseNoteKey(sha256, bundle.log.key)];
  if (!proof.ok || !logKey.ok) throw new Error('a receipt of the test platform');
  const head = openCheckpoint({ note: proof.value.checkpoint, logKey: logKey.value, verifyEd25519 });
  const root = fromBase64(treeHead.root);
  expect(head).toMatchObject({ ok: true, value: { size: treeHead.size, root: root.ok ? root.value : null } });
  expect(treeHead.size).toBe(1);
});
