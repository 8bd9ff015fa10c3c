import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nationalRoles } from '../../eds/index.ts';
import { reasonCatalogue, stageNames } from '../../eds/verify/index.ts';

describe.each(['kk', 'ru', 'en'])('the words of verdicts in %s', (locale) => {
  const file = resolve(import.meta.dirname, `../../locales/eds/${locale}.json`);
  const words = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;

  test('name every reason, stage, verdict, outcome and role, and no reason that does not exist', () => {
    const reasons = [...Object.keys(reasonCatalogue), 'not-checked'].map((id) => `reason.${id}`);
    const roles = [...new Set(Object.values(nationalRoles))].map((role) => `role.${role}`);
    const others = [
      'verdict.VALID',
      'verdict.INVALID',
      'verdict.INDETERMINATE',
      'outcome.PASS',
      'outcome.FAIL',
      'outcome.UNKNOWN',
    ];
    const stages = stageNames.map((name) => `stage.${name}`);
    expect(Object.keys(words)).toEqual(expect.arrayContaining([...reasons, ...roles, ...others, ...stages]));
    const told = Object.keys(words).filter((id) => id.startsWith('reason.'));
    expect(told.toSorted((a, b) => a.localeCompare(b))).toEqual(reasons.toSorted((a, b) => a.localeCompare(b)));
  });
});
