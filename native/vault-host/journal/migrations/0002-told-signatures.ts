/** What others signed, as the server told it: verified before its case was folded, and shown with its report on demand. */
export const toldSignatures = `
create table told_signatures (
  position integer primary key,
  action_id text not null unique,
  envelope text not null,
  cms text not null
) strict;
`;
