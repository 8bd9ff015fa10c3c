import { inTransaction, type Database, type Session } from '../store/index.ts';

/** The last record that was begun at a database. */
const lastOf = new WeakMap<Database, Promise<void>>();

/**
 * One record after the other: what makes a data key takes a second connection while the transaction holds its own, and so many at
 * once as the pool has connections would wait for each other for ever.
 */
export function oneByOne(database: Database, body: (session: Session) => Promise<void>): Promise<void> {
  const before = lastOf.get(database) ?? Promise.resolve();
  const own = before.then(() => inTransaction(database, body));
  lastOf.set(
    database,
    own.catch(() => undefined),
  );
  return own;
}
