import { afterAll, beforeAll, expect, test } from 'vitest';
import { proveTotp, provisionTotp } from '../../server/accounts/index.ts';
import { asSuperuser } from '../attacks/support.ts';
import { codeAt } from './support/authenticator.ts';
import { startDeskWorld, type DeskWorld } from './support/desk-world.ts';

const stepMs = 30_000;
let world: DeskWorld;
beforeAll(async () => {
  world = await startDeskWorld();
}, 120_000);
afterAll(() => world.remove());

let accounts = 0;
async function provisioned(): Promise<{
  readonly account: string;
  readonly uri: string;
  readonly now: () => string;
  readonly proves: (code: string) => Promise<boolean>;
}> {
  const { desk, clock } = world;
  const account = `account-${++accounts}`;
  const uri = await provisionTotp(desk, account, desk.database);
  // Each begins in the middle of a step of its own.
  clock.nowMs = (Math.floor(clock.nowMs / stepMs) + 10) * stepMs + stepMs / 2;
  return {
    account,
    uri,
    now: () => codeAt(uri, clock.nowMs),
    proves: async (code) => (await proveTotp(desk, account, code)) !== undefined,
  };
}

type TotpRow = { readonly account: string; readonly sealed: string; readonly last_step: string; readonly tag: string };
async function rows(): Promise<readonly TotpRow[]> {
  return asSuperuser(world, async (client) => (await client.query('select * from totp')).rows as TotpRow[]);
}
async function rowOf({ account }: { readonly account: string }): Promise<TotpRow | undefined> {
  const tag = world.desk.keyring.tag('totp', account);
  return (await rows()).find((row) => row.account === tag);
}
async function alarms(): Promise<number> {
  return asSuperuser(world, async (client) => {
    const { rowCount } = await client.query("select from alarm where kind = 'totp-edited'");
    return rowCount ?? 0;
  });
}

test('a code of an authenticator proves its account once, and never again', async () => {
  const { proves, now } = await provisioned();
  const code = now();
  expect([await proves(code), await proves(code)]).toEqual([true, false]);
  world.clock.nowMs += stepMs;
  expect(await proves(code)).toBe(false);
  expect(await proves(now())).toBe(true);
});

test('of the same code shown many times at once exactly one counts', async () => {
  const { proves, now } = await provisioned();
  const code = now();
  // Every connection of the pool is open first: otherwise the one that is would be through before the others begin.
  await Promise.all(Array.from({ length: 32 }, () => proves('')));
  const all = await Promise.all(Array.from({ length: 8 }, () => proves(code)));
  expect(all.filter(Boolean)).toHaveLength(1);
});

test('a clock that is one step off is let in, two are not', async () => {
  for (const [away, isIn] of [
    [-2, false],
    [-1, true],
    [1, true],
    [2, false],
  ] as const) {
    const { proves, uri } = await provisioned();
    expect([away, await proves(codeAt(uri, world.clock.nowMs + away * stepMs))]).toEqual([away, isIn]);
  }
});

test('a code of another account, of an account without a secret, and of the secret before proves nothing', async () => {
  const { desk } = world;
  const one = await provisioned();
  const other = await provisioned();
  expect(await one.proves(other.now())).toBe(false);
  expect(await proveTotp(desk, 'nobody', one.now())).toBeUndefined();
  await provisionTotp(desk, one.account, desk.database);
  expect(await one.proves(one.now())).toBe(false);
});

test('the secret stands nowhere in its row', async () => {
  const { uri } = await provisioned();
  const secret = new URL(uri).searchParams.get('secret') ?? 'none';
  expect(secret).toHaveLength(32);
  expect(JSON.stringify(await rows())).not.toContain(secret);
});

test('a row whose step was put back, and a row that was copied from another account, proves nothing and is an alarm', async () => {
  const victim = await provisioned();
  const code = victim.now();
  expect(await victim.proves(code)).toBe(true);
  const mine = await rowOf(victim);
  const before = await alarms();
  await asSuperuser(world, (client) => client.query('update totp set last_step = 0 where tag = $1', [mine?.tag]));
  expect(await victim.proves(code)).toBe(false);
  const thief = await provisioned();
  const from = await rowOf(thief);
  await asSuperuser(world, (client) =>
    client.query('update totp set sealed = $1, last_step = $2, tag = $3 where account = $4', [
      from?.sealed,
      from?.last_step,
      from?.tag,
      mine?.account,
    ]),
  );
  expect(await victim.proves(thief.now())).toBe(false);
  expect(await alarms()).toBe(before + 2);
});
