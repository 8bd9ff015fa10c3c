import { expect, test } from 'vitest';
import { ok, refuse, type ActionId, type Result } from '../../core/kernel/index.ts';
import type { Shift } from '../../main/engine/context.ts';
import { raiseAlarm } from '../../main/engine/sync/alarm.ts';
import { makeContact } from '../../main/engine/sync/contact.ts';
import { collectReceipts } from '../../main/engine/sync/outbox.ts';
import { bearer, playedEngine } from './played-desk.ts';

/** An engine over answers that the test gives; it keeps what the journal was told. */
function bench(answers: Readonly<Record<string, Result<unknown>>>, nowMs = 1_000) {
  const entries: unknown[] = [];
  const engine = playedEngine({
    options: { clock: { nowMs: () => nowMs, monotonicMs: () => nowMs } },
    vault: {
      call: (verb: string, input: { readonly entry: unknown }) => {
        if (verb !== 'entries.append') return Promise.resolve(answers[verb] ?? ok(null));
        entries.push(input.entry);
        return Promise.resolve(ok({ sequence: entries.length }));
      },
    },
  });
  const client = { call: (door: string) => Promise.resolve(answers[door] ?? ok(null)) };
  const shift = { client, ...bearer } as unknown as Shift;
  return { engine, shift, entries };
}

function codesOf(entries: readonly unknown[]): readonly string[] {
  return (entries as readonly { readonly body: { readonly code: string; readonly actionId: string } }[]).map(
    ({ body }) => `${body.code} ${body.actionId}`,
  );
}

const head = { size: 9, root: new Uint8Array(32), note: null };
const heads = ok({
  epoch: 'e',
  acts: { sequence: 0, hash: 'a' },
  entries: { sequence: 0, hash: 'a' },
  tree: { size: 9, root: '', note: '' },
});

test('a server that is only away raises no alarm', async () => {
  const { engine, shift, entries } = bench({ heads, contact: refuse('server-unreachable') });
  expect((await makeContact(engine, shift)).ok).toBe(false);
  expect(entries).toEqual([]);
});

test('a server that sends the same wrong proof again and again does not fill the journal with alarms', async () => {
  const { engine, entries } = bench({});
  const [one, other] = ['1', '2'] as unknown as readonly [ActionId, ActionId];
  for (let round = 0; round < 5; round += 1) {
    await raiseAlarm(engine, 'receipt-invalid', one);
    await raiseAlarm(engine, 'receipt-invalid', other);
    await raiseAlarm(engine, 'promise-invalid', one);
  }
  expect(entries).toHaveLength(3);
});

function bad(actionId: string) {
  return { actionId, receipt: 'no proof at all' };
}

function owed(...ids: readonly string[]) {
  return {
    toSend: [],
    toProve: ids.map((actionId) => ({ actionId, deadlineMs: 500, state: 'promised' })),
    waiting: ids.length,
    overdue: 0,
  };
}

test('a wrong proof of one act keeps no other act waiting, and a receipt that is kept back is an alarm whatever the server says', async () => {
  const outbox = owed('1', '2') as never;
  const receipts = ok({ receipts: [bad('1'), { actionId: '2', receipt: null }] });
  const one = bench({ receipts, 'outbox.next': ok(owed('1', '2')) }, 10_000);
  await collectReceipts(one.engine, one.shift, outbox, head);
  expect(codesOf(one.entries)).toEqual(['receipt-invalid 1', 'promise-overdue 1', 'promise-overdue 2']);
  const other = bench({ receipts: refuse('input-malformed'), 'outbox.next': ok(owed('1', '2')) }, 10_000);
  expect((await collectReceipts(other.engine, other.shift, outbox, head)).ok).toBe(false);
  expect(codesOf(other.entries)).toEqual(['promise-overdue 1', 'promise-overdue 2']);
});

test('a server that is away has not broken its promise yet', async () => {
  const { engine, shift, entries } = bench({ receipts: refuse('server-unreachable') }, 10_000);
  expect((await collectReceipts(engine, shift, owed('1') as never, head)).ok).toBe(false);
  expect(entries).toEqual([]);
});
