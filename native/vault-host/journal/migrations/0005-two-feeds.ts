/** Changes of rights come by a feed of their own, with positions of its own. */
export const twoFeeds = `
alter table told_signatures rename to told_signatures_one_feed;
create table told_signatures (
  feed text not null,
  position integer not null,
  action_id text not null unique,
  envelope text not null,
  cms text not null,
  primary key (feed, position)
) strict;
insert into told_signatures select 'cases', position, action_id, envelope, cms from told_signatures_one_feed;
drop table told_signatures_one_feed;
`;
