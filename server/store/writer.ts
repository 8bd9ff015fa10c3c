import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from './database.ts';
import type { Row } from './schema.ts';

/** The one row: whoever writes the log, and with it everything else. */
const name = 'log';
/** Of a run that ended by itself. */
const nobody = '';

const beatMs = 1_000;
/** From a beat that the database took a server goes on for so long; a database that is busy answers well within it. */
const heldMs = 10_000;
/** Longer than that, by the clock of whoever waits: who was silent for so long has ended, or found out by himself that he must not go on. */
const silentMs = 15_000;
const lookMs = 250;

/** That this process alone writes into a database. */
export type WriterHold = {
  /** False while the database cannot be reached for long, and for ever where somebody else took the place. */
  readonly isHeld: () => boolean;
  readonly release: () => Promise<void>;
};

async function read(database: Database): Promise<Row<'writer'> | undefined> {
  return database.selectFrom('writer').selectAll().where('name', '=', name).executeTakeFirst();
}

/** Takes the place of the run that was read: true for exactly one caller, and only while its pulse has not beaten since. */
async function replace(database: Database, before: Row<'writer'> | undefined, run: string): Promise<boolean> {
  if (before === undefined) {
    const made = await database
      .insertInto('writer')
      .values({ name, run, beat: 0 })
      .onConflict((on) => on.column('name').doNothing())
      .executeTakeFirst();
    return made.numInsertedOrUpdatedRows === 1n;
  }
  const changed = await database
    .updateTable('writer')
    .set({ run, beat: before.beat + 1 })
    .where('name', '=', name)
    .where('run', '=', before.run)
    .where('beat', '=', before.beat)
    .executeTakeFirst();
  return changed.numUpdatedRows === 1n;
}

/** The run whose place is free: one that ended by itself, or whose pulse stood still. Nothing where somebody is there. */
async function waitForPlace(database: Database, seen: Row<'writer'>): Promise<Row<'writer'> | undefined> {
  const untilMs = performance.now() + silentMs;
  while (performance.now() < untilMs) {
    await sleep(lookMs);
    const now = await read(database);
    if (now?.run === nobody) return now;
    if (now?.run !== seen.run || now.beat !== seen.beat) return undefined;
  }
  return seen;
}

async function take(database: Database, run: string, isAlone: boolean): Promise<boolean> {
  const seen = await read(database);
  if (seen === undefined || seen.run === nobody || isAlone) return replace(database, seen, run);
  const free = await waitForPlace(database, seen);
  return free !== undefined && replace(database, free, run);
}

async function beatOnce(database: Database, run: string): Promise<boolean> {
  const changed = await database
    .updateTable('writer')
    .set((row) => ({ beat: row('beat', '+', 1) }))
    .where('name', '=', name)
    .where('run', '=', run)
    .executeTakeFirst();
  return changed.numUpdatedRows === 1n;
}

/**
 * Holds a database as its one writer: what a server keeps in memory (the log's tree, open cases, nonces, shares of requests) is right only
 * where nobody else serves the same database. Nothing where another process does, in whatever folder or on whatever machine; a run
 * that was killed is taken over after a while, and at once where `isAlone` says that nobody else can be there. `run` is new each time.
 */
export async function holdWriter(
  database: Database,
  { run, isAlone }: { readonly run: string; readonly isAlone: boolean },
): Promise<WriterHold | undefined> {
  if (!(await take(database, run, isAlone))) return undefined;
  let heldUntilMs = performance.now() + heldMs;
  let isReplaced = false;
  let last: Promise<void> | undefined;
  const beat = async (): Promise<void> => {
    const askedAtMs = performance.now();
    // A database that does not answer is asked again at the next beat; what was held before runs out meanwhile.
    const isOurs = await beatOnce(database, run).catch(() => undefined);
    if (isOurs === true) heldUntilMs = askedAtMs + heldMs;
    if (isOurs === false) isReplaced = true;
  };
  const timer = setInterval(() => {
    last ??= beat().finally(() => (last = undefined));
  }, beatMs);
  timer.unref();
  return {
    isHeld: () => !isReplaced && performance.now() < heldUntilMs,
    release: async () => {
      clearInterval(timer);
      await last;
      isReplaced = true;
      const ours = database.updateTable('writer').set({ run: nobody }).where('name', '=', name).where('run', '=', run);
      // A database that is gone already is waited for by whoever starts next.
      await ours.execute().catch(() => undefined);
    },
  };
}
