import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { commitment, leafText, openCheckpoint, parseLeaf } from '../../core/log/index.ts';
import { fromHex } from '../../core/kernel/index.ts';
import { canonicalize, type Json, type SignedDocument } from '../../core/signing/index.ts';
import { must } from '../../dev/demo/index.ts';
import { sha256, sha256Hex, verifyEd25519 } from '../../eds/index.ts';
import { acknowledgeAlarm } from '../../main/engine/sync/alarm.ts';
import { leafTags, signaturesHash, signDocument } from '../../server/platform/index.ts';
import { LyingPlatform } from './lying-platform.ts';
import { SyncDesk } from './sync-desk.ts';

let platform: LyingPlatform;
let desk: SyncDesk;
const others: SyncDesk[] = [];

async function another(): Promise<SyncDesk> {
  const made = await new SyncDesk().enrol(platform.address(), await platform.enrolCode());
  others.push(made);
  return made;
}

beforeEach(async () => {
  platform = await LyingPlatform.make();
  await platform.start();
  desk = await another();
  await desk.work();
  await desk.contacted();
}, 240_000);
afterEach(async () => {
  for (const each of others.splice(0)) await each.remove();
  await platform.remove();
});

type Row = {
  readonly leaf_id: string;
  readonly leaf_index: string;
  readonly subject: string;
  readonly sealed: Buffer;
  readonly body: string;
  readonly opening: Buffer;
};
type Policy = { readonly access: { readonly acts: Record<string, string[]> } };

/**
 * Lets registrars approve, as if the first policy had always said so: document, signature, seal, commitment, leaf and mark fit each other, and
 * tiles, checkpoints and the checkpoint store are made anew over them.
 */
async function rewriteFirstPolicy(): Promise<void> {
  await platform.asAdministrator(async ({ desk: keys }, sql) => {
    const { rows } = await sql(
      "select d.leaf_id, d.subject, d.sealed, l.body, l.opening, p.leaf_index from document d join leaf l on l.leaf_id = d.leaf_id join leaf_position p on p.leaf_id = d.leaf_id where d.kind = 'policy' order by d.at_ms limit 1",
    );
    const [row] = rows as Row[];
    const key = row === undefined ? undefined : (await keys.subjectKeys.ensure([row.subject])).get(row.subject);
    if (row === undefined || key === undefined) throw new Error('the platform has a policy');
    const old = JSON.parse(key.open('document', row.sealed).toString()) as SignedDocument;
    const policy = JSON.parse(old.document) as Policy;
    policy.access.acts['registration.approve']?.push('registrar');
    const signed = signDocument(keys.documentKey, canonicalize(policy as unknown as Json));
    const salt = key.open('leaf-opening', row.opening);
    const cmsHash = must(fromHex(signaturesHash(signed)));
    const committed = commitment({ sha256, salt, envelopeHash: sha256(signed.document), cmsHash });
    const body = leafText({ ...must(parseLeaf(row.body)), commitment: committed });
    const sealed = key.seal('document', canonicalize(signed as unknown as Json));
    await sql('update document set sealed = $1, document_hash = $2 where leaf_id = $3', [
      sealed,
      sha256Hex(signed.document),
      row.leaf_id,
    ]);
    await sql('update leaf set body = $1 where leaf_id = $2', [body, row.leaf_id]);
    const place = { leaf_index: Number(row.leaf_index), leaf_id: row.leaf_id, body };
    const tag = leafTags(keys.keyring).ofPlace(place);
    await sql('update leaf_position set tag = $1 where leaf_id = $2', [tag, row.leaf_id]);
    for (const table of ['checkpoint', 'checkpoint_head']) await sql(`delete from ${table}`);
  });
  rmSync(join(platform.directory, 'log'), { recursive: true });
}

type Alarm = { readonly code: string; readonly heads: { readonly own: string; readonly other: string } };

/** Both heads that the journal keeps, each signed by the pinned log key. */
async function keptHeads(code: string) {
  const kept = ((await desk.entries('alarm')) as Alarm[]).filter((alarm) => alarm.code === code);
  expect(kept).toHaveLength(1);
  const { logPins } = desk.shift.enrolment;
  const logKey = logPins[0].key;
  const { own, other } = kept[0]?.heads ?? { own: '', other: '' };
  return [own, other].map((note) => must(openCheckpoint({ note, logKey, verifyEd25519 })));
}

/** Rounds of the sync, each begun at once: the server answers all that it is asked. */
async function rounds(count = 5): Promise<void> {
  for (let round = 0; round < count; round += 1) {
    desk.kick();
    await sleep(300);
  }
}

/** Acts stay in the outbox, and nothing that the server says is written down. */
async function takesNothing(n: number): Promise<void> {
  const kinds = ['promise', 'receipt', 'checkpoint', 'contact'] as const;
  const count = async () => (await Promise.all(kinds.map((kind) => desk.entries(kind)))).map((list) => list.length);
  const before = await count();
  const act = await desk.record(n);
  await rounds();
  expect([await desk.stateOf(act), await count()]).toEqual(['recorded', before]);
}

const shown = (code: string) => desk.engine.state.alarms.filter((alarm) => alarm.code === code);

test.each([
  ['of the same size', 0],
  ['that has grown since', 2],
])(
  'an administrator who rewrites an old entry and rebuilds everything, into a log %s, is caught by the next workstation that connects',
  async (_what, more) => {
    await desk.rest();
    await platform.stop();
    await rewriteFirstPolicy();
    await platform.start();
    for (let n = 0; n < more; n += 1) await another();
    expect(await platform.state()).toBe('accepting');
    await desk.work();
    await desk.alarmed('log-forked');
    const [own, other] = await keptHeads('log-forked');
    expect(other?.size).toBe((own?.size ?? 0) + more);
    expect(own?.root).not.toEqual(other?.root);
    await takesNothing(1);
    const [alarm] = shown('log-forked');
    must(await acknowledgeAlarm(desk.engine, desk.shift, alarm?.id ?? ''));
    expect(shown('log-forked')).toMatchObject([{ isStanding: true, readAtMs: expect.any(Number) as number }]);
    await desk.restart();
    expect(shown('log-forked')).toMatchObject([{ isStanding: true, readAtMs: expect.any(Number) as number }]);
    await takesNothing(2);
    expect(desk.engine.state.server).toMatchObject({ state: 'refused', refusal: { code: 'log-forked' } });
    expect((await desk.entries('alarm')).length).toBe(2);
    await desk.vault.must('journal.check', null);
  },
  240_000,
);

test('a log that was put back is an alarm, which only the proof of the whole log explains', async () => {
  await desk.rest();
  await platform.stop();
  const early = platform.copy('early');
  await platform.start();
  await another();
  await desk.work();
  const { size } = (await desk.vault.must('heads', null)).tree;
  await desk.contacted(size + 1);
  await platform.stop();
  const late = platform.copy('late');
  platform.putBack(early);
  await platform.start();
  desk.kick();
  await desk.alarmed('log-rewound');
  const [own, other] = await keptHeads('log-rewound');
  expect((own?.size ?? 0) - (other?.size ?? 0)).toBe(1);
  await takesNothing(1);
  await platform.stop();
  platform.putBack(late);
  await platform.start();
  await rounds();
  await desk.vault.must('journal.check', null);
  expect(shown('log-rewound')).toMatchObject([{ isStanding: false }]);
  expect(await desk.entries('alarm')).toMatchObject([{ code: 'alarm-explained' }, { code: 'log-rewound' }]);
  const act = await desk.record(2);
  await rounds(10);
  expect(await desk.stateOf(act)).not.toBe('recorded');
}, 240_000);
