import { describe, expect, it } from 'vitest';
import { daysOf } from './days.ts';

const at = (year: number, month: number, day: number): number => new Date(year, month - 1, day).getTime();

describe('days that were typed', () => {
  it('are whole, the last included', () => {
    expect(daysOf('22.11.2026')).toEqual({ fromMs: at(2026, 11, 22), toMs: at(2026, 11, 23) });
    expect(daysOf(' 1.2.2026 – 28.02.2026 ')).toEqual({ fromMs: at(2026, 2, 1), toMs: at(2026, 3, 1) });
  });

  it.each(['30.02.2026', '22.11', '22.11.2026 - 21.11.2026', '48211', '', '00.00.2026'])(
    'are not read out of “%s”',
    (text) => {
      expect(daysOf(text)).toBeUndefined();
    },
  );
});
