/** Uploads of evidence while they come in, and the sealed files that an antivirus has judged. */
export const migration = {
  name: '0003-evidence',
  eventTables: ['evidence_blob'],
  stateTables: ['evidence_upload'],
  statements: [
    `create table evidence_upload (
      device text not null, sha256 text not null, size_bytes bigint not null, state text not null, refusal text, sealed bytea not null,
      leaf_id text, created_at_ms bigint not null, primary key (device, sha256))`,
    `create index evidence_upload_state on evidence_upload (state, created_at_ms)`,
    `create table evidence_blob (
      leaf_id text primary key, blob text not null unique, size_bytes bigint not null, device text not null, sha256 text not null,
      class text not null, case_id text, verdict text not null, sealed bytea not null, at_ms bigint not null)`,
    `create index evidence_blob_sha256 on evidence_blob (sha256)`,
  ],
} as const;
