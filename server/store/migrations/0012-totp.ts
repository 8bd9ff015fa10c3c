/** Secrets of one-time codes by the clock, and the last step of each that counted. */
export const migration = {
  name: '0012-totp',
  eventTables: [],
  stateTables: ['totp'],
  statements: [
    'create table totp (account text primary key, sealed text not null, last_step bigint not null, tag text not null)',
  ],
} as const;
