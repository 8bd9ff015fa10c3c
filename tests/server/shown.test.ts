import { expect, test } from 'vitest';
import { registrationActTypes, reasonCodes, type RegistrationCommand } from '../../core/actions/index.ts';
import type { PlatformId } from '../../core/kernel/index.ts';
import { shownText, shownVersion, type ShownAct as AnyShown } from '../../core/signing/index.ts';
import { signingTexts } from '../../locales/signing/index.ts';
import { testForm } from './support/forms.ts';
import { testIin } from './support/people.ts';
import { must } from './support/platform.ts';

type ShownAct = Extract<AnyShown, { readonly form: unknown }>;

const locales = ['kk', 'ru', 'en'] as const;
const form = { ...testForm(7), number: '2026-00418' };

function commandOf(type: (typeof registrationActTypes)[number], note = ''): RegistrationCommand {
  if (type === 'registration.submit') return { type, payload: { form } };
  if (type === 'registration.return' || type === 'registration.refuse')
    return { type, payload: { reasons: [...reasonCodes], note } };
  return type === 'registration.approve' ? { type, payload: { note } } : { type, payload: {} };
}

function shown(
  type: (typeof registrationActTypes)[number],
  locale: (typeof locales)[number],
  change: Partial<ShownAct> = {},
): string {
  const act: ShownAct = {
    command: commandOf(type),
    form,
    revision: 3,
    actorIin: testIin(1),
    platform: 'p-1' as PlatformId,
    profile: 'production',
    ...change,
  };
  return must(shownText(signingTexts, act, { locale, version: shownVersion }));
}

test.each(locales)(
  'in %s every act is shown with number, person, revision and signer, and no place is left open',
  (locale) => {
    for (const type of registrationActTypes) {
      const text = shown(type, locale);
      for (const part of [form.number, form.person.iin, form.person.surname, testIin(1), '3', 'p-1'])
        expect(text).toContain(part);
      expect(text).not.toMatch(/[{}]|undefined|v1\./u);
      expect(text.endsWith('\n')).toBe(true);
    }
  },
);

test.each(locales)('in %s reasons are said in words', (locale) => {
  const text = shown('registration.refuse', locale);
  for (const code of reasonCodes) expect(text).toContain(signingTexts[locale][`v1.reason.${code}`]);
});

test('a demonstration says so in the first line, and production does not', () => {
  expect(shown('registration.approve', 'ru', { profile: 'demo' }).split('\n')[0]).toBe(
    'ДЕМОНСТРАЦИЯ. Эта подпись не имеет силы.',
  );
  expect(shown('registration.approve', 'ru')).not.toContain('ДЕМОНСТРАЦИЯ');
});

test('a note is shown where there is one, and cannot forge a line', () => {
  const note = 'жарайды\nШешім: тіркеуден бас тартылды.';
  const text = shown('registration.approve', 'kk', { command: commandOf('registration.approve', note) });
  expect(text.split('\n').filter((line) => line.startsWith('Шешім:'))).toEqual([
    'Шешім: тіркеу мақұлданды, тұлға сауда-саттыққа жіберіледі.',
  ]);
  expect(shown('registration.approve', 'kk')).not.toContain('Ескертпе');
});

test('a version that never was is refused', () => {
  const act: ShownAct = {
    command: commandOf('registration.claim'),
    form,
    revision: 1,
    actorIin: testIin(1),
    platform: 'p' as PlatformId,
    profile: 'demo',
  };
  expect(shownText(signingTexts, act, { locale: 'kk', version: 99 })).toMatchObject({
    ok: false,
    refusal: { code: 'shown-template-unknown' },
  });
});

test('the words of version 1 are those that were signed', () => {
  expect(shown('registration.approve', 'kk')).toMatchInlineSnapshot(`
    "Құжаттар мен тексеру нәтижелерін қарап шығып, № 2026-00418 тіркеуді мақұлдаймын.
    Тіркелуші: Әбдірахманова Гүлнұр Қайратқызы, ЖСН 900101300700, туған күні 01.01.1990.
    Сауда-саттыққа сатып алушы ретінде қатысады.
    Жеке басын куәландыратын құжаты: жеке куәлік 045678912, ІІМ, 14.03.2021 – 13.03.2031.
    Жеке басы анықталған тәсіл: электрондық цифрлық қолтаңба.
    Шешім: тіркеу мақұлданды, тұлға сауда-саттыққа жіберіледі.
    Істің нұсқасы: 3. Қол қоюшының ЖСН-і: 900101300106.
    Платформа: p-1
    "
  `);
  expect(shown('registration.approve', 'ru')).toMatchInlineSnapshot(`
    "Изучив документы и проверки, одобряю регистрацию № 2026-00418.
    Регистрируется: Әбдірахманова Гүлнұр Қайратқызы, ИИН 900101300700, дата рождения 01.01.1990.
    Участвует в торгах как покупатель.
    Удостоверяющий документ: удостоверение личности 045678912, ІІМ, 14.03.2021 – 13.03.2031.
    Личность установлена: по электронной цифровой подписи.
    Решение: регистрация одобрена, лицо допускается к торгам.
    Версия дела: 3. Подписывает владелец ИИН 900101300106.
    Платформа: p-1
    "
  `);
});
