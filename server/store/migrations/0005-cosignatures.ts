/** What workstations cosigned, and what the server signed of their journals. */
export const migration = {
  name: '0005-cosignatures',
  eventTables: [],
  stateTables: ['cosignature'],
  statements: [
    `create table cosignature (
      device text not null, kind text not null, position bigint not null, tree_size bigint not null, cosigner text not null, note text not null,
      at_ms bigint not null, primary key (device, kind))`,
    'create index cosignature_position on cosignature (position)',
    `alter table device_contact add column statement text not null default ''`,
  ],
} as const;
