import type { Role } from '../../core/access/index.ts';
import type { Bin, Iin } from '../../core/kernel/index.ts';
import { Chance } from './chance.ts';
import { makeBin, makeIin } from './numbers.ts';

/** A person of the demo operator's staff, with the card that opens the demo and what opens the card. */
export type StaffMember = {
  readonly id: 'registrar' | 'reviewer' | 'security-officer' | 'manager' | 'recovery-officer';
  readonly surname: string;
  readonly name: string;
  readonly patronymic: string;
  readonly iin: Iin;
  readonly roles: readonly Role[];
  readonly tokenLabel: string;
  readonly pin: string;
  readonly password: string;
  readonly recognitionPhrase: string;
};

const chance = new Chance(2026);

export const operator: { readonly name: string; readonly bin: Bin } = {
  name: '«Қорған Сауда Алаңы» ЖШС',
  bin: makeBin(chance),
};

export const staff: readonly StaffMember[] = [
  {
    id: 'registrar',
    ...{ surname: 'Төлегенова', name: 'Аружан', patronymic: 'Ерланқызы' },
    iin: makeIin(chance, '1994-03-17', true),
    roles: ['registrar'],
    ...{ tokenLabel: 'A. TOLEGENOVA', pin: '2468', password: 'demo-tirkeu-2026', recognitionPhrase: 'жеті жұлдыз' },
  },
  {
    id: 'reviewer',
    ...{ surname: 'Сейтқали', name: 'Айдос', patronymic: 'Нұрланұлы' },
    iin: makeIin(chance, '1988-11-02', false),
    roles: ['reviewer'],
    ...{ tokenLabel: 'A. SEITKALI', pin: '1357', password: 'demo-sheshim-2026', recognitionPhrase: 'көк құс самғайды' },
  },
  {
    id: 'security-officer',
    ...{ surname: 'Ахметов', name: 'Бауыржан', patronymic: 'Қайратұлы' },
    iin: makeIin(chance, '1981-06-25', false),
    roles: ['security-officer'],
    ...{ tokenLabel: 'B. AKHMETOV', pin: '9753', password: 'demo-kuzet-2026', recognitionPhrase: 'тас қорған' },
  },
  {
    id: 'manager',
    ...{ surname: 'Омарова', name: 'Гүлнар', patronymic: 'Сәкенқызы' },
    iin: makeIin(chance, '1976-09-08', true),
    roles: ['manager'],
    ...{ tokenLabel: 'G. OMAROVA', pin: '8642', password: 'demo-basshy-2026', recognitionPhrase: 'ақ кеме' },
  },
];

/** The third of those who found the platform. The card lies in a safe: no desk of the demonstration reads it. */
export const recoveryOfficer: StaffMember = {
  id: 'recovery-officer',
  ...{ surname: 'Ким', name: 'Олег', patronymic: 'Сергеевич' },
  iin: makeIin(chance, '1979-01-30', false),
  roles: ['security-officer', 'manager'],
  ...{ tokenLabel: 'O. KIM', pin: '5791', password: 'demo-qosalqy-2026', recognitionPhrase: 'терең құдық' },
};

/** One of those who are at the desks. */
export function member(id: StaffMember['id']): StaffMember {
  const found = staff.find((one) => one.id === id);
  if (found === undefined) throw new Error('demo: no such member of staff');
  return found;
}

export function fullName(person: Pick<StaffMember, 'surname' | 'name' | 'patronymic'>): string {
  return `${person.surname} ${person.name} ${person.patronymic}`;
}
