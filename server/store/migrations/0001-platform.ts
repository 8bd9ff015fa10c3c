/** Tables of the first version. A migration imports nothing living: what it says today it says in ten years. */
export const migration = {
  name: '0001-platform',
  /** Written once, by SELECT and INSERT only. */
  eventTables: [
    'platform',
    'document',
    'subject_key',
    'leaf',
    'leaf_position',
    'checkpoint',
    'act',
    'change',
    'alarm',
    'reading',
    'trust_certificate',
    'revocation_list',
  ],
  /** Working state that can be derived again or that expires. */
  stateTables: [
    'leaf_pending',
    'checkpoint_head',
    'case_state',
    'case_number',
    'counter',
    'device_contact',
    'enrolment_code',
    'challenge',
    'session',
  ],
  statements: [
    `create table platform (
      id text primary key, profile text not null, log_origin text not null, operator_name text not null, url text not null,
      document_key text not null, log_key text not null, created_at_ms bigint not null)`,
    `create table subject_key (subject text primary key, wrapped bytea not null)`,
    `create table document (
      leaf_id text primary key, kind text not null, subject text not null, document_hash text not null, version bigint not null,
      sealed bytea not null, at_ms bigint not null)`,
    `create table leaf (
      leaf_id text primary key, body text not null, subject text not null, opening bytea not null, received_at_ms bigint not null)`,
    `create table leaf_pending (leaf_id text primary key, ordinal bigint not null)`,
    `create index leaf_pending_ordinal on leaf_pending (ordinal, leaf_id)`,
    `create table leaf_position (leaf_index bigint primary key, leaf_id text not null unique)`,
    `create table checkpoint (tree_size bigint primary key, note text not null, signed_at_ms bigint not null)`,
    `create table checkpoint_head (name text primary key, tree_size bigint not null, root text not null)`,
    `create table act (
      device text not null, epoch text not null, sequence bigint not null, action_id text not null, envelope_hash text not null,
      cms_hash text not null, commitment text not null, leaf_id text not null, subject text not null, sealed bytea not null,
      outcome text not null, received_at_ms bigint not null, deadline_ms bigint not null,
      primary key (device, epoch, sequence), unique (device, epoch, action_id))`,
    `create table case_state (
      case_id text primary key, revision bigint not null, hash text not null, scope text not null, sealed bytea not null)`,
    `create table case_number (number text primary key, case_id text not null)`,
    `create table change (
      position bigint primary key, case_id text not null, revision bigint not null, scope text not null, leaf_id text not null,
      sealed bytea not null, at_ms bigint not null, unique (case_id, revision))`,
    `create table counter (name text primary key, value bigint not null)`,
    `create table device_contact (
      device text not null, epoch text not null, act_sequence bigint not null, act_hash text not null,
      entry_sequence bigint not null, entry_hash text not null, at_ms bigint not null, primary key (device, epoch))`,
    `create table alarm (alarm_id text primary key, kind text not null, device text, details text not null, at_ms bigint not null)`,
    `create table reading (
      reading_id text primary key, device text not null, reader text not null, door text not null, details text not null, at_ms bigint not null)`,
    `create table enrolment_code (code_hash text primary key, expires_at_ms bigint not null, used_at_ms bigint)`,
    `create table challenge (nonce text primary key, device text not null, expires_at_ms bigint not null, used_at_ms bigint)`,
    `create table session (
      token_hash text primary key, device text not null, person text not null, started_at_ms bigint not null,
      expires_at_ms bigint not null, ended_at_ms bigint)`,
    `create table trust_certificate (sha256 text primary key, kind text not null, der bytea not null, at_ms bigint not null)`,
    `create table revocation_list (sha256 text primary key, der bytea not null, at_ms bigint not null)`,
    `insert into counter (name, value) values ('change', 0), ('leaf', 0)`,
  ],
} as const;
