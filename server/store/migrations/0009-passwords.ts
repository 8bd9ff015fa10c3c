/** Password records, codes that set the first one, and failures of sign-ins. */
export const migration = {
  name: '0009-passwords',
  eventTables: [],
  stateTables: ['password', 'activation_code', 'attempt'],
  statements: [
    "create table password (account text primary key, sealed text not null, tag text not null default '')",
    `create table activation_code (
      account text primary key, code_hash text not null, expires_at_ms bigint not null, used_at_ms bigint, tag text not null default '')`,
    `create table attempt (
      scope text not null, subject text not null, failures bigint not null, last_at_ms bigint not null, tag text not null default '',
      primary key (scope, subject))`,
    'create index attempt_last on attempt (last_at_ms)',
  ],
} as const;
