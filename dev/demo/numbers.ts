import { controlDigit, type Bin, type Iin } from '../../core/kernel/index.ts';
import type { Chance } from './chance.ts';

/** An IIN with a right control digit: date of birth, century and sex, serial number. */
export function makeIin(chance: Chance, birthDate: string, isWoman: boolean): Iin {
  const [year = '', month = '', day = ''] = birthDate.split('-');
  const century = Number(year) < 2000 ? 3 : 5;
  for (;;) {
    const start = `${year.slice(2)}${month}${day}${century + (isWoman ? 1 : 0)}${chance.digits(4)}`;
    const control = controlDigit(start);
    if (control !== undefined) return `${start}${control}` as Iin;
  }
}

/** A BIN with a right control digit: year and month of registration, legal entity, head office, serial number. */
export function makeBin(chance: Chance): Bin {
  for (;;) {
    const year = String(chance.between(4, 24)).padStart(2, '0');
    const start = `${year}${String(chance.between(1, 12)).padStart(2, '0')}40${chance.digits(5)}`;
    const control = controlDigit(start);
    if (control !== undefined) return `${start}${control}` as Bin;
  }
}

function remainder97(text: string): number {
  let rest = 0;
  for (const digit of text) rest = (rest * 10 + Number(digit)) % 97;
  return rest;
}

/** An account number with right check digits (ISO 13616). */
export function makeIban(chance: Chance, bankCode: string): string {
  const account = `${bankCode}${chance.digits(13)}`;
  // K and Z stand for 20 and 35.
  const check = 98 - remainder97(`${account}203500`);
  return `KZ${String(check).padStart(2, '0')}${account}`;
}

const dayMs = 86_400_000;

/** A date as text, this many days from a time. */
export function dateText(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

export function daysFrom(nowMs: number, days: number): string {
  return dateText(nowMs + days * dayMs);
}
