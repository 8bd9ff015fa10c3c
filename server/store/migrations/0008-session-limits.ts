/** Sessions know whose they are, when they were used last and why they ended; those that are open end, and begin anew with the card. */
export const migration = {
  name: '0008-session-limits',
  eventTables: [],
  stateTables: [],
  statements: [
    'delete from session',
    "alter table session add column who text not null default ''",
    'alter table session add column last_seen_ms bigint not null default 0',
    'alter table session add column end_note text',
    'create index session_who on session (who)',
  ],
} as const;
