/** Which run of a server writes, and its pulse: it alone goes on while that beats, and while nobody else took its place. */
export const migration = {
  name: '0015-writer',
  eventTables: [],
  stateTables: ['writer'],
  statements: ['create table writer (name text primary key, run text not null, beat bigint not null)'],
} as const;
