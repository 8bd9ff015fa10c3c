import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Finding } from '../../server/audit/index.ts';
import type { Session } from '../../server/store/database.ts';
import { primaryKeys, type TableName } from '../../server/store/scan.ts';
import type { Chance } from '../fuzz/chance.ts';
import type { FlipWorld } from './flip-world.ts';

/** One changed octet: of a file, or of a cell of a table. */
export type Flip = {
  /** `log/bundles`, or `act.outcome`. */
  readonly target: string;
  /** Which octet, for whoever repeats it. */
  readonly at: string;
  readonly findings: readonly Finding[];
};

/** Column types that a flip keeps valid. */
type ColumnType = 'text' | 'bigint' | 'bytea';
export type Column = { readonly table: TableName; readonly name: string; readonly type: ColumnType };

const tables = Object.keys(primaryKeys) as TableName[];

/** Empty before the first evidence is three months old: a test of their own fills them. */
export const archiveTables = [
  'retention_term',
  'retention_hold',
  'retention_hold_name',
  'archive_segment',
  'archive_item',
  'archive_check',
  'evidence_destroyed',
] as const satisfies readonly TableName[];

/** Every column that the database has, so that one which is added is flipped too. */
export async function readColumns(session: Session): Promise<readonly Column[]> {
  const { rows } = await sql<{ readonly table_name: string; readonly column_name: string; readonly data_type: string }>`
    select table_name, column_name, data_type from information_schema.columns where table_schema = 'public'
    order by table_name, column_name`.execute(session);
  return rows.map(({ table_name: table, column_name: name, data_type: type }) => {
    if (!tables.some((known) => known === table)) throw new Error(`the check does not know the table ${table}`);
    if (type !== 'text' && type !== 'bigint' && type !== 'bytea') throw new Error(`no flip is known for ${type}`);
    return { table: table as TableName, name, type };
  });
}

/** Changes one octet of a text so that it stays a text. */
function flipText(value: string, chance: Chance): string {
  const bytes = Buffer.from(value);
  if (bytes.length === 0) return 'x';
  for (;;) {
    const flipped = Buffer.from(bytes);
    const at = chance.below(flipped.length);
    flipped[at] = (flipped[at] ?? 0) ^ (1 + chance.below(255));
    const text = flipped.toString();
    if (!text.includes('\0') && Buffer.from(text).equals(flipped)) return text;
  }
}

/** Changes one octet of the eight that an integer has. */
function flipInteger(value: string, chance: Chance): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(value));
  const at = chance.below(8);
  bytes[at] = (bytes[at] ?? 0) ^ (1 + chance.below(255));
  return String(bytes.readBigInt64BE());
}

function flipBytes(value: string, chance: Chance): string {
  const bytes = Buffer.from(value, 'hex');
  if (bytes.length === 0) return '00';
  const at = chance.below(bytes.length);
  bytes[at] = (bytes[at] ?? 0) ^ (1 + chance.below(255));
  return bytes.toString('hex');
}

const flipOf = { text: flipText, bigint: flipInteger, bytea: flipBytes } as const;

class RolledBack extends Error {
  readonly flip: Flip | undefined;

  constructor(flip: Flip | undefined) {
    super('rolled back');
    this.flip = flip;
  }
}

async function flipIn(session: Session, world: FlipWorld, column: Column, chance: Chance): Promise<Flip | undefined> {
  const { table, name, type } = column;
  const keys = primaryKeys[table].map((key) => sql.ref(key));
  const shown = type === 'bytea' ? sql`encode(${sql.ref(name)}, 'hex')` : sql`${sql.ref(name)}::text`;
  const { rows } = await sql<{ readonly value: string; readonly place: string }>`
    select ${shown} as value, concat_ws('/', ${sql.join(keys)}) as place from ${sql.table(table)}
    where ${sql.ref(name)} is not null order by ${sql.join(keys)}`.execute(session);
  const row = rows[chance.below(Math.max(1, rows.length))];
  if (row === undefined) return undefined;
  const value = flipOf[type](row.value, chance);
  const written = type === 'bytea' ? sql`decode(${value}, 'hex')` : sql`${value}::text::${sql.raw(type)}`;
  const isRow = sql`concat_ws('/', ${sql.join(keys)}) = ${row.place}`;
  await sql`update ${sql.table(table)} set ${sql.ref(name)} = ${written} where ${isRow}`.execute(session);
  return { target: `${table}.${name}`, at: `${row.place}: ${value}`, findings: await world.check(session) };
}

const uniqueViolation = '23505';

async function tryFlip(world: FlipWorld, column: Column, chance: Chance): Promise<Flip | 'key-taken' | undefined> {
  try {
    return await world.database.transaction().execute(async (session): Promise<Flip | undefined> => {
      throw new RolledBack(await flipIn(session, world, column, chance));
    });
  } catch (error) {
    if (error instanceof RolledBack) return error.flip;
    if (error instanceof Error && 'code' in error && error.code === uniqueViolation) return 'key-taken';
    throw new Error(`${column.table}.${column.name}`, { cause: error });
  }
}

/** Flips one octet of a random cell of a column and checks, in a transaction that is rolled back; `undefined` where no row has one. */
export async function flipCell(world: FlipWorld, column: Column, chance: Chance): Promise<Flip | undefined> {
  for (;;) {
    // The key of another row cannot be had by a flip: the database refuses it.
    const flip = await tryFlip(world, column, chance);
    if (flip !== 'key-taken') return flip;
  }
}

/** Folders whose every octet the check accounts for. */
const folders = ['log', 'evidence'] as const;

export function filesOf(world: FlipWorld): readonly string[] {
  return folders.flatMap((folder) =>
    readdirSync(join(world.directory, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(world.directory.length + 1))
      .toSorted(),
  );
}

/** Flips one octet of a file, checks, and puts it back; `undefined` where the file has none. */
export async function flipFile(world: FlipWorld, file: string, chance: Chance): Promise<Flip | undefined> {
  const path = join(world.directory, file);
  const whole = readFileSync(path);
  if (whole.length === 0) return undefined;
  const flipped = Buffer.from(whole);
  const at = chance.below(flipped.length);
  flipped[at] = (flipped[at] ?? 0) ^ (1 + chance.below(255));
  writeFileSync(path, flipped);
  try {
    return { target: file, at: String(at), findings: await world.check(world.database) };
  } finally {
    writeFileSync(path, whole);
  }
}

/** Everything that can be flipped. */
export type Targets = { readonly columns: readonly Column[]; readonly files: readonly string[] };

export async function readTargets(world: FlipWorld): Promise<Targets> {
  const columns = await readColumns(world.database);
  return {
    columns: columns.filter(({ table }) => !archiveTables.some((one) => one === table)),
    files: filesOf(world),
  };
}

/** Draws a place until it has an octet, half of them in files, and flips it. */
export async function drawFlip(
  world: FlipWorld,
  { columns, files }: Targets,
  { chance, isLeftOut }: { readonly chance: Chance; readonly isLeftOut: (column: Column) => boolean },
): Promise<Flip> {
  const checked = columns.filter((column) => !isLeftOut(column));
  for (;;) {
    const file = files[chance.below(files.length)];
    const column = checked[chance.below(checked.length)];
    const isFile = chance.below(2) === 0;
    if (file === undefined || column === undefined) throw new Error('there is something to flip');
    const flip = isFile ? await flipFile(world, file, chance) : await flipCell(world, column, chance);
    if (flip !== undefined) return flip;
  }
}
