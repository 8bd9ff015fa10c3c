/** What somebody did is looked for by who did it. */
export const actsOfPeople = `
create index case_changes_by on case_changes (json_extract(event, '$.by'), received_at_ms);
`;
