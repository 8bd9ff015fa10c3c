import type { Keyring } from '../keys/index.ts';
import type { Row, TaggedTable } from '../store/index.ts';

type Untagged<Table extends TaggedTable> = Omit<Row<Table>, 'tag'>;

function tagOf<Table extends TaggedTable>(keyring: Keyring, table: Table, row: Untagged<Table>): string {
  const columns = Object.entries(row)
    .filter(([name]) => name !== 'tag')
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
  return keyring.tag(`row ${table}`, JSON.stringify(columns));
}

/** Marks a row of a table of which the log says nothing: who writes into the database but holds no key of the platform makes no such row. */
export function tagRow<Table extends TaggedTable>(keyring: Keyring, table: Table, row: Untagged<Table>): Row<Table> {
  return { ...row, tag: tagOf(keyring, table, row) } as Row<Table>;
}

/** True for a row that is as the platform wrote it last. An older state of it, put back, looks the same. */
export function isTagged<Table extends TaggedTable>(keyring: Keyring, table: Table, row: Row<Table>): boolean {
  return row.tag === tagOf(keyring, table, row);
}
