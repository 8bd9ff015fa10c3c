import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { firstSchedule } from '../../core/retention/index.ts';
import { readSignedDocuments } from '../../server/accounts/index.ts';
import {
  destroyDue,
  extractEvidence,
  holdEvidence,
  moveDue,
  recordSchedule,
  releaseHoldOf,
  retentionOverview,
  verifySegment,
  withArchive,
} from '../../server/archive/index.ts';
import { keepEvidence, monthsAgoMs, startArchiveWorld, type ArchiveWorld, type Kept } from './support/archive-world.ts';
import { must } from './support/platform.ts';

let world: ArchiveWorld;
/** By age in months; `held` is of the oldest, on a case of its own. */
let kept: Record<'old' | 'held' | 'of59' | 'of4' | 'of1', Kept>;
const heldCase = randomUUID();
const basis = 'Бұйрық № 7';

beforeAll(async () => {
  world = await startArchiveWorld(monthsAgoMs(65));
  const old = await keepEvidence(world);
  const held = await keepEvidence(world, { case: heldCase, class: 'photo' });
  must(
    await holdEvidence(world.archive.desk, {
      id: 'court-1',
      of: { kind: 'case', case: heldCase as never },
      basis,
      untilMs: null,
    }),
  );
  const at = async (months: number): Promise<Kept> => {
    world.clock.nowMs = monthsAgoMs(months);
    return keepEvidence(world, { sizeBytes: 200_000, class: 'video' });
  };
  kept = { old, held, of59: await at(59), of4: await at(4), of1: await at(1) };
  world.clock.nowMs = Date.now();
}, 60_000);
afterAll(() => world.remove());

const codeOf = (result: { readonly ok: boolean; readonly refusal?: { readonly code: string } }): string =>
  result.ok ? 'done' : (result.refusal?.code ?? '');
const isOnline = (one: Kept): boolean => existsSync(world.archive.blobs.pathOf(one.blob));

async function retrieve(one: Kept): Promise<string> {
  const store = withArchive(world.archive.blobs, {
    database: world.archive.desk.database,
    folder: world.archive.folder,
  });
  const hash = createHash('sha256');
  for await (const chunk of store.read(one.blob)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

async function segmentsAreGood(): Promise<boolean> {
  const { desk, folder, stamps } = world.archive;
  const files = readdirSync(folder);
  const options = {
    platform: desk.identity.platform,
    logKeys: [desk.logKey],
    stamps,
    nowMs: Math.max(Date.now(), world.clock.nowMs) + 1_000,
  };
  const reports = await Promise.all(files.map((name) => verifySegment(join(folder, name), options)));
  return files.length > 0 && reports.every(({ ok }) => ok);
}

describe('the mover', () => {
  it('moves nothing while no time-stamping authority answers', async () => {
    world.stamps.setFault('silent');
    expect(codeOf(await moveDue(world.archive))).toBe('authority-unreachable');
    world.stamps.setFault(undefined);
    expect(Object.values(kept).every(isOnline)).toBe(true);
    expect(readdirSync(world.archive.folder)).toEqual([]);
  });

  it('moves nothing where the clock of the server is another than that of the authority', async () => {
    world.clock.nowMs = Date.now() + 40 * 86_400_000;
    world.stamps.setFault('real-time');
    expect(codeOf(await moveDue(world.archive))).not.toBe('done');
    world.stamps.setFault(undefined);
    world.clock.nowMs = Date.now();
    expect(Object.values(kept).every(isOnline)).toBe(true);
  });

  it('moves what is due and neither what is young nor what is held, and records it in the log first', async () => {
    const report = must(await moveDue(world.archive));
    expect(report.moved).toBe(3);
    expect(
      Object.entries(kept)
        .filter(([, one]) => isOnline(one))
        .map(([name]) => name),
    ).toEqual(['held', 'of1']);
    const { documents } = await readSignedDocuments(world.archive.desk, 'archive-segment');
    expect(documents.map(({ signed }) => JSON.parse(signed.document) as unknown)).toMatchObject([
      { blobs: 3, first: 0 },
    ]);
    expect(await segmentsAreGood()).toBe(true);
    expect(must(await moveDue(world.archive))).toEqual({ segments: [], moved: 0 });
  });

  it('leaves every piece readable through the same store, to the same octets: of 1, 4, 59 and 65 months', async () => {
    for (const one of Object.values(kept)) expect(await retrieve(one)).toBe(one.blob);
  });

  it('gives the plaintext out of store and archive to whoever has the keys, and writes the reading down', async () => {
    for (const one of Object.values(kept)) {
      const path = join(world.directory, `${one.sha256}.out`);
      must(await extractEvidence(world.archive, { sha256: one.sha256, path }));
      expect(readFileSync(path).equals(one.plaintext)).toBe(true);
    }
    const readings = await sql`select 1 from reading where door = 'archive-extract'`.execute(
      world.archive.desk.database,
    );
    expect(readings.rows).toHaveLength(5);
  });

  it('goes on with what was interrupted after the record, and takes nothing away that the segment does not hold', async () => {
    const again = world.archive.blobs.pathOf(kept.of4.blob);
    writeFileSync(again, kept.of4.ciphertext);
    const [name = ''] = readdirSync(world.archive.folder);
    const path = join(world.archive.folder, name);
    const whole = readFileSync(path);
    const rotten = Buffer.from(whole);
    rotten[rotten.length >> 1] = (rotten[rotten.length >> 1] ?? 0) ^ 1;
    writeFileSync(path, rotten);
    expect(codeOf(await moveDue(world.archive))).toBe('archive-segment-malformed');
    expect(isOnline(kept.of4)).toBe(true);
    const overview = must(await retentionOverview(world.archive.desk, Date.now()));
    expect(overview).toMatchObject({ segmentsBad: 1, lastSegment: { outcome: 'archive-segment-malformed' } });
    writeFileSync(path, whole);
    expect(must(await moveDue(world.archive)).moved).toBe(1);
    expect(isOnline(kept.of4)).toBe(false);
  });
});

describe('early destruction', () => {
  it('is refused by name: before its time, under a hold, from the online store, and of what nobody knows', async () => {
    const destroy = async (one: string) => codeOf(await destroyDue(world.archive, { hashes: [one as never], basis }));
    expect(await destroy(kept.of59.sha256)).toBe('retention-not-over');
    expect(await destroy(kept.of1.sha256)).toBe('retention-not-over');
    expect(await destroy(kept.held.sha256)).toBe('retention-held');
    expect(await destroy('0'.repeat(64))).toBe('evidence-unknown');
    // One of two that may not go keeps the other as well.
    expect(codeOf(await destroyDue(world.archive, { hashes: [kept.old.sha256, kept.of4.sha256], basis }))).toBe(
      'retention-not-over',
    );
  });

  it('is refused by the database itself, whatever clock and rules the server believes in', async () => {
    const { database } = world.archive.desk;
    const ask = async (one: Kept): Promise<unknown> =>
      (await sql<{ answer: string }>`select destroy_evidence_key(${one.sha256}) as answer`.execute(database)).rows[0]
        ?.answer;
    expect(await ask(kept.of59)).toBe('retention-not-over');
    expect(await ask(kept.of4)).toBe('retention-not-over');
    expect(await ask(kept.held)).toBe('retention-held');
    world.clock.nowMs = Date.now() + 3 * 365 * 86_400_000;
    // Server and authority are three years ahead; the database is not.
    const token = new Uint8Array(0);
    const stamps = {
      ...world.stamps,
      ask: async () => ({ ok: true as const, value: { token, atMs: world.clock.nowMs } }),
    };
    const ahead = { ...world.archive, stamps };
    expect(codeOf(await destroyDue(ahead, { hashes: [kept.of59.sha256], basis }))).toBe('retention-not-over');
    const { documents } = await readSignedDocuments(world.archive.desk, 'destruction');
    expect(documents).toEqual([]);
    world.clock.nowMs = Date.now();
    // Where only the server is ahead, the authority's clock already says no.
    expect((await world.archive.desk.subjectKeys.known([`evidence:${kept.of59.sha256}`])).size).toBe(1);
  });

  it.each([
    ...['document', 'leaf', 'leaf_position', 'checkpoint', 'act', 'change', 'subject_key', 'evidence_blob'],
    ...[
      'archive_segment',
      'archive_item',
      'retention_term',
      'retention_hold',
      'retention_hold_name',
      'evidence_destroyed',
    ],
  ])('by SQL of the role of the server is refused on %s', async (table) => {
    const { database } = world.archive.desk;
    for (const statement of [`delete from ${table}`, `truncate ${table}`, `drop table ${table}`])
      await expect(sql.raw(statement).execute(database)).rejects.toThrow(/permission denied|must be owner/u);
    const column = await sql<{ name: string }>`
      select column_name as name from information_schema.columns where table_name = ${table} limit 1`.execute(database);
    const name = column.rows[0]?.name ?? '';
    await expect(sql.raw(`update ${table} set ${name} = ${name}`).execute(database)).rejects.toThrow(
      /permission denied/u,
    );
  });

  it('cannot be prepared by rows that the role of the server may add', async () => {
    const { database } = world.archive.desk;
    await expect(sql`insert into evidence_destroyed values ('x', 1)`.execute(database)).rejects.toThrow(
      /permission denied/u,
    );
    await expect(
      sql`insert into evidence_blob select leaf_id, blob, size_bytes, device, sha256, class, case_id, verdict, sealed, 0 from evidence_blob`.execute(
        database,
      ),
    ).rejects.toThrow(/duplicate key/u);
    await expect(
      sql`create or replace function destroy_evidence_key(asked text) returns text language sql as 'select 1::text'`.execute(
        database,
      ),
    ).rejects.toThrow(/permission denied|must be owner/u);
  });
});

describe('a schedule', () => {
  it('below the minimum is refused by name, and a longer one reaches what is kept', async () => {
    const first = firstSchedule(world.archive.desk.identity);
    const with60 = (onlineMonths: number, archiveMonths: number) => ({
      basis,
      classes: { ...first.classes, video: { onlineMonths, archiveMonths } },
    });
    expect(codeOf(await recordSchedule(world.archive.desk, with60(2, 60)))).toBe('retention-below-minimum');
    expect(codeOf(await recordSchedule(world.archive.desk, with60(3, 59)))).toBe('retention-below-minimum');
    must(await recordSchedule(world.archive.desk, with60(3, 120)));
    await world.archive.settle();
    const before = must(await retentionOverview(world.archive.desk, Date.now()));
    expect(before.classes.find((one) => one.class === 'video')?.term.archiveMonths).toBe(120);
    must(await recordSchedule(world.archive.desk, with60(3, 60)));
    await world.archive.settle();
  });
});

describe('destruction after the time is over', () => {
  it('takes the key, says so in the log, and leaves log and segments verifiable', async () => {
    const { desk } = world.archive;
    const wrapped = await sql<{ wrapped: Buffer }>`
      select wrapped from subject_key where subject = ${`evidence:${kept.old.sha256}`}`.execute(desk.database);
    const secret = wrapped.rows[0]?.wrapped ?? Buffer.alloc(0);
    expect(filesHolding(secret).length).toBeGreaterThan(0);
    const document = must(await destroyDue(world.archive, { hashes: 'all-due', basis }));
    expect(document?.items).toMatchObject([{ blob: kept.old.blob, schedules: { atAcceptance: 0, newest: 2 } }]);
    await world.archive.settle();
    await world.administration.compactKeys();
    expect(filesHolding(secret).filter((file) => !file.includes('pg_wal'))).toEqual([]);
    expect((await desk.subjectKeys.known([`evidence:${kept.old.sha256}`])).size).toBe(0);
    const recorded = await readSignedDocuments(desk, 'destruction');
    expect(recorded).toMatchObject({ rejected: 0, documents: [{ version: 1 }] });
    expect(await segmentsAreGood()).toBe(true);
    // The ciphertext is there, and nothing opens it.
    expect(await retrieve(kept.old)).toBe(kept.old.blob);
    const path = join(world.directory, 'destroyed.out');
    expect(codeOf(await extractEvidence(world.archive, { sha256: kept.old.sha256, path }))).toBe('evidence-destroyed');
    expect(codeOf(await destroyDue(world.archive, { hashes: [kept.old.sha256], basis }))).toBe('evidence-destroyed');
    await world.reopen();
    expect((await world.archive.desk.subjectKeys.known([`evidence:${kept.old.sha256}`])).size).toBe(0);
    expect(await world.administration.treeSize()).toBeGreaterThan(10);
  });

  it('comes to what was held only after its release, by way of the archive', async () => {
    must(await releaseHoldOf(world.archive.desk, { id: 'court-1', basis: 'Іс жабылды' }));
    expect(codeOf(await releaseHoldOf(world.archive.desk, { id: 'court-2', basis }))).toBe('hold-unknown');
    // The authority says whole seconds, and the earlier clock decides.
    world.clock.nowMs += 2_000;
    expect(codeOf(await destroyDue(world.archive, { hashes: [kept.held.sha256], basis }))).toBe('archive-not-held');
    expect(must(await moveDue(world.archive)).moved).toBe(1);
    expect(must(await destroyDue(world.archive, { hashes: 'all-due', basis }))?.items).toMatchObject([
      { class: 'photo' },
    ]);
    const overview = must(await retentionOverview(world.archive.desk, Date.now()));
    expect(
      overview.classes.map((one) => [one.class, one.online.count, one.archived.count, one.destroyed.count]),
    ).toEqual([
      ['screenshot', 0, 0, 1],
      ['photo', 0, 0, 1],
      ['video', 1, 2, 0],
      ['document', 0, 0, 0],
      ['log', 0, 0, 0],
    ]);
    expect(await segmentsAreGood()).toBe(true);
  });
});

function filesHolding(bytes: Buffer): readonly string[] {
  return readdirSync(join(world.directory, 'database'), { recursive: true, encoding: 'utf8' })
    .map((name) => join(world.directory, 'database', name))
    .filter((path) => {
      try {
        return readFileSync(path).includes(bytes);
      } catch {
        return false;
      }
    });
}
