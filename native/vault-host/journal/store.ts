// oxlint-disable-next-line typescript/triple-slash-reference -- declares a package whose `exports` hide its own types
/// <reference path="./sqlcipher.d.ts" />
import Database from 'better-sqlite3-multiple-ciphers';
import { assert, ok, refuse, type Result } from '../../../core/kernel/index.ts';
import type { Durability } from '../disk.ts';
import type { DataKey } from '../slots/index.ts';
import { migrations } from './migrations/index.ts';

type Value = string | number | null;

/** Pages that a WAL holds before they are moved into the file: about 4 MB, so that a start after a crash stays quick. */
const walPagesMax = 1_000;

/** One open connection to the encrypted file. It is the only one: the lock is exclusive for as long as it lives. */
export class Store {
  readonly #database: Database.Database;
  readonly #statements = new Map<string, Database.Statement>();

  constructor(database: Database.Database) {
    this.#database = database;
  }

  #statement(sql: string): Database.Statement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  /** First row, or `undefined`. The caller names the columns that it selects: this is the door of the file. */
  get<Row>(sql: string, ...values: readonly Value[]): Row | undefined {
    return this.#statement(sql).get(...values) as Row | undefined;
  }

  all<Row>(sql: string, ...values: readonly Value[]): readonly Row[] {
    return this.#statement(sql).all(...values) as Row[];
  }

  /** One row after the other, so that a long journal does not have to fit into memory. */
  iterate<Row>(sql: string, ...values: readonly Value[]): IterableIterator<Row> {
    return this.#statement(sql).iterate(...values) as IterableIterator<Row>;
  }

  run(sql: string, ...values: readonly Value[]): void {
    this.#statement(sql).run(...values);
  }

  /** All of `body` or nothing; durable when it returns. `body` is synchronous. */
  write<T>(body: () => T): T {
    this.run('begin immediate');
    try {
      const value = body();
      this.run('commit');
      return value;
    } catch (error) {
      // SQLite has rolled back by itself after some faults of the disk; a second time would hide the first error.
      if (this.#database.inTransaction) this.run('rollback');
      throw error;
    }
  }

  meta(name: string): string | undefined {
    return this.get<{ value: string }>('select value from meta where name = ?', name)?.value;
  }

  setMeta(name: string, value: string): void {
    this.run(
      'insert into meta (name, value) values (?, ?) on conflict (name) do update set value = excluded.value',
      name,
      value,
    );
  }

  /** Moves the WAL into the file and closes; afterwards no WAL is left. */
  close(): void {
    this.#statements.clear();
    this.#database.pragma('wal_checkpoint(TRUNCATE)');
    this.#database.close();
  }

  /** Closes without a last write, after the disk failed. */
  abandon(): void {
    this.#statements.clear();
    this.#database.close();
  }

  /** Encrypts the closed-off copy anew; only for a file that is not in use. */
  rekey(key: DataKey): void {
    this.#database.pragma('journal_mode = DELETE');
    // The copy is worthless until it was synced and renamed, so no page of it needs to be durable before.
    this.#database.pragma('synchronous = OFF');
    withRawKey(key, (raw) => this.#database.rekey(raw));
  }

  /** True when every page of the file can be read and fits its neighbours, pages that no table needs included. */
  isWhole(): boolean {
    return this.#database.pragma('quick_check(1)', { simple: true }) === 'ok';
  }

  schemaVersion(): number {
    return Number(this.#database.pragma('user_version', { simple: true }));
  }

  migrate(): void {
    const from = this.schemaVersion();
    assert(from <= migrations.length, 'journal: written by a newer version');
    for (const [i, sql] of migrations.entries()) {
      if (i < from) continue;
      this.write(() => {
        this.#database.exec(sql);
        this.#database.pragma(`user_version = ${i + 1}`);
      });
    }
  }
}

/** SQLCipher takes a raw key as x'hex'; the bytes are wiped, which a string could not be. */
function withRawKey(key: DataKey, use: (raw: Buffer) => void): void {
  const raw = Buffer.alloc(67);
  raw.write("x'", 0, 'latin1');
  key.use((bytes) => {
    const digits = '0123456789abcdef';
    for (const [i, byte] of bytes.entries()) {
      raw[2 + 2 * i] = digits.charCodeAt(byte >> 4);
      raw[3 + 2 * i] = digits.charCodeAt(byte & 15);
    }
  });
  raw.write("'", 66, 'latin1');
  use(raw);
  raw.fill(0);
}

export type OpenFault = 'journal-damaged' | 'vault-in-use' | 'vault-disk-failed';

/** What an error of SQLite means to a caller; `undefined` for a bug of ours. */
export function faultOf(error: unknown): OpenFault | undefined {
  if (!(error instanceof Database.SqliteError)) return isDiskError(error) ? 'vault-disk-failed' : undefined;
  const { code } = error;
  if (code.startsWith('SQLITE_NOTADB') || code.startsWith('SQLITE_CORRUPT')) return 'journal-damaged';
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) return 'vault-in-use';
  const isDisk = ['SQLITE_FULL', 'SQLITE_IOERR', 'SQLITE_CANTOPEN', 'SQLITE_READONLY', 'SQLITE_PERM'].some((name) =>
    code.startsWith(name),
  );
  return isDisk ? 'vault-disk-failed' : undefined;
}

const diskCodes = new Set(['ENOSPC', 'EIO', 'EROFS', 'EACCES', 'EPERM', 'EDQUOT', 'EMFILE']);

function isDiskError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && diskCodes.has(error.code);
}

/**
 * Opens the file by its key (SQLCipher 4 format) and takes the exclusive lock. `journal-damaged` is also the answer to a
 * key that does not fit: without the key a damaged page and a foreign one look the same.
 */
export function openStore(options: {
  readonly file: string;
  readonly key: DataKey;
  readonly durability: Durability;
  readonly mustExist: boolean;
}): Result<Store, OpenFault> {
  const { file, key, durability, mustExist } = options;
  let database: Database.Database | undefined;
  try {
    database = new Database(file, { fileMustExist: mustExist, timeout: 0 });
    database.pragma("cipher = 'sqlcipher'");
    database.pragma('legacy = 4');
    const opened = database;
    withRawKey(key, (raw) => opened.key(raw));
    database.pragma('locking_mode = EXCLUSIVE');
    database.pragma('temp_store = MEMORY');
    database.pragma('journal_mode = WAL');
    database.pragma(`synchronous = ${durability.synchronous}`);
    database.pragma(`wal_autocheckpoint = ${walPagesMax}`);
    database.pragma('trusted_schema = OFF');
    database.pragma('cell_size_check = ON');
    // Reads page 1, which is where a wrong key shows.
    database.prepare('select count(*) from sqlite_schema').get();
    const store = new Store(database);
    store.migrate();
    return ok(store);
  } catch (error) {
    database?.close();
    const fault = faultOf(error);
    if (fault === undefined) throw error;
    return refuse(fault);
  }
}
