import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { attemptRulesDefault, heardMax } from '../../core/access/index.ts';
import { asSuperuser } from '../attacks/support.ts';
import { guessIn } from './support/guessing-process.ts';
import { startTestPlatform, type TestPlatform } from './support/platform.ts';

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startTestPlatform();
}, 120_000);
afterAll(() => platform.remove());

test('two processes on one database give whoever guesses at both no more tries than one', async () => {
  // Each try that is judged writes the counter of the pair once.
  await asSuperuser(platform, (client) =>
    client.query(`create table judged (at timestamptz);
      create function note_judged() returns trigger language plpgsql security definer as
        $$ begin insert into public.judged values (now()); return new; end $$;
      create trigger note_judged after insert or update on attempt for each row when (new.scope = 'pair') execute function note_judged()`),
  );
  const file = join(import.meta.dirname, 'support', 'guessing-process.ts');
  const nowMs = Date.now();
  const other = fork(file, [platform.directory, '12', String(nowMs)], { execArgv: [] });
  const ended = once(other, 'exit');
  await guessIn(platform.directory, 12, nowMs);
  expect(await ended).toEqual([0, null]);
  const counted = await asSuperuser(platform, async (client) => {
    const { rows } = await client.query('select scope, max(failures)::int as failures from attempt group by scope');
    return new Map((rows as { scope: string; failures: number }[]).map(({ scope, failures }) => [scope, failures]));
  });
  const judged = attemptRulesDefault.free.pair + 1;
  const written = await asSuperuser(platform, (client) => client.query('select count(*)::int as n from judged'));
  expect(written.rows).toEqual([{ n: judged }]);
  expect(counted.get('pair')).toBe(judged);
  expect(counted.get('heard')).toBe(heardMax);
  // What others see of these failures may miss one where two processes wrote at once, four times over.
  for (const scope of ['account', 'device', 'address'] as const) {
    expect(counted.get(scope)).toBeLessThanOrEqual(judged);
    expect(counted.get(scope)).toBeGreaterThanOrEqual(judged - 2);
  }
}, 60_000);
