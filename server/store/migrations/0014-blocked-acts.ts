/** What came after a block is looked for by those who may let it in: few among all acts. */
export const migration = {
  name: '0014-blocked-acts',
  eventTables: [],
  stateTables: [],
  statements: ["create index act_blocked on act (received_at_ms) where outcome = 'refused:actor-blocked'"],
} as const;
