import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { expect } from 'vitest';
import { leafText, noteKey, openCheckpoint } from '../../../core/log/index.ts';
import type { ActionId, PlatformId, Sha256Hex } from '../../../core/kernel/index.ts';
import { sha256 } from '../../../eds/index.ts';
import { rawPublicKey, signText, verifyEd25519 } from '../../../server/keys/index.ts';
import { logSigner, openCentralLog, type CentralLog } from '../../../server/log/index.ts';
import { inTransaction, insertLeaves, openStore, type LeafTags, type Store } from '../../../server/store/index.ts';
import { must, testFolder } from './platform.ts';

/** Marks of a platform whose key is the word. */
export const tags: LeafTags = {
  ofWaiting: ({ leaf_id, ordinal, body }) => `waits ${leaf_id} ${ordinal} ${body}`,
  ofPlace: ({ leaf_index, leaf_id, body }) => `stands ${leaf_index} ${leaf_id} ${body}`,
};

export const leafId = (n: number): string => `leaf-${String(n).padStart(6, '0')}`;

/** A database and the log over it, with no platform around them. */
export class LogWorld {
  readonly directory = testFolder();
  readonly #privateKey = generateKeyPairSync('ed25519').privateKey;
  readonly key = noteKey(sha256, { name: 'demo.qorgan.recovery', publicKey: rawPublicKey(this.#privateKey) });
  /** How many were queued. */
  leaves = 0;
  #store: Store | undefined;

  get store(): Store {
    if (this.#store === undefined) throw new Error('the store is open');
    return this.#store;
  }

  /** Opens the database; answers `open`, or why not. */
  async openStore(): Promise<string> {
    const opened = await openStore({ folder: this.directory, nowMs: Date.now() });
    if (opened.ok) this.#store = opened.value;
    return opened.ok ? 'open' : opened.refusal.code;
  }

  async remove(): Promise<void> {
    await this.store.close();
    rmSync(this.directory, { recursive: true, force: true });
  }

  async asOwner<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    const folder = join(this.directory, 'postgres');
    const owner = JSON.parse(readFileSync(join(folder, 'owner.json'), 'utf8')) as { user: string; password: string };
    const host = readFileSync(join(folder, 'data', 'postmaster.pid'), 'utf8').split('\n')[4] ?? '';
    const client = new pg.Client({ host, ...owner, database: 'postgres' });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }

  async addLeaves(count: number): Promise<void> {
    const rows = Array.from({ length: count }, () => {
      this.leaves += 1;
      const body = leafText({
        v: 1,
        platform: 'recovery' as PlatformId,
        kind: 'platform',
        actionId: `leaf-${this.leaves}` as ActionId,
        device: null,
        epoch: null,
        sequence: 0,
        commitment: 'a'.repeat(64) as Sha256Hex,
        validation: null,
        outcome: 'accepted',
        receivedAtMs: this.leaves,
      });
      const named = { leaf_id: leafId(this.leaves), body, subject: 'test', opening: Buffer.alloc(1) };
      const leaf = { ...named, received_at_ms: this.leaves, ordinal: this.leaves };
      return { ...leaf, tag: tags.ofWaiting(leaf) };
    });
    await inTransaction(this.store.database, (session) => insertLeaves(session, rows));
  }

  async open(folder = 'log'): Promise<CentralLog> {
    const { key } = this;
    const signer = logSigner({ ed25519: { key, sign: (message) => signText(this.#privateKey, message) } });
    const options = { database: this.store.database, signer, tags, nowMs: () => Date.now() };
    return must(await openCentralLog({ folder: join(this.directory, folder), ...options }));
  }

  rootOf(log: CentralLog): string {
    const head = must(openCheckpoint({ note: log.checkpoint(), logKey: this.key, verifyEd25519 }));
    return Buffer.from(head.root).toString('base64');
  }

  /** Every entry is a leaf of the database, in order, and the checkpoint is of this very tree. */
  expectWhole(log: CentralLog): void {
    const { leaves } = this;
    expect(log.size()).toBe(leaves);
    expect(log.checkpointSize()).toBe(leaves);
    expect(this.rootOf(log)).toBe(log.tree.rootAt(leaves));
    const bundle = Buffer.from(log.readEntries(0, leaves)).toString();
    expect(bundle.match(/"leaf-\d+"/gu)).toEqual(Array.from({ length: leaves }, (_, i) => `"leaf-${i + 1}"`));
  }
}
