import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { node24, root } from '../../build/paths.mjs';
import { joinSignatures } from '../../eds/index.ts';
import { unwrap } from '../eds/world.ts';
import { seeded } from '../support/index.ts';
import { chanceOf } from './chance.ts';
import { createFuzzer, hangMs } from './fuzzer.ts';
import { isMadeOf, signedPartsOf } from './made-of.ts';
import { realSubjects } from './real-subjects.ts';
import { judgeByAll, subjectsOf } from './subjects.ts';
import type { Outcome, Subject } from './subject.ts';
import { addTo, emptyTally, judgedIn } from './tally.ts';
import { nodesOf, replaced, treeOf } from './tree.ts';
import { readWorld, writeWorld, type World } from './world-form.ts';
import { makeWorld } from './world.ts';

const { seed, numRuns } = seeded('altered inputs of every kind', 6000);
const hasKeyFiles = spawnSync('openssl', ['version']).status === 0;
if (realSubjects().length === 0)
  process.stderr.write('SKIPPED: the data of the national authority is absent, so no real file was altered\n');
if (!hasKeyFiles) process.stderr.write('SKIPPED: the openssl program is absent, so no key file was altered\n');

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});

const subjectsIn = (of: World): readonly Subject[] => subjectsOf(of, realSubjects());

/** The subjects with another judge in the place of theirs. */
function fuzzerWith(judge: (input: Uint8Array) => Outcome) {
  const fresh = (): readonly Subject[] => subjectsIn(world).map((subject) => ({ ...subject, judge }));
  return createFuzzer(fresh(), { seed, fresh, judgeByAll: () => 'right' });
}

function faultOf(judge: (input: Uint8Array) => Outcome): string {
  const fuzzer = fuzzerWith(judge);
  for (let index = 0; index < 40; index += 1) {
    const { outcome } = fuzzer.run(index);
    if (typeof outcome !== 'string') return outcome.fault;
  }
  return '';
}

describe('altered inputs', () => {
  test('of every kind are refused, read in time and never believed', { timeout: 120_000 }, () => {
    const fresh = (): readonly Subject[] => subjectsIn(world);
    const fuzzer = createFuzzer(fresh(), { seed, fresh, judgeByAll });
    const tally = emptyTally();
    const faults: string[] = [];
    for (let index = 0; index < numRuns; index += 1) {
      const verdict = fuzzer.run(index);
      addTo(tally, verdict);
      if (typeof verdict.outcome !== 'string') faults.push(`${index} ${verdict.subject}: ${verdict.outcome.fault}`);
    }
    expect(faults).toEqual([]);
    expect(Object.keys(tally).toSorted()).toEqual(
      fresh()
        .map(({ name }) => name)
        .toSorted(),
    );
    expect(judgedIn(tally)).toBeGreaterThan(numRuns * 0.9);
  });

  test('start from right ones: unaltered, each signature is VALID, each pack accepted, and each person is what he is', () => {
    for (const subject of subjectsIn(world))
      for (const [at, input] of subject.inputs.entries()) {
        const outcome = subject.judge(subject.dress?.(input, at) ?? input, at);
        const isBelieved = /signatures|tokens|packs/u.test(subject.name);
        expect([subject.name, at, outcome]).toEqual([subject.name, at, isBelieved ? 'explained' : outcome]);
        expect(typeof outcome).toBe('string');
      }
    const cleared = (['lists', 'answers'] as const).map((name) => {
      const subject = subjectsIn(world).find((one) => one.name === name);
      return subject?.inputs.map((input, at) => subject.judge(input, at));
    });
    expect(cleared).toEqual([
      ['explained', 'explained', 'right'],
      ['explained', 'right', 'right', 'right', 'explained'],
    ]);
  });

  test('are drawn again by their seed and number, from the world as it was written down', () => {
    const again = createFuzzer(subjectsIn(readWorld(writeWorld(world))), { seed, fresh: () => [], judgeByAll });
    const fuzzer = fuzzerWith(() => 'right');
    for (const index of [0, 17, 333, 4711]) {
      const [one, other] = [fuzzer.draw(index), again.draw(index)];
      expect([one.subject.name, one.at, one.input]).toEqual([other.subject.name, other.at, other.input]);
    }
    expect(chanceOf(seed, 1).below(2 ** 31)).not.toBe(chanceOf(seed, 2).below(2 ** 31));
  });
});

describe('a fault would be noticed', () => {
  test('where a reader throws, believes or hangs', () => {
    expect(faultOf(() => 'right')).toBe('');
    expect(faultOf(() => ({ fault: 'VALID' }))).toBe('VALID');
    expect(
      faultOf(() => {
        throw new Error('planted');
      }),
    ).toContain('it threw: Error: planted');
    const isLong = faultOf(() => {
      const from = process.threadCpuUsage();
      for (let spent = { user: 0, system: 0 }; spent.user + spent.system < hangMs * 1200;)
        spent = process.threadCpuUsage(from);
      return 'right';
    });
    expect(isLong).toMatch(/^it took \d+ ms$/u);
  });

  test('in what a file is made of: any other octet in a signed part, a certificate or a content', () => {
    const [rsa, attached, , elliptic] = world.signatures.map(({ octets }) => octets);
    if (rsa === undefined || attached === undefined || elliptic === undefined) throw new Error('three signatures');
    const parts = signedPartsOf([rsa, attached, elliptic], { beside: new Set(), content: world.authority.content });
    for (const right of [rsa, attached, elliptic, unwrap(joinSignatures(rsa, elliptic))])
      expect(isMadeOf(right, parts)).toBe(true);
    const isRight = (file: Uint8Array): boolean => isMadeOf(file, parts);
    const tree = treeOf(attached);
    if (tree === undefined) throw new Error('a signature is a tree');
    const free: string[] = [];
    for (const node of nodesOf(tree)) {
      if (node.children.length > 0) continue;
      const other = Uint8Array.from(node.der);
      other[other.length - 1] = (other.at(-1) ?? 0) ^ 0x40;
      if (isRight(replaced(node, other))) free.push(Buffer.from(node.der).toString('hex'));
    }
    // Only what nobody signed: OID and version of the container, the set of digests, the type of the content, which its signed attribute repeats.
    expect(free.length).toBeLessThan(8);
    expect(free.some((hex) => hex.length > 24)).toBe(false);
  });
});

test('`npm run fuzz` counts what it judged and ends well', { timeout: 60_000 }, () => {
  const words = [join(import.meta.dirname, 'run.ts'), '--count', '200', '--seed', String(seed), '--processes', '2'];
  const { status, stdout } = spawnSync(node24, words, { cwd: root, encoding: 'utf8' });
  expect(stdout).toContain(`0 failures, seed ${seed}`);
  expect(Number(/(?<count>\d+) changed inputs\n/u.exec(stdout)?.groups?.['count'])).toBeGreaterThanOrEqual(200);
  expect(status).toBe(0);
  const folder = join(root, '.runtime', 'fuzz', String(seed));
  expect(existsSync(join(folder, 'world.json'))).toBe(true);
  rmSync(folder, { recursive: true });
});
