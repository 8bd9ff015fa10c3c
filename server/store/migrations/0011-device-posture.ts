/** What each device said of its own state last. */
export const migration = {
  name: '0011-device-posture',
  eventTables: [],
  stateTables: ['device_posture'],
  statements: [
    'create table device_posture (device text primary key, report text not null, at_ms bigint not null, tag text not null)',
  ],
} as const;
