import { afterAll, beforeAll, expect, test } from 'vitest';
import { codesKeptMs, sessionsKeptMs } from '../../server/accounts/index.ts';
import { realSurroundings } from '../../server/boot/index.ts';
import { asSuperuser } from '../attacks/support.ts';
import type { TestPerson } from './support/people.ts';
import { startIn, startTestPlatform, type TestPlatform } from './support/platform.ts';
import { enrolled, type Workstation } from './support/workstation.ts';

const minuteMs = 60_000;
/** A code lives three days. */
const codeMs = 3 * 86_400_000;
/** One of a device, an hour. */
const enrolmentCodeMs = 3_600_000;

let platform: TestPlatform;
let desk: Workstation;
let aheadMs = 0;

const query = <Row extends object>(text: string): Promise<readonly Row[]> =>
  asSuperuser(platform, async (client) => (await client.query<Row>(text)).rows);
const enrolmentCodes = async (): Promise<number> => (await query('select 1 from enrolment_code')).length;
const codes = async (): Promise<number> => (await query('select 1 from activation_code')).length;

/** The server again, with its clock so much further, once it has swept. */
async function later(ms: number): Promise<void> {
  aheadMs += ms;
  const before = await codes();
  // Codes are swept after sessions, so that one of them shows when both are done.
  await query("insert into activation_code values ('old', 'old', 0, null, 'old')");
  await platform.server.close();
  const nowMs = (): number => Date.now() + aheadMs;
  const surroundings = { ...realSurroundings, nowMs };
  platform.server = await startIn(platform.directory, platform.lines, undefined, undefined, surroundings);
  desk.reconnect(platform.server);
  desk.client.nowMs = nowMs;
  await expect.poll(codes, { timeout: 5_000 }).toBeLessThanOrEqual(before);
}

async function signIn(person: TestPerson): Promise<void> {
  expect((await desk.signIn(person)).status).toBe(200);
}

type Seen = { readonly who: string; readonly last_seen_ms: string; readonly expires_at_ms: string };
const sessions = (): Promise<readonly Seen[]> =>
  query<Seen>('select who, last_seen_ms, expires_at_ms from session order by last_seen_ms');

beforeAll(async () => {
  platform = await startTestPlatform();
  desk = await enrolled(platform.server);
}, 120_000);
afterAll(() => platform.remove());

test('codes go a day after they ran out, sessions after five years and a quarter, and when somebody was seen last stays', async () => {
  await signIn(platform.registrar);
  await signIn(platform.reviewer);
  await later(2 * minuteMs);
  await signIn(platform.registrar);
  const [first, ...lasting] = await sessions();
  expect(lasting).toHaveLength(2);
  expect(await codes()).toBeGreaterThan(0);

  await later(codeMs + codesKeptMs - 10 * minuteMs);
  expect(await codes()).toBeGreaterThan(0);
  await later(20 * minuteMs);
  expect(await codes()).toBe(0);

  const untilMs = Number(first?.expires_at_ms) + sessionsKeptMs;
  await later(untilMs - Date.now() - aheadMs - minuteMs);
  expect(await sessions()).toEqual([first, ...lasting]);
  await later(2 * minuteMs);
  expect(await sessions()).toEqual(lasting);
  // However late: the last of a person is not old.
  await later(sessionsKeptMs);
  expect(await sessions()).toEqual(lasting);
});

test('codes of devices go a day after they ran out, used or not', async () => {
  await enrolled(platform.server);
  // The one by which a desk was enrolled, and one that nobody used.
  await platform.server.administration.enrolCode();
  expect(await enrolmentCodes()).toBe(2);
  await later(enrolmentCodeMs + codesKeptMs - 10 * minuteMs);
  expect(await enrolmentCodes()).toBe(2);
  await later(20 * minuteMs);
  expect(await enrolmentCodes()).toBe(0);
});
