import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret } from '../../core/kernel/index.ts';
import { durable } from '../../native/vault-host/disk.ts';
import { openStore, type Store } from '../../native/vault-host/journal/store.ts';
import { journalAct, parseAct } from '../../native/vault-host/verbs/acts.ts';
import { enrolledVault, nextSubmission, type TestVault } from '../vault/vault.ts';
import { startMs } from '../vault/platform.ts';
import type { Measure } from './run.ts';

const rounds = 40;
const perRound = 25;
const warmUpRounds = 6;

/** A file with the settings of the journal and one table: what a single-row commit costs at least. */
function bareStore(directory: string): Store {
  const key = new Secret('data-key', new Uint8Array(32).fill(7));
  const store = openStore({ file: join(directory, 'bare.db'), key, durability: durable, mustExist: false });
  if (!store.ok) throw new Error('bench: the bare file opens');
  store.value.write(() => store.value.run('create table bare (sequence integer primary key, body text not null) strict'));
  return store.value;
}

async function appendActs(vault: TestVault, from: number): Promise<{ readonly times: readonly number[]; readonly bodies: readonly string[] }> {
  const times: number[] = [];
  const bodies: string[] = [];
  for (let n = from; n < from + perRound; n += 1) {
    const act = await nextSubmission(vault, n);
    const input = { envelope: act.envelope, cms: act.cms, atMs: startMs + n };
    bodies.push(JSON.stringify(input));
    const parsed = parseAct(input);
    if (!parsed.ok) throw new Error(`bench: ${parsed.refusal.code}`);
    const started = performance.now();
    const result = vault.vault.withBound((bound) => journalAct(bound, parsed.value, input.atMs));
    times.push(performance.now() - started);
    if (!result.ok) throw new Error(`bench: ${result.refusal.code}`);
  }
  return { times, bodies };
}

function appendBare(store: Store, from: number, bodies: readonly string[]): readonly number[] {
  return bodies.map((body, i) => {
    const started = performance.now();
    store.write(() => store.run('insert into bare (sequence, body) values (?, ?)', from + i, body));
    return performance.now() - started;
  });
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
}

/**
 * Appends of a signed act of about 2 KB inside the vault, after its door parsed it (both chains, entry, view and outbox in
 * one durable transaction) against commits of one bare row of the same bytes in a file of the same settings, in turns.
 */
export async function measure(): Promise<readonly Measure[]> {
  const { vault } = await enrolledVault();
  const directory = mkdtempSync(join(tmpdir(), 'qorgan-bench-'));
  const bare = bareStore(directory);
  try {
    const acts: number[] = [];
    const rows: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const from = 1 + round * perRound;
      const { times, bodies } = await appendActs(vault, from);
      const bareTimes = appendBare(bare, from, bodies);
      // The first rounds warm both sides up.
      if (round < warmUpRounds) continue;
      acts.push(...times);
      rows.push(...bareTimes);
    }
    // Medians: what another process does to the disk in between falls out of both sides.
    const value = 1_000 / median(acts);
    const baseline = 1_000 / median(rows);
    return [{ name: 'journal-append', value, unit: 'acts/s', baseline, ratio: value / baseline }];
  } finally {
    bare.close();
    rmSync(directory, { recursive: true, force: true });
    vault.dispose();
  }
}
