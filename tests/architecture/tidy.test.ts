import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inRoot } from '../../build/paths.mjs';
import { printed, readTree, type Law, type SourceFile } from './source.ts';
import { noOutside } from './outside-law.ts';
import { fileSize, functionSize, noLeftovers, unitsInNames, type Exceptions } from './tidy-laws.ts';

const none: Exceptions = { fileLines: {}, functionLines: {} };
// The door of this test: the list is ours, and a wrong shape fails the first assertion on it.
const exceptions = JSON.parse(readFileSync(inRoot('tests/architecture/exceptions.json'), 'utf8')) as Exceptions;
const tree = readTree();

const file = (path: string, text: string): SourceFile => ({ path, text });
const functionOf = (lines: number): string => `function f() {\n${'  g();\n'.repeat(lines - 2)}}\n`;

function holds(law: Law): void {
  expect(printed(tree.flatMap(law))).toBe('');
}

describe('the tree is tidy', () => {
  it('keeps every file within 300 lines, tests within 400', () => holds(fileSize(exceptions)));
  it('would notice a file that is too long', () => {
    expect(fileSize(none)(file('core/log/a.ts', 'a;\n'.repeat(301)))).toHaveLength(1);
    expect(fileSize(none)(file('core/log/a.ts', 'a;\n'.repeat(300)))).toHaveLength(0);
    expect(fileSize(none)(file('core/log/a.test.ts', 'a;\n'.repeat(401)))).toHaveLength(1);
  });

  it('keeps every function within 60 lines', () => holds(functionSize(exceptions)));
  it('would notice a function that is too long', () => {
    expect(functionSize(none)(file('core/log/a.ts', functionOf(61)))).toHaveLength(1);
    expect(functionSize(none)(file('core/log/a.ts', functionOf(60)))).toHaveLength(0);
    const heading = `describe('x', () => {\n${"  it('y', () => g());\n".repeat(70)}});\n`;
    expect(functionSize(none)(file('core/log/a.test.ts', heading))).toHaveLength(0);
    expect(functionSize(none)(file('core/log/a.ts', heading))).toHaveLength(1);
    const long = `it('x', () => {\n${'  g();\n'.repeat(70)}});\n`;
    expect(functionSize(none)(file('core/log/a.test.ts', long))).toHaveLength(1);
  });

  it('lists no exception that is not needed or larger than needed', () => {
    const shrunk = (
      list: Readonly<Record<string, number>>,
      law: (allowed: number, path: string) => Law,
    ): readonly string[] =>
      Object.entries(list)
        .filter(([path, allowed]) => {
          const found = tree.find((each) => each.path === path);
          return found === undefined || law(allowed - 1, path)(found).length === 0;
        })
        .map(([path]) => path);
    expect(
      shrunk(exceptions.fileLines, (allowed, path) => fileSize({ ...none, fileLines: { [path]: allowed } })),
    ).toEqual([]);
    expect(
      shrunk(exceptions.functionLines, (allowed, path) =>
        functionSize({ ...none, functionLines: { [path]: allowed } }),
      ),
    ).toEqual([]);
  });

  it('leaves nothing marked to be done later', () => holds(noLeftovers));
  it('would notice a leftover', () => {
    for (const word of ['TODO', 'FIXME', 'XXX', 'HACK'])
      expect(noLeftovers(file('core/log/a.ts', `// ${word}: later`))).toHaveLength(1);
  });

  it('names no path outside the repository', () => holds(noOutside));
  it('would notice a path outside the repository', () => {
    const outside = [
      '../shared/data',
      '../../shared',
      '../../elsewhere/a.ts',
      '/home/someone/project/core',
      '/root/x.txt',
      '/home/me/x',
    ];
    for (const path of outside) {
      expect(noOutside(file('docs/A.md', `see ${path} there`))).toHaveLength(1);
      expect(noOutside(file('core/log/a.ts', `const a = '${path.replace('../', '../../')}';`))).toHaveLength(1);
    }
  });
  it('lets the tree name itself, the system and the addresses of the server', () => {
    const inside = ['../README.md', './../core/log', '/etc/qorgan/server.json', '/usr/bin/node', '/tmp', '/v1/acts'];
    for (const path of inside) expect(noOutside(file('docs/A.md', `see ${path} there`))).toEqual([]);
    for (const text of ['https://example.org/team/a and team/one/b', '<a href="/team">', '= /team/gu', '= a /b/ c'])
      expect(noOutside(file('docs/A.md', text))).toEqual([]);
    expect(noOutside(file('tests/eds/a.test.ts', "import { sharedData } from '../shared-data.ts';"))).toEqual([]);
    expect(noOutside(file('tests/shared-data.ts', "'../../shared/data'"))).toEqual([]);
  });

  it('says the unit of every quantity of time', () => holds(unitsInNames));
  it('would notice a quantity of time without a unit', () => {
    expect(unitsInNames(file('core/log/a.ts', 'type A = { timeout: number };'))).toHaveLength(1);
    expect(unitsInNames(file('core/log/a.ts', 'const retryDelay = 5;'))).toHaveLength(1);
    expect(unitsInNames(file('core/log/a.ts', 'function f(ttl: number) {}'))).toHaveLength(1);
    expect(unitsInNames(file('core/log/a.ts', 'const timeoutMs = 5; type A = { interval: string };'))).toHaveLength(0);
  });
});
