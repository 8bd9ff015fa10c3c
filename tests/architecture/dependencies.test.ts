import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const decision = readFileSync(resolve(root, 'docs/decisions/0002-runtime-dependencies.md'), 'utf8');
const { dependencies } = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8')) as {
  readonly dependencies: Readonly<Record<string, string>>;
};

/** Names in the first column of the decision's table. */
export function decided(text: string): readonly string[] {
  return [...text.matchAll(/^\| `([^`]+)` \|/gmu)].map((match) => match[1] ?? '');
}

describe('what ships that we did not write', () => {
  it('has a line in decision 0002, and nothing else has', () => {
    expect(decided(decision).toSorted()).toEqual(Object.keys(dependencies).toSorted());
  });

  it('is pinned exactly', () => {
    expect(
      Object.entries(dependencies).filter(([, version]) => !/^\d+\.\d+\.\d+(?:-[a-z0-9.]+)?$/u.test(version)),
    ).toEqual([]);
  });

  it('would be missed without its line', () => {
    expect(decided(decision.replace('| `zod` |', '| zod |'))).not.toContain('zod');
  });
});
