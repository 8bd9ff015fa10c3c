import { expect, test } from 'vitest';
import { attemptRulesDefault } from '../../core/access/index.ts';
import { realSurroundings } from '../../server/boot/index.ts';
import { chanceOf } from '../bench/load/chance.ts';
import { runStorm, type StormOwner } from '../bench/load/storm.ts';
import { issuePerson, type TestPerson } from '../server/support/people.ts';
import { addStaff, must, startIn, startTestPlatform } from '../server/support/platform.ts';
import { enrolled, type Workstation } from '../server/support/workstation.ts';

const seed = Number(process.env['QORGAN_SEED'] ?? 57);

test('in a storm of guesses by found cards every owner gets in, none waits longer than the policy says, and no guess does', async () => {
  process.stdout.write(`seed ${seed}: a storm of guesses\n`);
  const platform = await startTestPlatform();
  try {
    await platform.server.close();
    const startMs = Date.now() + 1_000;
    let nowMs = startMs;
    const surroundings = { ...realSurroundings, nowMs: () => nowMs };
    platform.server = await startIn(platform.directory, platform.lines, undefined, undefined, surroundings);
    const issue = (n: number): TestPerson =>
      issuePerson({ ca: platform.ca, n: 100 + n, name: `Қызметкер Нөмір${n}`, roles: ['reviewer'] });
    const desk: Workstation = await enrolled(platform.server);
    desk.client.nowMs = () => nowMs;
    const owners: StormOwner[] = [];
    for (let n = 0; n < 3; n += 1) {
      const person = issue(n);
      must(await addStaff(platform.server, person));
      expect((await desk.signIn(person)).status).toBe(200);
      owners.push({ person, desk });
    }
    const result = await runStorm({
      ...{ server: platform.server, owners, strangers: [issue(10)], guessers: [await enrolled(platform.server)] },
      // Each is guessed at by his own card at his own desk some twenty-four times in an hour.
      ...{
        addresses: 20,
        attempts: 120,
        insiderShare: 0.6,
        atOnce: 1,
        startMs,
        lastsMs: 3_600_000,
        chance: chanceOf(seed),
      },
      setNow: (now) => void (nowMs = Math.max(nowMs, now)),
    });
    process.stdout.write(`held at the most ${result.longestHoldMs / 1_000} s, tries of owners ${result.ownerTries}\n`);
    expect(result.longestHoldMs).toBeGreaterThan(0);
    expect(result.ownersIn).toBe(owners.length);
    expect(result.longestHoldMs).toBeLessThanOrEqual(attemptRulesDefault.delayMaxMs);
    expect([...result.answers.keys()].filter((answer) => answer !== 'sign-in-refused')).toEqual([]);
    expect(result.answers.get('sign-in-refused')).toBe(120);
  } finally {
    await platform.remove();
  }
}, 120_000);
