import { sql, type RawBuilder } from 'kysely';
import { assert } from '../../core/kernel/index.ts';
import type { Session } from './database.ts';
import type { Row, Schema } from './schema.ts';

type ColumnType = 'text' | 'bigint' | 'bytea';
type Columns<Table extends keyof Schema> = { readonly [Name in keyof Schema[Table]]: ColumnType };

/**
 * Inserts many rows by one statement over arrays: the group commit's rows cost one parse and one round trip, however
 * many they are. `suffix` is the part after the rows (`on conflict …`).
 */
export async function insertRows<Table extends keyof Schema>(
  session: Session,
  options: {
    readonly table: Table;
    readonly columns: Columns<Table>;
    readonly rows: readonly Row<Table>[];
    readonly suffix?: RawBuilder<unknown>;
  },
): Promise<void> {
  const { table, columns, rows, suffix } = options;
  if (rows.length === 0) return;
  const names = Object.keys(columns) as (keyof Schema[Table] & string)[];
  assert(names.length > 0, 'store: a table has columns');
  const arrays = names.map((name) => sql`${rows.map((row) => row[name])}::${sql.raw(`${columns[name]}[]`)}`);
  await sql`insert into ${sql.table(table)} (${sql.join(names.map((name) => sql.ref(name)))}) select * from unnest(${sql.join(arrays)}) ${suffix ?? sql``}`.execute(
    session,
  );
}
