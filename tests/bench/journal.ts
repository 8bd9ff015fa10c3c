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

const pairs = 1_000;
const warmUpPairs = 150;

/** A file with the settings of the journal and one table: what a single-row commit costs at least. */
function bareStore(directory: string): Store {
  const key = new Secret('data-key', new Uint8Array(32).fill(7));
  const store = openStore({ file: join(directory, 'bare.db'), key, durability: durable, mustExist: false });
  if (!store.ok) throw new Error('bench: the bare file opens');
  store.value.write(() =>
    store.value.run('create table bare (sequence integer primary key, body text not null) strict'),
  );
  return store.value;
}

function timed(run: () => void): number {
  const started = performance.now();
  run();
  return performance.now() - started;
}

/** One act and one bare row of the same bytes, in milliseconds. */
async function pair(
  vault: TestVault,
  bare: Store,
  n: number,
): Promise<{ readonly actMs: number; readonly bareMs: number }> {
  const act = await nextSubmission(vault, n);
  const input = { envelope: act.envelope, cms: act.cms, atMs: startMs + n };
  const parsed = parseAct(input);
  if (!parsed.ok) throw new Error(`bench: ${parsed.refusal.code}`);
  const body = JSON.stringify(input);
  const appendAct = (): void => {
    const result = vault.vault.withBound((bound) => journalAct(bound, parsed.value, input.atMs));
    if (!result.ok) throw new Error(`bench: ${result.refusal.code}`);
  };
  const commitBare = (): void => bare.run('insert into bare (sequence, body) values (?, ?)', n, body);
  // Who goes first changes with every pair.
  if (n % 2 === 0) return { actMs: timed(appendAct), bareMs: timed(commitBare) };
  const bareMs = timed(commitBare);
  return { actMs: timed(appendAct), bareMs };
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
    for (let n = 1; n <= pairs; n += 1) {
      const { actMs, bareMs } = await pair(vault, bare, n);
      if (n <= warmUpPairs) continue;
      acts.push(actMs);
      rows.push(bareMs);
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
