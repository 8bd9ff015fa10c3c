import { assert } from '../../core/kernel/index.ts';
import type { DataKey, Keyring } from '../keys/index.ts';
import { sql } from 'kysely';
import { bulkInsert, runStatements, type Statement } from './bulk.ts';
import type { Database } from './database.ts';
import type { Row } from './schema.ts';

/** Keys that one group of records is sealed by. Those that were missing are stored by the transaction that stores the records. */
export type KeyDraft = {
  /** Reads the keys of these subjects where they exist. */
  readonly read: (subjects: readonly string[]) => Promise<void>;
  /** The key of a subject that was read before; a fresh one where it has none. */
  readonly keyOf: (subject: string) => DataKey;
  /** Stores the fresh keys: a part of the transaction. A conflict means that another process was first. */
  readonly statements: () => readonly Statement[];
  /** To be called after the commit. */
  readonly keep: () => void;
};

/** Data keys by subject (`case:…`, `device:…`, `platform`). Deleting a row destroys what was sealed for that subject. */
export type SubjectKeys = {
  /** Keys of all subjects, made and stored durably where they were missing. */
  readonly ensure: (subjects: readonly string[]) => Promise<ReadonlyMap<string, DataKey>>;
  /** Keys of those subjects that have one; a row that was removed or edited is not made up for. */
  readonly known: (subjects: readonly string[]) => Promise<ReadonlyMap<string, DataKey>>;
  /** Lets go of keys that were destroyed: what is held in memory would still open. */
  readonly forget: (subjects: readonly string[]) => void;
  /** Starts a group of records. */
  readonly draft: () => KeyDraft;
};

/** Unwrapped keys held at once; the cases that are worked on fit many times. */
const cachedKeysMax = 20_000;

const columns = { subject: 'text', wrapped: 'bytea' } as const;
const insertKeys = bulkInsert('subject_key', columns);
const insertMissingKeys = bulkInsert('subject_key', columns, { suffix: 'on conflict do nothing' });

function openDraft(
  keyring: Keyring,
  known: (subjects: readonly string[]) => Promise<ReadonlyMap<string, DataKey>>,
  cached: Map<string, DataKey>,
): KeyDraft {
  // Held here as well: the cache may be cleared meanwhile.
  const held = new Map<string, DataKey>();
  const fresh = new Map<string, { readonly key: DataKey; readonly wrapped: Buffer }>();
  return {
    read: async (subjects) => {
      for (const [subject, key] of await known(subjects)) held.set(subject, key);
    },
    keyOf: (subject) => {
      const made = held.get(subject) ?? fresh.get(subject)?.key;
      if (made !== undefined) return made;
      const created = keyring.create(subject);
      fresh.set(subject, created);
      return created.key;
    },
    statements: () => insertKeys([...fresh].map(([subject, { wrapped }]) => ({ subject, wrapped }))),
    keep: () => {
      for (const [subject, { key }] of fresh) cached.set(subject, key);
    },
  };
}

function forgetIn(cached: Map<string, DataKey>, subjects: readonly string[]): void {
  for (const subject of subjects) cached.delete(subject);
}

/** Opens the key table. Keys are cached only once they are stored: nothing is ever sealed by a key that could be lost. */
export function openSubjectKeys(database: Database, keyring: Keyring): SubjectKeys {
  const cached = new Map<string, DataKey>();

  async function load(subjects: readonly string[], onBroken?: (subject: string) => void): Promise<void> {
    const { rows } = await sql<
      Row<'subject_key'>
    >`select * from subject_key where subject = any(${subjects}::text[])`.execute(database);
    for (const { subject, wrapped } of rows) {
      try {
        cached.set(subject, keyring.unwrap(subject, wrapped));
      } catch (error) {
        if (onBroken === undefined) throw error;
        onBroken(subject);
      }
    }
  }

  async function create(subjects: readonly string[]): Promise<void> {
    const rows = subjects.map((subject) => ({ subject, wrapped: keyring.create(subject).wrapped }));
    await runStatements(database, insertMissingKeys(rows));
    // Read back: another process may have been first.
    await load(subjects);
  }

  async function known(subjects: readonly string[], leavesOutBroken: boolean): Promise<ReadonlyMap<string, DataKey>> {
    const wanted = [...new Set(subjects)];
    if (cached.size > cachedKeysMax) cached.clear();
    const unknown = wanted.filter((subject) => !cached.has(subject));
    // One that does not unwrap is left out like one that is gone.
    if (unknown.length > 0) await load(unknown, leavesOutBroken ? () => undefined : undefined);
    return new Map(
      wanted.flatMap((subject) => {
        const key = cached.get(subject);
        return key === undefined ? [] : [[subject, key] as const];
      }),
    );
  }

  return {
    known: (subjects) => known(subjects, true),
    forget: (subjects) => forgetIn(cached, subjects),
    draft: () => openDraft(keyring, (subjects) => known(subjects, false), cached),
    ensure: async (subjects) => {
      const wanted = [...new Set(subjects)];
      if (cached.size > cachedKeysMax) cached.clear();
      const unknown = wanted.filter((subject) => !cached.has(subject));
      if (unknown.length > 0) await load(unknown);
      const missing = unknown.filter((subject) => !cached.has(subject));
      if (missing.length > 0) await create(missing);
      return new Map(
        wanted.map((subject) => {
          const key = cached.get(subject);
          assert(key !== undefined, 'store: a subject has a key once it is ensured');
          return [subject, key];
        }),
      );
    },
  };
}
