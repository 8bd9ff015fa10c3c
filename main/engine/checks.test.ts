import { describe, expect, it } from 'vitest';
import { makeCases } from '../../dev/demo/index.ts';
import { isMessageId } from '../../locales/index.ts';
import { checksOf, flagsOf, type CheckContext } from './checks.ts';

const nowMs = Date.UTC(2026, 10, 23, 9);
const forms = makeCases({ seed: 57, nowMs, count: 40 });
const context: CheckContext = {
  nowMs,
  duplicateNumber: undefined,
  submission: { byName: 'A', isVerified: true, index: 4 },
};

describe('the checks of a case', () => {
  it('say of every demo case something that has words', () => {
    const reasons = forms.flatMap((form) => checksOf(form, context).map(({ reason }) => `checks.${reason}`));
    expect([...new Set(reasons)].filter((id) => !isMessageId(id))).toEqual([]);
  });

  it('find what is the matter with the cases that have something the matter', () => {
    const found = new Set(
      forms.flatMap((form) =>
        checksOf(form, context)
          .filter(({ result }) => result !== 'pass')
          .map(({ reason }) => reason),
      ),
    );
    expect([...found].sort()).toEqual([
      'age.under-age',
      'authority.expired',
      'authority.no-date',
      'consents.missing',
      'document-valid.expired',
      'eds.indeterminate',
      'eds.invalid',
      'eds.other-person',
      'face.below-threshold',
      'face.document-photo',
      'identity-number.birth-date-mismatch',
      'liveness.not-live',
    ]);
  });

  it('leave most cases without a flag, so that a flag means something', () => {
    const clean = forms.filter((form) => flagsOf(checksOf(form, context)) === 0);
    expect(clean.length).toBeGreaterThan(forms.length / 2);
  });

  it('name the other case of the same person', () => {
    const form = forms[0];
    const checks = form === undefined ? [] : checksOf(form, { ...context, duplicateNumber: '2026-00007' });
    expect(checks.find(({ id }) => id === 'duplicate')).toEqual({
      id: 'duplicate',
      result: 'fail',
      reason: 'duplicate.found',
      values: { number: '2026-00007' },
    });
  });
});
