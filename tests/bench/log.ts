import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, fdatasyncSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
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

type Turn = { readonly log: number; readonly memory: number; readonly plain: number; readonly inPlace: number };

/** Appends to one file of the disk, flushed by one call each: that makes it longer, or lies in a place that it has already. */
function openPlain(folder: string, name: string, placeSizeBytes: number) {
  const file = openSync(join(folder, name), 'w');
  for (let at = 0; at < placeSizeBytes; at += entrySizeBytes) writeSync(file, Buffer.alloc(entrySizeBytes));
  fsyncSync(file);
  let at = 0;
  return {
    append: (bytes: Buffer): void => {
      at += writeSync(file, bytes, 0, bytes.length, at);
      fdatasyncSync(file);
    },
    close: () => closeSync(file),
  };
}

/** Turns of a batch: some thousand leaves each at most, so that all that a log does once in a bundle falls into each of them. */
type Plan = { readonly batch: number; readonly turns: number; readonly commitsATurn: number };

/** A disk that others keep busy gives fewer turns, so that the bench ends; five have a median. */
const turnsMin = 5;
const turnsForMs = 20_000;

/**
 * Milliseconds that turns of commits take: of a log on the disk, of another in memory, and of the same bytes in one file of the disk, new and in
 * place, one commit of each after the other: the disk of a busy machine changes its mind from second to second.
 */
function appendTurns(folders: Folders, { batch, turns, commitsATurn }: Plan): readonly Turn[] {
  const store = openLogStore(join(folders.disk, `batch-${batch}`), key);
  const inMemory = openLogStore(join(folders.memory, `batch-${batch}`), key);
  const plain = openPlain(folders.disk, `plain-${batch}`, 0);
  const inPlace = openPlain(folders.disk, `in-place-${batch}`, turns * commitsATurn * batch * entrySizeBytes);
  let index = 0;
  const taken: Turn[] = [];
  const startedAtMs = performance.now();
  while (taken.length < turns && (taken.length < turnsMin || performance.now() - startedAtMs < turnsForMs)) {
    const times = { log: 0, memory: 0, plain: 0, inPlace: 0 };
    for (let commit = 0; commit < commitsATurn; commit += 1) {
      const texts = Array.from({ length: batch }, () => entry((index += 1)));
      const bytes = Buffer.from(texts.join(''));
      times.log += timed(() => store.tree.append(texts));
      times.plain += timed(() => plain.append(bytes));
      times.inPlace += timed(() => inPlace.append(bytes));
      times.memory += timed(() => inMemory.tree.append(texts));
    }
    taken.push(times);
  }
  for (const opened of [store, inMemory, plain, inPlace]) opened.close();
  return taken;
}

/** Durable appends of 2 KiB entries that the log has to reach at batch 100. */
const wantedPerSecond = 50_000;
/** Share of the disk's rate that the log has to reach at batch 1. */
const wantedShare = 0.9;

/** Medians of turns: what others do to the disk meanwhile falls out of both sides. */
function appendMeasures(folders: Folders, plan: Plan): readonly Measure[] {
  const { batch, commitsATurn } = plan;
  const turns = appendTurns(folders, plan);
  const name = `log-append-of-${batch}`;
  const rate = (of: keyof Turn): number => (commitsATurn * batch * 1_000) / median(turns.map((turn) => turn[of]));
  const beside = (suffix: string, of: keyof Turn): Measure => ({
    ...{ name: `${name}${suffix}`, value: rate('log'), unit: 'entries/s', baseline: rate(of) },
    ratio: median(turns.map((turn) => turn[of] / turn.log)),
  });
  const plain = beside('', 'plain');
  const inMemory = against(`${name}-in-memory`, rate('memory'), 'entries/s', wantedPerSecond);
  const flushes = against(`disk-flushes-at-${batch}`, rate('plain') / batch, 'flushes/s', wantedPerSecond / batch);
  const goal =
    batch === 1
      ? against(`${name}-share-of-disk`, plain.ratio, 'times', wantedShare)
      : against(`${name}-goal`, plain.value, 'entries/s', wantedPerSecond);
  return [plain, beside('-beside-bytes-in-place', 'inPlace'), goal, inMemory, flushes];
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
 * leaves; signing of checkpoints apart; beside appends to one file, and beside flushes of bytes in a place that is there already), then proofs and memory of a log of 10 M leaves against their limits.
 */
export async function measure(): Promise<readonly Measure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'qorgan-bench-log-'));
  const memory = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : folder, 'qorgan-bench-log-'));
  try {
    const folders = { disk: folder, memory };
    appendTurns(folders, { batch: 10, turns: 1, commitsATurn: 300 });
    const appends = [
      ...appendMeasures(folders, { batch: 1, turns: 20, commitsATurn: 256 }),
      ...appendMeasures(folders, { batch: 100, turns: 12, commitsATurn: 41 }),
    ];
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
