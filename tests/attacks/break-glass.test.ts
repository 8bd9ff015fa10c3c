import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { halfText, sealedSecretSizeBytes, splitSecret } from '../../core/access/index.ts';
import { Secret } from '../../core/kernel/index.ts';
import { breakGlassSealDocument } from '../../contracts/documents/index.ts';
import { sha256, sha256Hex } from '../../eds/index.ts';
import {
  openBreakGlass,
  provisionTotp,
  readSignedDocuments,
  sealBreakGlass,
  type EmergencyDesk,
  type SealedSheets,
} from '../../server/accounts/index.ts';
import { forgetWritten } from '../../server/accounts/written-counters.ts';
import { sealedAccount } from '../../server/accounts/break-glass-seal.ts';
import { stretchNew } from '../../server/accounts/passwords.ts';
import { publishedEmergencyLog, waitForServer } from '../../server/boot/emergency.ts';
import { realSurroundings } from '../../server/boot/index.ts';
import { openDesk, type OpenDesk } from '../../server/boot/open-desk.ts';
import { tagRow } from '../../server/platform/index.ts';
import { writeSeal } from '../../server/store/break-glass.ts';
import { codeAt } from '../server/support/authenticator.ts';
import { must, startTestPlatform, type TestPlatform } from '../server/support/platform.ts';
import { asSuperuser } from './support.ts';

const keeper = { iin: '900101300017', name: 'Сақтаушы Адам' };
const clock = { aheadMs: 0 };
const nowMs = (): number => Date.now() + clock.aheadMs;

let platform: TestPlatform;
let opened: OpenDesk;
let account: EmergencyDesk;

beforeAll(async () => {
  platform = await startTestPlatform();
  const { directory } = platform;
  opened = must(await openDesk({ directory, surroundings: { ...realSurroundings, nowMs } }, 'demo'));
  const { desk } = opened;
  account = {
    desk,
    settle: () => waitForServer(directory, desk),
    leaves: publishedEmergencyLog(directory, desk).leaves,
  };
}, 120_000);
afterAll(async () => {
  await opened.store.close();
  await platform.remove();
});
beforeEach(async () => {
  // What the process remembers of them goes, too: else it would miss them.
  forgetWritten(Number.POSITIVE_INFINITY);
  await asSuperuser(platform, (client) => client.query('delete from attempt'));
  clock.aheadMs += 120_000;
});

const seal = async (): Promise<SealedSheets> => must(await sealBreakGlass(account, keeper));

async function open({ sheets, otpauth }: SealedSheets): Promise<string> {
  const code = codeAt(otpauth, nowMs());
  const answer = await openBreakGlass(account, { ...keeper, reason: 'Жаттығу', sheets, code, end: undefined });
  return answer.ok ? 'open' : answer.refusal.code;
}

const tables = ['break_glass', 'totp'] as const;
type Rows = readonly (readonly [table: string, rows: readonly Readonly<Record<string, unknown>>[]])[];

const copyRows = (): Promise<Rows> =>
  asSuperuser(platform, async (client) => {
    const copied: [string, readonly Readonly<Record<string, unknown>>[]][] = [];
    for (const table of tables)
      copied.push([table, (await client.query<Record<string, unknown>>(`select * from ${table}`)).rows]);
    return copied;
  });

const putBack = (copied: Rows): Promise<void> =>
  asSuperuser(platform, async (client) => {
    for (const [table, rows] of copied) {
      await client.query(`delete from ${table}`);
      for (const row of rows) {
        const names = Object.keys(row);
        const places = names.map((_name, i) => `$${i + 1}`).join(', ');
        await client.query(`insert into ${table} (${names.join(', ')}) values (${places})`, Object.values(row));
      }
    }
  });

test('each seal is a leaf that says who sealed, and which seal it replaces', async () => {
  await seal();
  await seal();
  await account.settle();
  const { documents, rejected } = await readSignedDocuments(opened.desk, 'break-glass-seal');
  const [first, second] = documents.map(({ signed }) => breakGlassSealDocument.parse(JSON.parse(signed.document)));
  expect([rejected, documents.length]).toEqual([0, 2]);
  expect(first).toMatchObject({ ...keeper, replaces: null });
  expect(second).toMatchObject({ ...keeper, replaces: first?.seal });
  expect(account.leaves()?.size).toBe(2);
});

test('a seal that somebody with all keys of the platform wrote beside the log opens nothing', async () => {
  const { desk } = opened;
  const { keyring, database } = desk;
  await seal();
  // Word for word what sealing writes, without its leaf.
  using secret = new Secret('password', randomBytes(sealedSecretSizeBytes));
  const halves = secret.use((bytes) => splitSecret(bytes, randomBytes(sealedSecretSizeBytes)));
  const made = must(await stretchNew(desk, secret));
  const sealed = keyring.seal(sealedAccount, JSON.stringify(made)).toString('base64');
  await writeSeal(database, tagRow(keyring, 'break_glass', { name: sealedAccount, sealed }));
  const otpauth = await provisionTotp(desk, sealedAccount, database);
  const forged: SealedSheets = { sheets: [halfText(sha256, halves[0]), halfText(sha256, halves[1])], otpauth };
  expect(await open(forged)).toBe('break-glass-refused');
  expect((await readSignedDocuments(desk, 'break-glass')).documents).toEqual([]);
  // What it replaces is known by the log still: not the forged one.
  await account.settle();
  const before = (await readSignedDocuments(desk, 'break-glass-seal')).documents.at(-1);
  await seal();
  await account.settle();
  const [named] = (await readSignedDocuments(desk, 'break-glass-seal')).documents.slice(-1);
  const { replaces } = breakGlassSealDocument.parse(JSON.parse(named?.signed.document ?? '{}'));
  expect(replaces).toBe(JSON.parse(before?.signed.document ?? '{}').seal);
  expect(replaces).not.toBe(sha256Hex(sealed));
});

test('sheets that were replaced stay void, though their rows are put back and the record of the newer seal is deleted', async () => {
  const old = await seal();
  const rows = await copyRows();
  const now = await seal();
  await account.settle();
  const [newest] = (await readSignedDocuments(opened.desk, 'break-glass-seal')).documents.slice(-1);
  const kept = await copyRows();
  await putBack(rows);
  expect(await open(old)).toBe('break-glass-refused');
  clock.aheadMs += 90_000;
  await asSuperuser(platform, (client) =>
    client.query('update document set kind = $1 where document_hash = $2', ['evidence', newest?.hash]),
  );
  await putBack(rows);
  expect(await open(old)).toBe('break-glass-refused');
  await asSuperuser(platform, (client) =>
    client.query('update document set kind = $1 where document_hash = $2', ['break-glass-seal', newest?.hash]),
  );
  clock.aheadMs += 90_000;
  await putBack(kept);
  expect(await open(now)).toBe('open');
});
