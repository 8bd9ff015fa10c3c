/** What is kept how long, where it went, and the one narrow way in which the key of evidence is destroyed. */
export const migration = {
  name: '0006-archive',
  eventTables: ['retention_term', 'retention_hold', 'retention_hold_name', 'archive_segment', 'archive_item'],
  stateTables: ['archive_check'],
  /** Written by the function below alone. */
  readTables: ['evidence_destroyed'],
  functions: ['destroy_evidence_key(text)'],
  statements: [
    // What the documents of the log say, once more: rows count for nothing elsewhere, but this database judges by them what it lets go.
    `create table retention_term (
      version bigint not null, class text not null, months bigint not null, leaf_id text not null, primary key (version, class))`,
    // Names are 'evidence:<sha256>' and 'case:<id>'; the newest version of a hold counts.
    `create table retention_hold (
      hold_id text not null, version bigint not null, until_ms bigint, primary key (hold_id, version))`,
    `create table retention_hold_name (
      hold_id text not null, version bigint not null, name text not null, primary key (hold_id, version, name))`,
    `create index retention_hold_name_name on retention_hold_name (name)`,
    `create table archive_segment (
      name text primary key, first_index bigint not null unique, last_index bigint not null unique, sha256 text not null,
      size_bytes bigint not null, manifest_sha256 text not null, stamped_at_ms bigint not null, verified_at_ms bigint not null)`,
    `create table archive_item (
      blob text primary key, segment text not null, at_byte bigint not null, packed_size_bytes bigint not null)`,
    `create table archive_check (segment text primary key, outcome text not null, at_ms bigint not null)`,
    `create table evidence_destroyed (sha256 text not null, at_ms bigint not null, primary key (sha256, at_ms))`,
    // Runs with the rights of the owner, and asks the database's own clock and tables: whoever calls it can choose only what to ask for.
    // 63 months are the least that the rules allow, whatever a row says; what was promised before the leaf of the item, and what is
    // said now, can only make them more. A day before and a day after stand for zones and for ends of days.
    `create function destroy_evidence_key(asked text) returns text language plpgsql security definer
      set search_path = pg_catalog, public, pg_temp as $$
      declare
        now_ms constant bigint := floor(extract(epoch from clock_timestamp()) * 1000);
        items bigint; waiting bigint;
      begin
        lock table retention_hold, retention_hold_name, retention_term, evidence_blob in share row exclusive mode;
        select count(*), count(*) filter (where own.leaf_index is null or now_ms < floor(extract(epoch from
            to_timestamp(leaf.received_at_ms / 1000.0) at time zone 'UTC' + interval '1 day' + make_interval(days => 1, months => greatest(63,
              (select term.months from retention_term term join leaf_position place on place.leaf_id = term.leaf_id
                where term.class = item.class and place.leaf_index < own.leaf_index order by place.leaf_index desc limit 1),
              (select term.months from retention_term term where term.class = item.class order by term.version desc limit 1)
            )::int)) * 1000) is not false)
          into items, waiting
          from evidence_blob item
          left join leaf on leaf.leaf_id = item.leaf_id
          left join leaf_position own on own.leaf_id = item.leaf_id
          where item.sha256 = asked;
        if items = 0 then return 'evidence-unknown'; end if;
        if waiting > 0 then return 'retention-not-over'; end if;
        if exists (select from retention_hold hold
          where (hold.until_ms is null or now_ms < hold.until_ms)
          and not exists (select from retention_hold newer where newer.hold_id = hold.hold_id and newer.version > hold.version)
          and exists (select from retention_hold_name named
            where named.hold_id = hold.hold_id and named.version = hold.version
            and named.name in (select 'evidence:' || asked union all
              select 'case:' || item.case_id from evidence_blob item where item.sha256 = asked and item.case_id is not null)))
          then return 'retention-held'; end if;
        if exists (select from evidence_blob item where item.sha256 = asked
          and not exists (select from archive_item kept where kept.blob = item.blob)) then return 'archive-not-held'; end if;
        delete from subject_key where subject = 'evidence:' || asked;
        if not found then return 'evidence-destroyed'; end if;
        insert into evidence_destroyed (sha256, at_ms) values (asked, now_ms);
        return 'destroyed';
      end $$`,
    `revoke all on function destroy_evidence_key(text) from public`,
  ],
} as const;
