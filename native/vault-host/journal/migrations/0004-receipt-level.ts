/** Who vouches for the receipt of an act. Whatever was proven before, nobody looked for witnesses of. */
export const receiptLevel = `
alter table acts add column level text;
update acts set level = 'log' where is_done = 1;
`;
