import { Kysely, PostgresDialect, type Transaction } from 'kysely';
import pg from 'pg';
import { assert } from '../../core/kernel/index.ts';
import type { Statement } from './bulk.ts';
import type { DatabaseAddress } from './postgres/embedded.ts';
import type { Schema } from './schema.ts';

export type Database = Kysely<Schema>;
/** A transaction or the database itself: what a query needs. */
export type Session = Kysely<Schema> | Transaction<Schema>;

/** Enough for the group commit, the sequencer and readers at once; the engine allows 40 in all. */
const connectionsMax = 12;
/** A statement of ours takes milliseconds; one that takes longer than this holds locks that others wait for. */
const statementTimeoutMs = 30_000;

const int8TypeId = 20;

/** What stands behind a database: Kysely sends the statements of a transaction one by one, each after the answer to the last. */
type Driver = { readonly pool: pg.Pool; readonly onStatement: ((text: string) => void) | undefined };
const drivers = new WeakMap<Database, Driver>();

function readInteger(text: string): number {
  const value = Number(text);
  assert(Number.isSafeInteger(value), 'store: stored integers are safe integers');
  return value;
}

/** For whom a database is opened. */
export type DatabaseUse = {
  /** Sees the text of every statement, never its values. */
  readonly onStatement?: ((text: string) => void) | undefined;
  /** An auditor waits for long statements, and reads integers that nobody of ours wrote as the nearest number. */
  readonly isAudit?: boolean;
};

/** Opens a pool. */
export function openDatabase(
  address: DatabaseAddress | { readonly url: string },
  { onStatement, isAudit = false }: DatabaseUse = {},
): Database {
  const timeoutMs = isAudit ? 0 : statementTimeoutMs;
  const readBigint = isAudit ? Number : readInteger;
  // The driver's own answer is untyped; this one is as well, and only integers are changed.
  const getTypeParser = (id: number, format?: 'text' | 'binary'): ((text: string) => unknown) =>
    id === int8TypeId && format !== 'binary'
      ? readBigint
      : (pg.types.getTypeParser(id, format as 'text') as (text: string) => unknown);
  const target = 'url' in address ? { connectionString: address.url } : address;
  const pool = new pg.Pool({
    ...target,
    max: connectionsMax,
    pipeline: true,
    statement_timeout: timeoutMs,
    idle_in_transaction_session_timeout: timeoutMs,
    types: { getTypeParser },
  });
  // A connection that breaks while idle is replaced by the pool; the next query tells whether the database is gone.
  pool.on('error', () => undefined);
  // One that breaks in use tells its statements; an event that nobody hears would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const database = new Kysely<Schema>({
    dialect: new PostgresDialect({ pool }),
    ...(onStatement === undefined
      ? {}
      : { log: (event: { readonly query: { readonly sql: string } }) => onStatement(event.query.sql) }),
  });
  drivers.set(database, { pool, onStatement });
  return database;
}

/** Serialisation failure and deadlock: the same rows may be written again. */
const retriedCodes = new Set(['40001', '40P01']);
const uniqueViolation = '23505';
const attemptsMax = 4;

function sqlState(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;
}

/** True where somebody else wrote the same row first: what the rows were made from has to be read again. */
export function isConflict(error: unknown): boolean {
  return sqlState(error) === uniqueViolation;
}

/**
 * Runs `body` in one transaction, durable on return. A serialisation failure or a deadlock rolls back and runs `body` again, at
 * most four times in all; then the error is thrown, as every other one is at once.
 */
export async function inTransaction<T>(database: Database, body: (session: Session) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await database.transaction().execute(body);
    } catch (error) {
      if (!retriedCodes.has(sqlState(error) ?? '') || attempt >= attemptsMax) throw error;
    }
  }
}

/**
 * Runs `body` on one snapshot of everything, in a transaction that cannot write: what others commit meanwhile is not seen. Nobody
 * waits for it, so it may take its time on a database opened without a timeout.
 */
export async function onSnapshot<T>(database: Database, body: (session: Session) => Promise<T>): Promise<T> {
  return database.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(body);
}

async function writeOnce({ pool, onStatement }: Driver, statements: readonly Statement[]): Promise<void> {
  const client = await pool.connect();
  let isDone = false;
  try {
    const sent = [client.query('begin')];
    for (const { name, text, values } of statements) {
      onStatement?.(text);
      sent.push(client.query({ name, text, values: [...values] }));
    }
    const commit = client.query('commit');
    const answers = await Promise.allSettled([...sent, commit]);
    // The first failure is the cause; those after it only say that the transaction had failed.
    for (const answer of answers) if (answer.status === 'rejected') throw answer.reason;
    assert((await commit).command === 'COMMIT', 'store: a commit without a failure before it commits');
    isDone = true;
  } finally {
    // After a failure nobody knows which statements the connection has read: it is closed, which also rolls back.
    client.release(!isDone);
  }
}

/**
 * Writes all statements in one transaction, durable on return, for one round trip: they are sent together with their
 * commit, so none may depend on what another answers. Serialisation failures are retried as by `inTransaction`.
 */
export async function writeTogether(database: Database, statements: readonly Statement[]): Promise<void> {
  const driver = drivers.get(database);
  assert(driver !== undefined, 'store: a database is opened here');
  for (let attempt = 1; ; attempt += 1) {
    try {
      await writeOnce(driver, statements);
      return;
    } catch (error) {
      if (!retriedCodes.has(sqlState(error) ?? '') || attempt >= attemptsMax) throw error;
    }
  }
}
