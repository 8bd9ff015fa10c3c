import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seeded } from '../../tests/support/index.ts';
import { spanOf } from './span.ts';

describe('a span of a setting', () => {
  it('is told in the largest unit that says it exactly', () => {
    expect(spanOf(86_400_000 * 3)).toEqual({ unit: 'days', value: 3 });
    expect(spanOf(90_000)).toEqual({ unit: 'seconds', value: 90 });
    expect(spanOf(1_500)).toEqual({ unit: 'milliseconds', value: 1_500 });
    expect(spanOf(0)).toEqual({ unit: 'milliseconds', value: 0 });
  });

  it('never reads the same for two that differ', () => {
    const sizes = { milliseconds: 1, seconds: 1_000, minutes: 60_000, hours: 3_600_000, days: 86_400_000 } as const;
    fc.assert(
      fc.property(fc.nat(), (spanMs) => {
        const { unit, value } = spanOf(spanMs);
        return value * sizes[unit] === spanMs;
      }),
      seeded('spans', 200),
    );
  });
});
