import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  durationOf,
  formatCount,
  formatDate,
  formatIdentityNumber,
  formatIsoDate,
  formatMoney,
  formatTime,
  formatZone,
  shortHash,
  shortName,
  sizeParts,
} from './format.ts';

const thin = '\u202F';

describe('dates and times', () => {
  const atMs = new Date(2026, 10, 22, 14, 5, 31).getTime();

  it('are written day first, in the zone of the machine', () => {
    expect(formatDate(atMs)).toBe('22.11.2026');
    expect(formatTime(atMs)).toBe('22.11.2026 14:05:31');
  });

  it('keep two digits in every part', () => {
    expect(formatTime(new Date(2026, 0, 2, 3, 4, 5).getTime())).toBe('02.01.2026 03:04:05');
  });

  it('name the zone by its distance from UTC', () => {
    expect(formatZone(atMs)).toMatch(/^UTC[+−]\d{2}:\d{2}$/u);
  });

  it('of a form are turned round, and other text is left alone', () => {
    expect(formatIsoDate('2026-11-22')).toBe('22.11.2026');
    expect(formatIsoDate('22 November')).toBe('22 November');
  });
});

describe('numbers', () => {
  it('of a person are grouped six by six', () => {
    expect(formatIdentityNumber('880214450136')).toBe(`880214${thin}450136`);
  });

  it('that are no identity numbers are not grouped', () => {
    for (const text of ['', '12345', '8802144501367', '88021445013x']) expect(formatIdentityNumber(text)).toBe(text);
  });

  it('are grouped by thousands', () => {
    expect(formatCount(48_211)).toBe(`48${thin}211`);
    expect(formatCount(1_234_567)).toBe(`1${thin}234${thin}567`);
    expect(formatCount(999)).toBe('999');
  });

  it('lose no digit when they are grouped', () => {
    fc.assert(fc.property(fc.nat(), (value) => formatCount(value).replaceAll(thin, '') === String(value)));
  });
});

describe('money', () => {
  it('is tenge and tiyn with the mark of the language', () => {
    expect(formatMoney(125_000_050n, 'kk')).toBe(`1${thin}250${thin}000,50\u00A0₸`);
    expect(formatMoney(125_000_050n, 'en')).toBe(`1${thin}250${thin}000.50\u00A0KZT`);
    expect(formatMoney(5n, 'ru')).toBe('0,05\u00A0₸');
    expect(formatMoney(-150n, 'ru')).toBe('−1,50\u00A0₸');
  });

  it('loses no tiyn', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 24n }),
        (tiyn) => BigInt(formatMoney(tiyn, 'en').replace(/\D/gu, '')) === tiyn,
      ),
    );
  });
});

describe('durations', () => {
  it('take the largest whole unit', () => {
    expect(durationOf(59_999)).toEqual({ unit: 'seconds', value: 59 });
    expect(durationOf(60_000)).toEqual({ unit: 'minutes', value: 1 });
    expect(durationOf(3_600_000 * 5 - 1)).toEqual({ unit: 'hours', value: 4 });
    expect(durationOf(86_400_000 * 3)).toEqual({ unit: 'days', value: 3 });
  });

  it('of a clock that went back are zero', () => {
    expect(durationOf(-5_000)).toEqual({ unit: 'seconds', value: 0 });
  });
});

describe('what has little room', () => {
  it('keeps both ends of a hash', () => {
    expect(shortHash('a'.repeat(60) + 'beef')).toBe('aaaaaaaa…aaaabeef');
    expect(shortHash('short')).toBe('short');
  });

  it('keeps the surname and one letter', () => {
    expect(shortName('Seitkali Aigerim Baurzhankyzy')).toBe('Seitkali A.');
    expect(shortName('Seitkali')).toBe('Seitkali');
  });

  it('gives a size in the unit that fits', () => {
    expect(sizeParts(100)).toEqual({ unit: 'kb', value: 1 });
    expect(sizeParts(1_500_000)).toEqual({ unit: 'mb', value: 1.4 });
  });
});
