/** What came after a dismissal is looked for beside what came after a block. */
export const migration = {
  name: '0016-late-acts',
  eventTables: [],
  stateTables: [],
  statements: [
    'drop index act_blocked',
    "create index act_late on act (received_at_ms) where outcome in ('refused:actor-blocked', 'refused:actor-dismissed')",
  ],
} as const;
