import { assert } from '../../core/kernel/index.ts';
import type { DataKey, Keyring } from '../keys/index.ts';
import { insertRows } from './bulk.ts';
import { sql } from 'kysely';
import type { Database } from './database.ts';

/** Data keys by subject (`case:…`, `device:…`, `platform`). Deleting a row destroys what was sealed for that subject. */
export type SubjectKeys = {
  /** Keys of all subjects, made and stored durably where they were missing. */
  readonly ensure: (subjects: readonly string[]) => Promise<ReadonlyMap<string, DataKey>>;
  /** Keys of those subjects that have one; a row that was removed or edited is not made up for. */
  readonly known: (subjects: readonly string[]) => Promise<ReadonlyMap<string, DataKey>>;
};

/** Unwrapped keys held at once; the cases that are worked on fit many times. */
const cachedKeysMax = 20_000;

/** Opens the key table. Keys are cached only once they are stored: nothing is ever sealed by a key that could be lost. */
export function openSubjectKeys(database: Database, keyring: Keyring): SubjectKeys {
  const cached = new Map<string, DataKey>();

  async function load(subjects: readonly string[], onBroken?: (subject: string) => void): Promise<void> {
    const rows = await database
      .selectFrom('subject_key')
      .selectAll()
      .where('subject', 'in', [...subjects])
      .execute();
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
    await insertRows(database, {
      table: 'subject_key',
      columns: { subject: 'text', wrapped: 'bytea' },
      rows,
      suffix: sql`on conflict do nothing`,
    });
    // Read back: another process may have been first.
    await load(subjects);
  }

  async function known(subjects: readonly string[]): Promise<ReadonlyMap<string, DataKey>> {
    const wanted = [...new Set(subjects)];
    if (cached.size > cachedKeysMax) cached.clear();
    const unknown = wanted.filter((subject) => !cached.has(subject));
    // One that does not unwrap is left out like one that is gone.
    if (unknown.length > 0) await load(unknown, () => undefined);
    return new Map(
      wanted.flatMap((subject) => {
        const key = cached.get(subject);
        return key === undefined ? [] : [[subject, key] as const];
      }),
    );
  }

  return {
    known,
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
