/** Challenges are counted and cleared by device. */
export const migration = {
  name: '0002-challenge-of-device',
  eventTables: [],
  stateTables: [],
  statements: ['create index challenge_device on challenge (device, expires_at_ms)'],
} as const;
