/**
 * A mark on each leaf that waits and on each place of the log. Rows that waited or were not signed yet have none and would make the
 * log stand still: while there are any, `migrate` refuses and the version before brings them into the log. What is signed needs no mark.
 */
export const migration = {
  name: '0017-leaf-tags',
  eventTables: [],
  stateTables: [],
  statements: [
    // No default: it fails where a leaf waits, and a server of an older version beside it queues nothing any more.
    'alter table leaf_pending add column tag text not null',
    "alter table leaf_position add column tag text not null default ''",
    'alter table leaf_position alter column tag drop default',
  ],
} as const;
