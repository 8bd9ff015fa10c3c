/** Names as people of the country have them; any likeness to a real person is chance. */
export type NamedPerson = {
  readonly surname: string;
  readonly givenName: string;
  readonly patronymic: string;
  readonly isWoman: boolean;
  readonly language: 'kk' | 'ru';
};

const kazakhMen = [
  ['Әбдіқадыров', 'Нұрлан', 'Серікұлы'],
  ['Байжанов', 'Ерлан', 'Маратұлы'],
  ['Жұмабеков', 'Данияр', 'Қайратұлы'],
  ['Сейтқали', 'Арман', 'Бауыржанұлы'],
  ['Тоқтаров', 'Асхат', 'Ғалымұлы'],
  ['Ысқақов', 'Дәурен', 'Өмірбекұлы'],
  ['Қасымов', 'Тимур', 'Әлібекұлы'],
  ['Мұхаметжанов', 'Рүстем', 'Талғатұлы'],
  ['Оразбаев', 'Мейіржан', 'Сәкенұлы'],
  ['Шәріпов', 'Бекзат', 'Жандосұлы'],
] as const;
const kazakhWomen = [
  ['Әлімбаева', 'Айгүл', 'Сәбитқызы'],
  ['Бекмұратова', 'Әсел', 'Нұржанқызы'],
  ['Досжанова', 'Мадина', 'Ерболқызы'],
  ['Жақыпова', 'Гүлнар', 'Тілеуқызы'],
  ['Кенжебаева', 'Динара', 'Асқарқызы'],
  ['Құрманғалиева', 'Жанар', 'Мұратқызы'],
  ['Нұрғалиева', 'Алия', 'Болатқызы'],
  ['Сүлейменова', 'Назерке', 'Қанатқызы'],
] as const;
const russianMen = [
  ['Власов', 'Андрей', 'Николаевич'],
  ['Ким', 'Виктор', 'Сергеевич'],
  ['Кузнецов', 'Павел', 'Игоревич'],
  ['Ли', 'Максим', 'Валерьевич'],
  ['Петренко', 'Олег', 'Васильевич'],
  ['Шмидт', 'Роман', 'Эдуардович'],
] as const;
const russianWomen = [
  ['Волкова', 'Наталья', 'Викторовна'],
  ['Громова', 'Елена', 'Андреевна'],
  ['Иванова', 'Ольга', 'Петровна'],
  ['Пак', 'Светлана', 'Дмитриевна'],
  ['Тимофеева', 'Ирина', 'Геннадьевна'],
] as const;

function named(
  list: readonly (readonly [string, string, string])[],
  isWoman: boolean,
  language: 'kk' | 'ru',
): readonly NamedPerson[] {
  return list.map(([surname, givenName, patronymic]) => ({ surname, givenName, patronymic, isWoman, language }));
}

export const people: readonly NamedPerson[] = [
  ...named(kazakhMen, false, 'kk'),
  ...named(kazakhWomen, true, 'kk'),
  ...named(russianMen, false, 'ru'),
  ...named(russianWomen, true, 'ru'),
];

export const organisations = [
  { name: '«Алатау Финанс» ЖШС', language: 'kk' },
  { name: '«Сарыарқа Микрокредит» МҚҰ ЖШС', language: 'kk' },
  { name: '«Жетісу Инвест» АҚ', language: 'kk' },
  { name: '«Нұр-Актив Коллекшн» ЖШС', language: 'kk' },
  { name: '«Тұран Капитал» АҚ', language: 'kk' },
  { name: 'ТОО «Степной двор»', language: 'ru' },
  { name: 'ТОО «Коллекторское агентство «Баланс»', language: 'ru' },
  { name: 'АО «Каспий Траст»', language: 'ru' },
  { name: 'ТОО «Азия Проблемные Активы»', language: 'ru' },
  { name: 'ТОО «Ertis Capital Partners»', language: 'ru' },
] as const;

/** Code of the bank inside an IBAN, and its name. */
export const banks = [
  { code: '601', name: '«Қазақстан Халық Банкі» АҚ' },
  { code: '722', name: '«Kaspi Bank» АҚ' },
  { code: '856', name: '«Банк ЦентрКредит» АҚ' },
  { code: '965', name: '«ForteBank» АҚ' },
  { code: '551', name: '«Bereke Bank» АҚ' },
] as const;
