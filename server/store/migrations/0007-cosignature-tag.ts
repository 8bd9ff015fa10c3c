/** Cosignatures carry a mark like every row that the log says nothing of. */
export const migration = {
  name: '0007-cosignature-tag',
  eventTables: [],
  stateTables: [],
  statements: ["alter table cosignature add column tag text not null default ''"],
} as const;
