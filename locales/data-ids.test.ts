import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { roles } from '../core/access/index.ts';
import { actTypes, reasonCodes } from '../core/actions/index.ts';
import { isMessageId } from './index.ts';

const root = resolve(import.meta.dirname, '..');

/** Ids that come as data, so that no compiler looks at them; what code writes out is checked by its type. */
const wanted: Readonly<Record<string, readonly string[]>> = {
  'types of acts': actTypes.map((type) => `act-types.${type}`),
  'titles of the prompt': [...actTypes, 'start-shift', 'enrol'].map((kind) => `prompt.title.${kind}`),
  reasons: reasonCodes.map((code) => `reasons.${code}`),
  roles: roles.map((role) => `screens.role.${role}`),
};

/** Names and results that the checks of a case are written with: `check('age', 'pass', 'pass')` ends in its result. */
export function checkIds(source: string): readonly string[] {
  const calls = source.matchAll(/\bcheck\('([a-z-]+)',((?:(?!\bcheck\()[^\n])*)/gu);
  return [...calls].flatMap(([, id = '', rest = '']) => {
    const result = [...rest.matchAll(/'([a-z-]+)'/gu)].at(-1)?.[1];
    return [`checks.name.${id}`, ...(result === undefined ? [] : [`checks.${id}.${result}`])];
  });
}

describe('ids of words that come as data', () => {
  it.each(Object.entries(wanted))('have words: %s', (_what, ids) => {
    expect(ids.filter((id) => !isMessageId(id))).toEqual([]);
  });

  it('have words: names and results of the checks of a case', () => {
    const found = checkIds(readFileSync(resolve(root, 'main/engine/checks.ts'), 'utf8'));
    expect(found.length).toBeGreaterThan(5);
    expect(found.filter((id) => !isMessageId(id))).toEqual([]);
  });

  it('would be missed without words', () => {
    expect(checkIds("check('age', 'fail', 'no-such-result')")).toContain('checks.age.no-such-result');
    expect(isMessageId('checks.age.no-such-result')).toBe(false);
  });
});
