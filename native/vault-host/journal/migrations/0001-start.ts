/** Tables of the first version. `entries` is the journal; every other table can be made again from it or from the server. */
export const start = `
create table meta (
  name text primary key,
  value text not null
) strict, without rowid;

create table entries (
  sequence integer primary key,
  kind text not null,
  at_ms integer not null,
  header text not null,
  body text not null
) strict;

create table acts (
  sequence integer primary key,
  action_id text not null,
  entry_sequence integer not null,
  hash text not null,
  type text not null,
  case_id text not null,
  case_number text,
  iin text not null,
  certificate text not null,
  recorded_at_ms integer not null,
  state text not null,
  is_done integer not null,
  refusal text,
  commitment text,
  promised_at_ms integer,
  deadline_ms integer,
  proven_at_ms integer,
  log_index integer,
  promise_entry integer,
  receipt_entry integer
) strict;

create table cases (
  case_id text primary key,
  revision integer not null,
  hash text not null,
  changed_at_ms integer not null,
  state text not null
) strict;

create table case_changes (
  case_id text not null,
  revision integer not null,
  position integer not null,
  hash text not null,
  action_id text not null,
  act_hash text not null,
  actor_name text not null,
  received_at_ms integer not null,
  log_index integer,
  event text not null,
  primary key (case_id, revision)
) strict, without rowid;

create table people (
  iin text primary key,
  recognition_phrase text,
  preferences text
) strict, without rowid;
`;
