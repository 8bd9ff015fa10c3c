import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { attemptRulesDefault } from '../../core/access/index.ts';
import { endpoints } from '../../contracts/http/index.ts';
import {
  openBreakGlass,
  readSignedDocuments,
  sealBreakGlass,
  type BreakGlassRequest,
  type EmergencyDesk,
  type SealedSheets,
} from '../../server/accounts/index.ts';
import { forgetWritten } from '../../server/accounts/written-counters.ts';
import { checkPlace, realSurroundings } from '../../server/boot/index.ts';
import { publishedEmergencyLog, waitForServer } from '../../server/boot/emergency.ts';
import { openDesk, type OpenDesk } from '../../server/boot/open-desk.ts';
import { asSuperuser } from '../attacks/support.ts';
import { codeAt } from './support/authenticator.ts';
import { codeOf } from './support/client.ts';
import type { TestPerson } from './support/people.ts';
import { must, startTestPlatform, type TestPlatform } from './support/platform.ts';
import { enrolled, type Workstation } from './support/workstation.ts';

const opener = { iin: '900101300017', name: 'Төтенше Қызметкер', reason: 'Барлық карта жоғалды' };
const clock = { aheadMs: 0 };
const nowMs = (): number => Date.now() + clock.aheadMs;

let platform: TestPlatform;
let workstation: Workstation;
let opened: OpenDesk;

beforeAll(async () => {
  platform = await startTestPlatform();
  workstation = await enrolled(platform.server);
  // A process beside the running server, as the command is one.
  opened = must(
    await openDesk({ directory: platform.directory, surroundings: { ...realSurroundings, nowMs } }, 'demo'),
  );
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

async function signedIn(person: TestPerson): Promise<() => Promise<string>> {
  const { token } = endpoints.signIn.response.parse((await workstation.signIn(person)).json);
  return async () => codeOf(await workstation.client.call({ method: 'GET', path: '/v1/changes?after=0', token }));
}

const settled = (): Promise<boolean> => waitForServer(platform.directory, opened.desk);
const account = (settle: () => Promise<boolean> = settled): EmergencyDesk => ({
  ...{ desk: opened.desk, settle, leaves: publishedEmergencyLog(platform.directory, opened.desk).leaves },
});

async function open(
  { sheets, otpauth }: SealedSheets,
  change: Partial<BreakGlassRequest> = {},
  settle: () => Promise<boolean> = settled,
) {
  const code = codeAt(otpauth, nowMs());
  const answer = await openBreakGlass(account(settle), { ...opener, sheets, code, end: undefined, ...change });
  return answer.ok ? answer.value : answer.refusal.code;
}

const sealed = async (): Promise<SealedSheets> =>
  must(await sealBreakGlass(account(), { iin: opener.iin, name: opener.name }));
const openings = async (): Promise<number> => (await readSignedDocuments(opened.desk, 'break-glass')).documents.length;

test('two sheets and a code show the sessions and end one of them, and what was done is in the log', async () => {
  const thief = await signedIn(platform.reviewer);
  const other = await signedIn(platform.registrar);
  expect([await thief(), await other()]).toEqual(['status 200', 'status 200']);
  const before = await openings();
  const seen = await open(await sealed(), { end: platform.reviewer.iin });
  expect(seen).toHaveLength(2);
  expect(seen).toContainEqual(
    expect.objectContaining({ iin: platform.reviewer.iin, methods: ['card-eds', 'password'], isEnded: true }),
  );
  expect(seen).toContainEqual(expect.objectContaining({ iin: platform.registrar.iin, isEnded: false }));
  expect([await thief(), await other()]).toEqual(['session-signed-out', 'status 200']);
  const { documents } = await readSignedDocuments(opened.desk, 'break-glass');
  expect(documents).toHaveLength(before + 1);
  expect(JSON.parse(documents.at(-1)?.signed.document ?? '{}')).toMatchObject({
    ...{ form: 'qorgan.break-glass/1', ...opener, server: 'https://127.0.0.1:7443' },
  });
});

test('nothing is read or ended before the log holds the leaf, and a log that stands still costs no seal', async () => {
  const session = await signedIn(platform.reviewer);
  const sheets = await sealed();
  const before = await openings();
  expect(await open(sheets, { end: 'all' }, () => Promise.resolve(false))).toBe('log-behind');
  const { rowCount } = await asSuperuser(platform, (client) => client.query('select from break_glass'));
  expect([rowCount, await session()]).toEqual([1, 'status 200']);
  let atLeaf: readonly unknown[] = [];
  let asked = 0;
  const stopsAtLeaf = async (): Promise<boolean> => {
    asked += 1;
    if (asked === 1) return settled();
    const { rows } = await asSuperuser(platform, (client) =>
      client.query("select from document where kind = 'break-glass'"),
    );
    atLeaf = [rows.length, await session()];
    return false;
  };
  // The code is still good.
  expect(await open(sheets, { end: 'all' }, stopsAtLeaf)).toBe('log-behind');
  expect(atLeaf).toEqual([before + 1, 'status 200']);
  expect(await session()).toBe('status 200');
  clock.aheadMs += 60_000;
  expect(await open(sheets, { end: 'all' })).toBe('break-glass-refused');
});

test('a seal is broken once: not twice, not by two at once, and not after its row was put back', async () => {
  const sheets = await sealed();
  const row = await asSuperuser(platform, async (client) => {
    const { rows } = await client.query('select * from break_glass');
    return rows[0] as { name: string; sealed: string; tag: string };
  });
  const before = await openings();
  const next = { code: codeAt(sheets.otpauth, nowMs() + 30_000) };
  const both = await Promise.all([open(sheets), open(sheets, next)]);
  expect(both.filter((answer) => answer === 'break-glass-refused')).toHaveLength(1);
  expect(await openings()).toBe(before + 1);
  clock.aheadMs += 90_000;
  expect(await open(sheets)).toBe('break-glass-refused');
  await asSuperuser(platform, (client) =>
    client.query('insert into break_glass values ($1, $2, $3)', [row.name, row.sealed, row.tag]),
  );
  clock.aheadMs += 90_000;
  expect(await open(sheets)).toBe('break-glass-refused');
  expect(await openings()).toBe(before + 1);
});

test('who was overtaken by another opening records nothing and is answered nothing', async () => {
  const sheets = await sealed();
  const session = await signedIn(platform.reviewer);
  const before = await openings();
  // The other one is through between the code and the leaf of this one.
  await asSuperuser(platform, (client) =>
    client.query(`create function overtake() returns trigger language plpgsql security definer as
        $$ begin delete from public.break_glass; return new; end $$;
      create trigger overtake after update on totp for each row execute function overtake()`),
  );
  const answer = await open(sheets, { end: 'all' });
  await asSuperuser(platform, (client) => client.query('drop trigger overtake on totp; drop function overtake'));
  expect([answer, await openings(), await session()]).toEqual(['break-glass-refused', before, 'status 200']);
});

test('one sheet, a sheet of an older seal, a mistyped sheet, and a wrong or used code open nothing', async () => {
  const old = await sealed();
  const now = await sealed();
  const before = await openings();
  const [first, second] = now.sheets;
  expect(await open(now, { sheets: [first, first] })).toBe('break-glass-half-malformed');
  expect(await open(now, { sheets: [first, second.replace(/.$/u, (last) => (last === '0' ? '1' : '0'))] })).toBe(
    'break-glass-half-malformed',
  );
  expect(await open(now, { code: '000000x' })).toBe('break-glass-refused');
  expect(await open(now, { sheets: [old.sheets[0], second] })).toBe('break-glass-refused');
  // Its code was used by the attempt before.
  expect(await open(now)).toBe('break-glass-refused');
  expect(await open(now, { reason: '' })).toBe('document-malformed');
  clock.aheadMs += 60_000;
  expect(await open(old)).toBe('break-glass-refused');
  expect(await openings()).toBe(before);
  clock.aheadMs += 60_000;
  expect(typeof (await open(now))).toBe('object');
});

test('whoever failed too often waits, with the right sheets and code too', async () => {
  const sheets = await sealed();
  for (let i = 0; i <= attemptRulesDefault.free.pair + 8; i += 1) await open(sheets, { code: '' });
  expect(await open(sheets)).toBe('break-glass-refused');
  clock.aheadMs += attemptRulesDefault.delayMaxMs + 60_000;
  expect(typeof (await open(sheets))).toBe('object');
});

test('the check of the platform knows what was recorded', async () => {
  const findings: unknown[] = [];
  must(
    await checkPlace({
      ...{ directory: platform.directory, witnesses: [], isReplay: true },
      ...{ report: (finding: unknown) => findings.push(finding), onProgress: () => undefined },
    }),
  );
  expect(findings).toEqual([]);
});
