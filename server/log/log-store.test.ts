import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { sha256, testKey } from '../../tests/support/index.ts';
import { checkpointText, noteKey, signNote } from '../../core/log/index.ts';
import { openLogStore, type LogStore } from './index.ts';

const signer = testKey('log');
const key = noteKey(sha256, { name: 'demo.qorgan.store', publicKey: signer.publicKey });
const laboratory = mkdtempSync(join(tmpdir(), 'qorgan-log-store-'));
afterAll(() => rmSync(laboratory, { recursive: true, force: true }));

let folders = 0;
function newFolder(): string {
  folders += 1;
  const folder = join(laboratory, String(folders));
  mkdirSync(folder);
  return folder;
}

function grow(store: LogStore, count: number, word: string): void {
  const from = store.tree.size();
  store.tree.append(Array.from({ length: count }, (_, i) => `${word} ${from + i}`));
}

function signed(store: LogStore, size: number): string {
  const root = Buffer.from(store.tree.rootAt(size), 'base64');
  return signNote({ text: checkpointText({ origin: key.name, size, root }), key, sign: signer.sign });
}

const published = (folder: string): string => readFileSync(join(folder, 'checkpoint'), 'utf8');

describe('the checkpoint of a log without a database', () => {
  it('moves to a larger tree, and only from the one that stands', () => {
    const folder = newFolder();
    const store = openLogStore(folder, key);
    grow(store, 300, 'leaf');
    expect(store.checkpoints.swap(undefined, signed(store, 100))).toBe(true);
    const first = store.checkpoints.latest();
    expect(store.checkpoints.swap(undefined, signed(store, 200))).toBe(false);
    expect(store.checkpoints.swap(first, signed(store, 300))).toBe(true);
    // A second writer that saw the first one comes too late.
    expect(store.checkpoints.swap(first, signed(store, 250))).toBe(false);
    expect(published(folder)).toBe(signed(store, 300));
    store.close();
  });

  it('never moves back, nor to a tree that is not held', () => {
    const folder = newFolder();
    const [store, other] = [openLogStore(folder, key), openLogStore(newFolder(), key)];
    grow(store, 300, 'leaf');
    grow(other, 400, 'another');
    store.checkpoints.swap(undefined, signed(store, 300));
    for (const note of [signed(store, 299), signed(other, 300), signed(other, 400)])
      expect(store.checkpoints.swap(store.checkpoints.latest(), note)).toBe(false);
    expect(published(folder)).toBe(signed(store, 300));
    store.close();
    other.close();
  });

  it('is not extended by a log that lost what it names, or holds other leaves', () => {
    const folder = newFolder();
    const store = openLogStore(folder, key);
    grow(store, 300, 'leaf');
    store.checkpoints.swap(undefined, signed(store, 300));
    const note = published(folder);
    store.close();
    truncateSync(join(folder, 'bundles'), 20_000);
    const shorter = openLogStore(folder, key);
    expect(shorter.tree.size()).toBeLessThan(300);
    grow(shorter, 300, 'anew');
    expect(shorter.checkpoints.swap(shorter.checkpoints.latest(), signed(shorter, shorter.tree.size()))).toBe(false);
    shorter.close();
    const elsewhere = newFolder();
    copyFileSync(join(folder, 'checkpoint'), join(elsewhere, 'checkpoint'));
    const other = openLogStore(elsewhere, key);
    grow(other, 500, 'another');
    expect(other.checkpoints.swap(other.checkpoints.latest(), signed(other, 500))).toBe(false);
    expect(published(elsewhere)).toBe(note);
    other.close();
  });
});

describe('the room behind the last entry of a log', () => {
  const bundlesSize = (folder: string): number => statSync(join(folder, 'bundles')).size;

  it('is made by a small append, not used up by the next, and cut off where the log is closed', () => {
    const folder = newFolder();
    const store = openLogStore(folder, key);
    grow(store, 1, 'leaf');
    const withRoom = bundlesSize(folder);
    grow(store, 1, 'leaf');
    expect(bundlesSize(folder)).toBe(withRoom);
    store.close();
    const closed = bundlesSize(folder);
    expect(closed).toBeLessThan(withRoom - 200_000);
    openLogStore(folder, key).close();
    expect(bundlesSize(folder)).toBe(closed);
  });

  it('counts for nothing after a crash', () => {
    const [folder, copy, straight] = [newFolder(), newFolder(), newFolder()];
    const store = openLogStore(folder, key);
    grow(store, 300, 'leaf');
    grow(store, 1, 'leaf');
    cpSync(folder, copy, { recursive: true });
    store.close();
    expect(bundlesSize(copy)).toBeGreaterThan(bundlesSize(folder));
    const crashed = openLogStore(copy, key);
    expect(crashed.tree.size()).toBe(301);
    grow(crashed, 99, 'leaf');
    crashed.close();
    const other = openLogStore(straight, key);
    grow(other, 400, 'leaf');
    other.close();
    expect(readFileSync(join(copy, 'bundles')).equals(readFileSync(join(straight, 'bundles')))).toBe(true);
  });
});
