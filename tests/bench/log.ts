import { execFileSync } from 'node:child_process';
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
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

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
}

function timed(run: () => void): number {
  const started = performance.now();
  run();
  return performance.now() - started;
}

/** Seconds that commits of the log and plain appends of the same bytes to one file, each with its one flush, take in turns. */
function appendTimes(folder: string, batch: number, commits: number): { readonly log: number; readonly plain: number } {
  const store = openLogStore(join(folder, `batch-${batch}`), key);
  const file = openSync(join(folder, `plain-${batch}`), 'w');
  let log = 0;
  let plain = 0;
  for (let commit = 0; commit < commits; commit += 1) {
    const texts = Array.from({ length: batch }, (_, i) => entry(commit * batch + i));
    const bytes = Buffer.from(texts.join(''));
    log += timed(() => store.tree.append(texts)) / 1_000;
    plain +=
      timed(() => {
        writeSync(file, bytes);
        fdatasyncSync(file);
      }) / 1_000;
  }
  store.close();
  closeSync(file);
  return { log, plain };
}

/** Durable appends, against the rate at which this disk takes the same bytes with one flush a commit. */
function appendMeasure(folder: string, batch: number, commits: number): Measure {
  const { log, plain } = appendTimes(folder, batch, commits);
  const value = (commits * batch) / log;
  const baseline = (commits * batch) / plain;
  return { name: `log-append-of-${batch}`, value, unit: 'entries/s', baseline, ratio: value / baseline };
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

const against = (name: string, value: number, unit: string, limit: number): Measure => ({
  name,
  value,
  unit,
  baseline: limit,
  ratio: value / limit,
});

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
  try {
    appendTimes(folder, 10, 30);
    const appends = [appendMeasure(folder, 1, 1_500), appendMeasure(folder, 100, 150)];
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
    rmSync(folder, { recursive: true, force: true });
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
