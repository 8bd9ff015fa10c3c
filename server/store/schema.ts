/** The tables as Kysely sees them; `bigint` columns are read as safe integers (store/database.ts). */
export type Schema = {
  platform: {
    id: string;
    profile: string;
    log_origin: string;
    operator_name: string;
    url: string;
    document_key: string;
    log_key: string;
    created_at_ms: number;
  };
  subject_key: { subject: string; wrapped: Buffer };
  document: {
    document_hash: string;
    kind: string;
    subject: string;
    version: number;
    sealed: Buffer;
    leaf_id: string;
    at_ms: number;
  };
  leaf: { leaf_id: string; body: string; subject: string; opening: Buffer; received_at_ms: number };
  leaf_pending: { leaf_id: string; ordinal: number; tag: string };
  leaf_position: { leaf_index: number; leaf_id: string; tag: string };
  checkpoint: { tree_size: number; note: string; signed_at_ms: number };
  checkpoint_head: { name: string; tree_size: number; root: string };
  act: {
    device: string;
    epoch: string;
    sequence: number;
    action_id: string;
    envelope_hash: string;
    cms_hash: string;
    commitment: string;
    leaf_id: string;
    subject: string;
    sealed: Buffer;
    outcome: string;
    received_at_ms: number;
    deadline_ms: number;
  };
  case_state: { case_id: string; revision: number; hash: string; scope: string; sealed: Buffer };
  case_number: { number: string; case_id: string };
  change: {
    position: number;
    case_id: string;
    revision: number;
    scope: string;
    leaf_id: string;
    sealed: Buffer;
    at_ms: number;
  };
  counter: { name: string; value: number };
  device_contact: {
    device: string;
    epoch: string;
    act_sequence: number;
    act_hash: string;
    entry_sequence: number;
    entry_hash: string;
    /** The `qorgan.journal-heads/1` that was signed then; empty in rows of the version before. */
    statement: string;
    at_ms: number;
    tag: string;
  };
  device_posture: { device: string; report: string; at_ms: number; tag: string };
  cosignature: {
    device: string;
    /** `head` of this log, or `foreign`: signed by its key, and no state of its tree. */
    kind: string;
    position: number;
    tree_size: number;
    cosigner: string;
    note: string;
    at_ms: number;
    tag: string;
  };
  alarm: { alarm_id: string; kind: string; device: string | null; details: string; at_ms: number; tag: string };
  reading: {
    reading_id: string;
    device: string;
    reader: string;
    door: string;
    details: string;
    at_ms: number;
    tag: string;
  };
  enrolment_code: { code_hash: string; expires_at_ms: number; used_at_ms: number | null; tag: string };
  challenge: { nonce: string; device: string; expires_at_ms: number; used_at_ms: number | null; tag: string };
  session: {
    token_hash: string;
    device: string;
    person: string;
    /** Fingerprint of the person. */
    who: string;
    started_at_ms: number;
    last_seen_ms: number;
    expires_at_ms: number;
    ended_at_ms: number | null;
    /** Why it ended, by whom and in what words, sealed; null where it ended by itself or by its own desk. */
    end_note: string | null;
    tag: string;
  };
  password: { account: string; sealed: string; tag: string };
  activation_code: {
    account: string;
    code_hash: string;
    expires_at_ms: number;
    used_at_ms: number | null;
    tag: string;
  };
  totp: { account: string; sealed: string; last_step: number; tag: string };
  break_glass: { name: string; sealed: string; tag: string };
  attempt: { scope: string; subject: string; failures: number; last_at_ms: number; tag: string };
  trust_certificate: { sha256: string; kind: string; der: Buffer; at_ms: number };
  revocation_list: { sha256: string; der: Buffer; at_ms: number };
  evidence_upload: {
    device: string;
    sha256: string;
    size_bytes: number;
    state: string;
    refusal: string | null;
    sealed: Buffer;
    leaf_id: string | null;
    created_at_ms: number;
  };
  evidence_blob: {
    leaf_id: string;
    blob: string;
    size_bytes: number;
    device: string;
    sha256: string;
    class: string;
    case_id: string | null;
    verdict: string;
    sealed: Buffer;
    at_ms: number;
  };
  retention_term: { version: number; class: string; months: number; leaf_id: string };
  retention_hold: { hold_id: string; version: number; until_ms: number | null };
  retention_hold_name: { hold_id: string; version: number; name: string };
  archive_segment: {
    name: string;
    first_index: number;
    last_index: number;
    sha256: string;
    size_bytes: number;
    manifest_sha256: string;
    stamped_at_ms: number;
    verified_at_ms: number;
  };
  archive_item: { blob: string; segment: string; at_byte: number; packed_size_bytes: number };
  archive_check: { segment: string; outcome: string; at_ms: number };
  evidence_destroyed: { sha256: string; at_ms: number };
  writer: { name: string; run: string; beat: number };
  schema_migration: { name: string; at_ms: number };
};

/** Tables whose rows repeat nothing that the log says: each row carries a mark that only a key of the platform makes. */
export type TaggedTable =
  | 'cosignature'
  | 'device_posture'
  | 'device_contact'
  | 'alarm'
  | 'reading'
  | 'enrolment_code'
  | 'challenge'
  | 'session'
  | 'password'
  | 'activation_code'
  | 'attempt'
  | 'totp'
  | 'break_glass';

export type Row<Table extends keyof Schema> = Readonly<Schema[Table]>;
