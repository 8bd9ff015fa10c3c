/** Changes of rights are a feed of their own: each feed counts its positions up by one, so that its reader sees no gap. */
export const migration = {
  name: '0010-feed-of-scope',
  eventTables: [],
  stateTables: [],
  statements: [
    'alter table change drop constraint change_pkey',
    'alter table change add primary key (scope, position)',
    "insert into counter (name, value) values ('change-access', 0)",
  ],
} as const;
