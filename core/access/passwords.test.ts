import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { passwordTexts as texts } from '../../locales/passwords/index.ts';
import { checkPassword, passwordRulesDefault as rules, passwordLengthMax } from './index.ts';

const owner = { name: 'Бөлекбаева Зүбәйра', iin: '900101300018', phone: '77011234567' };

function judge(password: string, previous?: string): string {
  const judged = checkPassword(password, {
    owner: previous === undefined ? owner : { ...owner, previous },
    rules,
    texts,
  });
  return judged.ok ? 'taken' : judged.refusal.code;
}

describe('a password', () => {
  it.each([
    'correct horse battery staple',
    'Жаңбырлы түнде 3 тырна',
    'vK7#wd-Lp2qz',
    'сорока унесла ложку',
    'tram42?Hedgehog',
  ])('is taken: %s', (password) => expect(judge(password)).toBe('taken'));

  it.each([
    ['', 'password-too-short'],
    ['vK7#wd-Lp2q', 'password-too-short'],
    ['x'.repeat(passwordLengthMax + 1), 'password-too-long'],
    ['Password2026!!', 'password-common'],
    ['P@ssw0rd12345678', 'password-common'],
    ['qwertyuiop123', 'password-common'],
    ['йцукенгшщз2024', 'password-common'],
    ['Almaty2025Astana', 'password-common'],
    ['Қазақстан2030', 'password-common'],
    ['aaaaaaaaaaaaaaaa', 'password-common'],
    ['ababababababab', 'password-common'],
    ['987654321987654321', 'password-common'],
    ['1qaz2wsx3edc4rfv', 'password-common'],
    ['Бөлекбаева-Зүбәйра', 'password-similar'],
    ['BolekbaevaZubaira7', 'password-similar'],
    ['900101300018-bvkd', 'password-similar'],
    ['tel:77011234567', 'password-similar'],
  ])('is refused: %s (%s)', (password, code) => expect(judge(password)).toBe(code));

  it('is refused where it is the one before with three characters changed, and taken with four', () => {
    const before = 'vK7#wd-Lp2qz';
    expect(judge('vK7#wd-Lp2qz1', before)).toBe('password-similar');
    expect(judge('VK7#WD-LP2QZ', before)).toBe('password-similar');
    expect(judge('vK7#wd-Lp9xy', before)).toBe('password-similar');
    expect(judge('vK7#wd-Hj9xy', before)).toBe('taken');
  });

  it('of length and of characters drawn by chance is taken', () => {
    const alphabet = 'bcdfghjkmnpqrstvwxz23456789#%&*+-='.split('');
    const drawn = fc
      .array(fc.constantFrom(...alphabet), { minLength: 20, maxLength: 60 })
      .map((signs) => signs.join(''));
    fc.assert(
      fc.property(
        drawn.filter((text) => new Set(text).size >= 12),
        (password) => {
          expect(judge(password)).toBe('taken');
        },
      ),
    );
  });

  it('is never taken below the length, and judging ends whatever is typed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (password) => {
        const said = judge(password);
        if ([...password].length < rules.lengthMin) expect(said).not.toBe('taken');
        expect(judge(password, password)).not.toBe('taken');
      }),
    );
  });
});
