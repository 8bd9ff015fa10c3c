/** A mark on each row that the log says nothing of, so that one which was edited or added is found. */
export const migration = {
  name: '0004-row-tags',
  eventTables: [],
  stateTables: [],
  statements: [
    "alter table device_contact add column tag text not null default ''",
    "alter table alarm add column tag text not null default ''",
    "alter table reading add column tag text not null default ''",
    "alter table enrolment_code add column tag text not null default ''",
    "alter table challenge add column tag text not null default ''",
    "alter table session add column tag text not null default ''",
  ],
} as const;
