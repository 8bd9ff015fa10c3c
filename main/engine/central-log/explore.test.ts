import { describe, expect, it } from 'vitest';
import { ok, refuse, type Result } from '../../../core/kernel/index.ts';
import { hashLeaf, leafText, tilePath, type Leaf } from '../../../core/log/index.ts';
import { sha256 } from '../../../eds/index.ts';
import { listLog, readLogEntry } from './explore.ts';

const device = '6f1c2d3e-4b5a-4c6d-8e7f-90a1b2c3d4e5';
const text = leafText({
  v: 1,
  platform: 'qazaq-alany',
  kind: 'act',
  actionId: '019a20c4-b400-7000-8000-000000000006',
  device,
  epoch: '1a2b3c4d-5e6f-4a1b-9c2d-3e4f5a6b7c8d',
  sequence: 7,
  commitment: 'ab'.repeat(32),
  validation: null,
  outcome: 'accepted',
  receivedAtMs: 1_000_000,
} as unknown as Leaf);

/** A workstation with a head of one entry, and a server that answers for its tile as a test says. */
function desk(tile: Result<Uint8Array>) {
  const written: unknown[] = [];
  const engine = {
    state: {
      head: { size: 1, root: hashLeaf(sha256, text), note: null },
      log: { checkedAtMs: 5 },
      alarms: [] as unknown[],
    },
    options: { clock: { nowMs: () => 9 }, log: () => undefined },
    emit: () => undefined,
    vault: {
      call: (verb: string, input: unknown) => {
        if (verb === 'entries.append') written.push(input);
        const answers: Readonly<Record<string, unknown>> = {
          'acts.list': { items: [], total: 0 },
          'entries.append': { sequence: 3 },
          'cases.ofAction': { caseId: null },
        };
        return Promise.resolve(ok(answers[verb]));
      },
    },
  };
  const asked: string[] = [];
  const client = {
    readTile: (path: string) => {
      asked.push(path);
      return Promise.resolve(tile);
    },
  };
  return {
    engine: engine as never,
    shift: { enrolment: { device }, client } as never,
    state: engine.state,
    written,
    asked,
  };
}

const bundle = Buffer.concat([Buffer.from([text.length >> 8, text.length & 255]), Buffer.from(text)]);
const everything = {
  filter: { query: '', kinds: [], outcomes: [], fromMs: null, toMs: null },
  before: null,
  limit: 50,
};

describe('the central log at a desk', () => {
  it('shows what its own head proves', async () => {
    const { engine, shift, asked } = desk(ok(bundle));
    const page = await listLog(engine, shift, everything);
    expect(page).toMatchObject({
      ok: true,
      value: { source: 'log', treeSize: 1, checkedAtMs: 5, next: null, items: [{ index: 0, isThisDevice: true }] },
    });
    expect(asked).toEqual([tilePath({ level: 'entries', index: 0, width: 1 })]);
    expect(await readLogEntry(engine, shift, 0)).toMatchObject({
      ok: true,
      value: { leaf: text, proof: { treeSize: 1 }, known: null, attestation: null },
    });
  });

  it('shows nothing that contradicts its head, and raises an alarm that is journalled', async () => {
    const altered = Buffer.from(bundle);
    altered[60] = (altered[60] ?? 0) ^ 1;
    const { engine, shift, state, written } = desk(ok(altered));
    expect(await listLog(engine, shift, everything)).toMatchObject({ ok: false, refusal: { code: 'log-tile-wrong' } });
    expect(await readLogEntry(engine, shift, 0)).toMatchObject({ ok: false, refusal: { code: 'log-tile-wrong' } });
    expect(state.alarms).toMatchObject([{ id: '3', code: 'log-tile-wrong', atMs: 9, isStanding: false }]);
    expect(written).toEqual([{ entry: { kind: 'alarm', body: { code: 'log-tile-wrong' } }, atMs: 9 }]);
  });

  it('says that the server was silent, and raises no alarm for that', async () => {
    const { engine, shift, state } = desk(refuse('server-unreachable'));
    expect(await listLog(engine, shift, everything)).toMatchObject({
      ok: true,
      value: { source: 'journal', refusal: { code: 'server-unreachable' }, items: [], next: null },
    });
    expect(await readLogEntry(engine, shift, 0)).toMatchObject({ ok: false, refusal: { code: 'server-unreachable' } });
    expect(state.alarms).toEqual([]);
  });

  it('names no entry beyond its head', async () => {
    const { engine, shift, asked } = desk(ok(bundle));
    const filter = { ...everything.filter, query: '№ 2' };
    expect(await listLog(engine, shift, { ...everything, filter })).toMatchObject({ ok: true, value: { items: [] } });
    expect(await readLogEntry(engine, shift, 1)).toMatchObject({ ok: false, refusal: { code: 'entry-absent' } });
    expect(asked).toEqual([]);
  });
});
