import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashLeaf, noteKey, verifyInclusion } from '../../core/log/index.ts';
import { sha256 } from '../../eds/index.ts';
import { openLogStore, type LogStore } from '../../server/log/index.ts';
import { testKey } from '../support/index.ts';
import type { Measure } from './run.ts';

const key = noteKey(sha256, { name: 'demo.qorgan.bench', publicKey: testKey('bench').publicKey });
const entrySizeBytes = 2_048;
const entry = (index: number): string => `${index} `.padEnd(entrySizeBytes, 'x');

type Folders = { readonly disk: string; readonly memory: string };

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
}

function timed(run: () => void): number {
  const started = performance.now();
  run();
  return performance.now() - started;
}

const against = (name: string, value: number, unit: string, limit: number): Measure => ({
  name,
  value,
  unit,
  baseline: limit,
  ratio: value / limit,
});

/** Seconds that commits take. */
type Times = { log: number; memory: number; plain: number };

/**
 * Commits of a log on the disk, of another in memory, and plain appends of the same bytes to one file of the disk, each with
 * its one flush, in turns: the disk of a busy machine changes its mind from second to second.
 */
function appendTimes(folders: Folders, batch: number, commits: number): Times {
  const store = openLogStore(join(folders.disk, `batch-${batch}`), key);
  const inMemory = openLogStore(join(folders.memory, `batch-${batch}`), key);
  const file = openSync(join(folders.disk, `plain-${batch}`), 'w');
  const times: Times = { log: 0, memory: 0, plain: 0 };
  for (let commit = 0; commit < commits; commit += 1) {
    const texts = Array.from({ length: batch }, (_, i) => entry(commit * batch + i));
    const bytes = Buffer.from(texts.join(''));
    times.log += timed(() => store.tree.append(texts)) / 1_000;
    times.memory += timed(() => inMemory.tree.append(texts)) / 1_000;
    times.plain +=
      timed(() => {
        writeSync(file, bytes);
        fdatasyncSync(file);
      }) / 1_000;
  }
  store.close();
  inMemory.close();
  closeSync(file);
  return times;
}

/** Durable appends of 2 KiB entries that the log has to reach at batch 100. */
const wantedPerSecond = 50_000;

/**
 * Durable appends against the rate at which this disk takes the same bytes with one flush a commit, how often that was, and
 * where the disk costs nothing.
 */
function appendMeasures(folders: Folders, batch: number, commits: number): readonly Measure[] {
  const { log, memory, plain } = appendTimes(folders, batch, commits);
  const name = `log-append-of-${batch}`;
  const value = (commits * batch) / log;
  const baseline = (commits * batch) / plain;
  return [
    { name, value, unit: 'entries/s', baseline, ratio: value / baseline },
    against(`${name}-in-memory`, (commits * batch) / memory, 'entries/s', wantedPerSecond),
    against(`disk-flushes-at-${batch}`, commits / plain, 'flushes/s', wantedPerSecond / batch),
  ];
}

const leaves = 10_000_000;

/** A log of 10 M short entries: the tree is what is measured, not the bytes under it. */
function largeLog(folder: string): LogStore {
  const store = openLogStore(folder, key);
  const batch = 2_048;
  for (let at = 0; at < leaves; at += batch)
    store.tree.append(Array.from({ length: Math.min(batch, leaves - at) }, (_, i) => String(at + i)));
  return store;
}

/** Times of random inclusion proofs of the whole tree and of their verification, in milliseconds. */
function proofTimes({ tree }: LogStore): { readonly prove: number; readonly verify: number } {
  const root = Buffer.from(tree.rootAt(leaves), 'base64');
  const proofs = 5_000;
  const prove: number[] = [];
  const verify: number[] = [];
  for (let i = 0; i < proofs; i += 1) {
    const index = Math.floor(Math.random() * leaves);
    let path: readonly Uint8Array[] = [];
    prove.push(timed(() => void (path = tree.inclusion(index, leaves))));
    const claim = { sha256, leaf: hashLeaf(sha256, String(index)), index, size: leaves, path, root };
    let isGood = false;
    verify.push(timed(() => void (isGood = verifyInclusion(claim))));
    if (!isGood) throw new Error('bench: a proof holds');
  }
  return { prove: median(prove), verify: median(verify) };
}

/**
 * The store of the log without a database: durable appends of 2 KiB against the disk (one flush a commit, five more once in 4,096
 * leaves; signing of checkpoints apart), then proofs and memory of a log of 10 M leaves against their limits.
 */
export async function measure(): Promise<readonly Measure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'qorgan-bench-log-'));
  const memory = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : folder, 'qorgan-bench-log-'));
  try {
    const folders = { disk: folder, memory };
    appendTimes(folders, 10, 300);
    const appends = [...appendMeasures(folders, 1, 3_000), ...appendMeasures(folders, 100, 300)];
    const store = largeLog(join(folder, 'large'));
    const { prove, verify } = proofTimes(store);
    store.close();
    // In a process of its own: what building 10 M leaves at once leaves behind is no part of a server that runs.
    const memoryMegabytes = Number(execFileSync(process.execPath, [import.meta.filename, join(folder, 'large')]));
    return [
      ...appends,
      against('log-inclusion-proof-of-10M', prove, 'ms', 0.3),
      against('log-verify-of-10M', verify * 1_000, 'us', 30),
      against('log-memory-of-10M', memoryMegabytes, 'MB', 250),
    ];
  } finally {
    for (const made of [folder, memory]) rmSync(made, { recursive: true, force: true });
  }
}

/** Opens the large log, proves from it and appends to it, and tells the memory of the process in MB. */
function tellMemory(folder: string): void {
  const store = openLogStore(folder, key);
  proofTimes(store);
  for (let commit = 0; commit < 100; commit += 1)
    store.tree.append(Array.from({ length: 100 }, (_, i) => entry(commit * 100 + i)));
  process.stdout.write(String(process.memoryUsage.rss() / 1e6));
  store.close();
}

if (process.argv[1] === import.meta.filename) tellMemory(process.argv[2] ?? '');
