/** The sealed emergency account: one row, or none. */
export const migration = {
  name: '0013-break-glass',
  eventTables: [],
  stateTables: ['break_glass'],
  statements: ['create table break_glass (name text primary key, sealed text not null, tag text not null)'],
} as const;
