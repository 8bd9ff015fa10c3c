/** Evidence: a view of its entries, and what only this workstation knows of each file beside the journal, its key first of all. */
export const evidence = `
create table evidence (
  sha256 text primary key,
  entry_sequence integer not null unique,
  case_id text,
  size_bytes integer not null,
  named_by text,
  receipt_entry integer,
  verdict text,
  log_index integer,
  file text,
  key text,
  is_paused integer not null,
  told_state text,
  told_refusal text
) strict, without rowid;
`;
