/** Policies that came after the enrolment, each with the two signed acts that put it there. */
export const laterPolicies = `
create table policies (
  version integer primary key,
  acts text not null
) strict;
`;
