import { isTagged } from '../platform/index.ts';
import { migrations, primaryKeys, scanTable, type TaggedTable } from '../store/index.ts';
import type { AuditRun } from './run.ts';

/** Counters stand where the rows that they count end. */
export async function checkCounters({ report, session }: AuditRun, values: ReadonlyMap<string, number>): Promise<void> {
  const place = 'table counter';
  const missing = new Set(values.keys());
  for await (const page of scanTable(session, 'counter')) {
    for (const { name, value } of page) {
      missing.delete(name);
      const expected = values.get(name);
      if (expected === undefined) report({ place, key: name, is: 'added', expected: 'counter' });
      else if (value !== expected) report({ place, key: name, column: 'value', is: 'different', expected: 'counter' });
    }
  }
  for (const name of missing) report({ place, key: name, is: 'missing', expected: 'counter' });
}

/** Every data key that is stored unwraps for its subject; those that records need are asked for where the records are. */
export async function checkSubjectKeys({ keyring, report, session }: AuditRun): Promise<void> {
  for await (const page of scanTable(session, 'subject_key')) {
    for (const { subject, wrapped } of page) {
      try {
        keyring.unwrap(subject, wrapped);
      } catch {
        report({ place: 'table subject_key', key: subject, column: 'wrapped', is: 'different', expected: 'data-key' });
      }
    }
  }
}

/** The tables are those of this version. */
export async function checkMigrations({ report, session }: AuditRun): Promise<void> {
  const place = 'table schema_migration';
  const missing = new Set<string>(migrations.map(({ name }) => name));
  for await (const page of scanTable(session, 'schema_migration')) {
    for (const { name } of page)
      if (!missing.delete(name)) report({ place, key: name, is: 'added', expected: 'known-value' });
  }
  for (const name of missing) report({ place, key: name, is: 'missing', expected: 'known-value' });
}

const tagged = [
  'cosignature',
  'device_contact',
  'device_posture',
  'alarm',
  'reading',
  'enrolment_code',
  'challenge',
  'session',
  'password',
  'activation_code',
  'attempt',
  'totp',
  'break_glass',
] as const;

async function checkTagsOf<Table extends TaggedTable>(
  { keyring, report, session }: AuditRun,
  table: Table,
): Promise<void> {
  for await (const page of scanTable(session, table)) {
    for (const row of page) {
      const key = primaryKeys[table].map((name) => String((row as Readonly<Record<string, unknown>>)[name])).join('/');
      if (!isTagged(keyring, table, row))
        report({ place: `table ${table}`, key, is: 'different', expected: 'row-tag' });
    }
  }
}

/** Rows that the log says nothing of are as the platform wrote them last. */
export async function checkTags(run: AuditRun): Promise<void> {
  for (const table of tagged) await checkTagsOf(run, table);
}
