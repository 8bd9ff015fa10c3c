import { sql, type RawBuilder } from 'kysely';
import { assert } from '../../core/kernel/index.ts';
import type { Session } from './database.ts';
import type { Row, Schema } from './schema.ts';

type ColumnType = 'text' | 'bigint' | 'bytea';
type Columns<Table extends keyof Schema> = { readonly [Name in keyof Schema[Table]]: ColumnType };

/** What a text of an array literal must not hold bare. */
const special = /["\\]/gu;

/** An array literal of the dialect: the driver's own writes every element by three passes and bytes as hexadecimal text. */
function textArray(values: readonly unknown[]): string {
  const texts = values.map((value) => {
    assert(typeof value === 'string', 'store: a text column is given text');
    return value.replace(special, '\\$&');
  });
  return `{"${texts.join('","')}"}`;
}

function integerArray(values: readonly unknown[]): string {
  for (const value of values) assert(Number.isSafeInteger(value), 'store: a bigint column is given integers');
  return `{${values.join(',')}}`;
}

type Packed = { readonly from: RawBuilder<unknown>; readonly selected: RawBuilder<unknown>; readonly names: readonly string[] };

/** The bytes of a column travel as one binary parameter that the statement cuts up again: half the size of text, and nothing is parsed. */
function packBytes(name: string, values: readonly unknown[]): Packed {
  const parts: Buffer[] = [];
  const starts: number[] = [];
  const sizes: number[] = [];
  let start = 1;
  for (const value of values) {
    assert(Buffer.isBuffer(value), 'store: a bytea column is given bytes');
    parts.push(value);
    starts.push(start);
    sizes.push(value.length);
    start += value.length;
  }
  const [startName, sizeName] = [`${name}_start`, `${name}_size`];
  return {
    from: sql`${integerArray(starts)}::integer[], ${integerArray(sizes)}::integer[]`,
    selected: sql`substring(${Buffer.concat(parts)}::bytea from ${sql.ref(startName)} for ${sql.ref(sizeName)})`,
    names: [startName, sizeName],
  };
}

function pack(name: string, type: ColumnType, values: readonly unknown[]): Packed {
  if (type === 'bytea') return packBytes(name, values);
  const array = type === 'text' ? textArray(values) : integerArray(values);
  return { from: sql`${array}::${sql.raw(`${type}[]`)}`, selected: sql.ref(name), names: [name] };
}

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
  const packed = names.map((name) => pack(name, columns[name], rows.map((row) => row[name])));
  const selected = sql.join(packed.map((column) => column.selected));
  const from = sql.join(packed.map((column) => column.from));
  const given = sql.join(packed.flatMap((column) => column.names.map((name) => sql.ref(name))));
  const into = sql.join(names.map((name) => sql.ref(name)));
  await sql`insert into ${sql.table(table)} (${into}) select ${selected} from unnest(${from}) as given (${given}) ${suffix ?? sql``}`.execute(
    session,
  );
}
