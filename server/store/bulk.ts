import { CompiledQuery } from 'kysely';
import { assert } from '../../core/kernel/index.ts';
import type { Session } from './database.ts';
import type { Row, Schema } from './schema.ts';

/** A statement with its values; the database reads a text once under its name. */
export type Statement = { readonly name: string; readonly text: string; readonly values: readonly unknown[] };

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

/** The bytes of a column, with the place of each record in them. */
function packBytes(values: readonly unknown[]): readonly unknown[] {
  const starts: number[] = [];
  const sizes: number[] = [];
  let start = 1;
  const parts = values.map((value) => {
    assert(Buffer.isBuffer(value), 'store: a bytea column is given bytes');
    starts.push(start);
    sizes.push(value.length);
    start += value.length;
    return value;
  });
  return [Buffer.concat(parts), integerArray(starts), integerArray(sizes)];
}

/**
 * The text of an insert over arrays. The bytes of a column travel as one binary parameter that the statement cuts up
 * again: half the size of text, and nothing is parsed.
 */
function insertText(
  table: string,
  columns: readonly (readonly [string, ColumnType])[],
  { suffix = '', computed = {} }: { readonly suffix?: string; readonly computed?: Readonly<Record<string, string>> },
): string {
  const arrays: string[] = [];
  const given: string[] = [];
  const selected: string[] = [];
  let parameter = 0;
  const next = (type: string): string => `$${(parameter += 1)}::${type}`;
  for (const [name, type] of columns) {
    if (type === 'bytea') {
      selected.push(`substring(${next('bytea')} from given.${name}_start for given.${name}_size)`);
      arrays.push(next('integer[]'), next('integer[]'));
      given.push(`${name}_start`, `${name}_size`);
    } else {
      selected.push(computed[name] ?? `given.${name}`);
      arrays.push(next(`${type}[]`));
      given.push(name);
    }
  }
  const names = columns.map(([name]) => name).join(', ');
  return `insert into ${table} (${names}) select ${selected.join(', ')} from unnest(${arrays.join(', ')}) as given (${given.join(', ')}) ${suffix}`;
}

/** Makes the statement that inserts these rows, or none where there are no rows. */
export type Insert<Table extends keyof Schema> = (rows: readonly Row<Table>[]) => readonly Statement[];

/**
 * Makes inserts of many rows by one statement: the group commit's rows cost one round trip, however many they are.
 * `suffix` is the part after the rows (`on conflict …`), `computed` says of a column what stands in for the value given.
 */
export function bulkInsert<Table extends keyof Schema>(
  table: Table,
  types: Columns<Table>,
  options: { readonly suffix?: string; readonly computed?: Readonly<Record<string, string>> } = {},
): Insert<Table> {
  const columns = Object.entries<ColumnType>(types);
  const text = insertText(table, columns, options);
  return (rows) => {
    if (rows.length === 0) return [];
    const values = columns.flatMap(([name, type]) => {
      const column = rows.map((row) => row[name as keyof Row<Table>]);
      if (type === 'bytea') return packBytes(column);
      return [type === 'text' ? textArray(column) : integerArray(column)];
    });
    return [{ name: `insert-${table}`, text, values }];
  };
}

/** Runs statements one after the other, where a transaction has more to do than to write. */
export async function runStatements(session: Session, statements: readonly Statement[]): Promise<void> {
  for (const { text, values } of statements) await session.executeQuery(CompiledQuery.raw(text, [...values]));
}
