import { noFailures, type Failures } from '../../core/access/index.ts';
import { assert } from '../../core/kernel/index.ts';
import { isTagged, tagRow, type Desk } from '../platform/index.ts';
import {
  deleteAttempts,
  insertAlarm,
  readAttempts,
  replaceAttempt,
  type AttemptKey,
  type Row,
} from '../store/index.ts';
import { beginsWriting, hasWritten, watchWritten } from './written-counters.ts';

/** Servers that write one counter at once: whoever was last each time gives up counting, or is held up. */
export const writesMax = 4;
/** A counter that somebody edited, took away or put back counts as one with so many failures: the longest delay, once. */
const editedFailures = 1_000_000;

/** A counter as it was read: `row` is what the next one takes the place of. */
export type Counter = {
  readonly row: Row<'attempt'> | undefined;
  readonly failures: Failures;
  readonly isEdited: boolean;
};

/** What is looked at where there is no row: a counter that is there costs no more, so that time does not tell which are. */
const absent: Row<'attempt'> = { scope: 'pair', subject: '0'.repeat(64), failures: 0, last_at_ms: 0, tag: '' };

function read({ keyring, surroundings }: Desk, row: Row<'attempt'> | undefined, isTakenAway: boolean): Counter {
  const isAsWritten = isTagged(keyring, 'attempt', row ?? absent);
  const isEdited = isTakenAway || (row !== undefined && !isAsWritten);
  if (isEdited) return { row, failures: { count: editedFailures, lastAtMs: surroundings.nowMs() }, isEdited };
  return {
    row,
    failures: row === undefined ? noFailures : { count: row.failures, lastAtMs: row.last_at_ms },
    isEdited,
  };
}

/** Reads counters by one statement; what is not there counts nothing. */
export async function readCounters(platform: Desk, keys: readonly AttemptKey[]): Promise<(key: AttemptKey) => Counter> {
  const isTakenAway = watchWritten(keys);
  const rows = await readAttempts(platform.database, keys);
  const counters = keys.map((key) => {
    const row = rows.find(({ scope, subject }) => scope === key.scope && subject === key.subject);
    return { key, counter: read(platform, row, isTakenAway(key, row)) };
  });
  return (key) => {
    const found = counters.find(({ key: { scope, subject } }) => scope === key.scope && subject === key.subject);
    assert(found !== undefined, 'counters: what is asked about was read');
    return found.counter;
  };
}

/** Puts a counter in the place of the one that was read, and answers it; nothing where another server was first. */
export async function replaceCounter(
  { database, keyring }: Desk,
  key: AttemptKey,
  found: Counter,
  failures: Failures,
): Promise<Counter | undefined> {
  const { count, lastAtMs } = failures;
  const row = tagRow(keyring, 'attempt', { ...key, failures: count, last_at_ms: lastAtMs });
  beginsWriting([key]);
  if (!(await replaceAttempt(database, row, found.row))) return undefined;
  hasWritten(key, failures);
  return { row, failures, isEdited: false };
}

/** Deletes counters that a success took back. */
export async function deleteCounters({ database }: Desk, keys: readonly AttemptKey[]): Promise<void> {
  beginsWriting(keys);
  await deleteAttempts(database, keys);
  // Who wrote one of them meanwhile has lost it.
  beginsWriting(keys);
}

/** Changes a counter, whoever else writes it; `known` is how it was read before. */
export async function addOne(
  platform: Desk,
  key: AttemptKey,
  change: (failures: Failures) => Failures,
  known?: Counter,
): Promise<void> {
  for (let round = 1; round <= writesMax; round += 1) {
    const found = round === 1 && known !== undefined ? known : (await readCounters(platform, [key]))(key);
    if ((await replaceCounter(platform, key, found, change(found.failures))) !== undefined) return;
  }
}

export async function raiseEdited({ database, keyring, surroundings }: Desk): Promise<void> {
  const alarm = { alarm_id: surroundings.uuid(), kind: 'attempts-edited', device: null, details: '{}' };
  await insertAlarm(database, tagRow(keyring, 'alarm', { ...alarm, at_ms: surroundings.nowMs() }));
}
