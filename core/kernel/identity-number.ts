import type { Bin, Iin } from './brand.ts';
import { ok, refuse, type Result } from './result.ts';

const firstWeights = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
const secondWeights = [3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2];

function weighted(digits: readonly number[], weights: readonly number[]): number {
  return weights.reduce((sum, weight, i) => sum + weight * (digits[i] ?? 0), 0) % 11;
}

/** The control digit of an IIN or BIN from its first eleven digits, or `undefined` where the number cannot be issued. */
export function controlDigit(firstEleven: string): number | undefined {
  const digits = [...firstEleven].map(Number);
  const first = weighted(digits, firstWeights);
  const control = first === 10 ? weighted(digits, secondWeights) : first;
  return control === 10 ? undefined : control;
}

function hasControlDigit(text: string): boolean {
  return /^[0-9]{12}$/u.test(text) && controlDigit(text.slice(0, 11)) === Number(text.charAt(11));
}

/** Parses an individual identification number: 12 digits with a right control digit. */
export function parseIin(text: string): Result<Iin, 'iin-malformed'> {
  return hasControlDigit(text) ? ok(text as Iin) : refuse('iin-malformed');
}

/** Parses a business identification number: 12 digits with a right control digit. */
export function parseBin(text: string): Result<Bin, 'bin-malformed'> {
  return hasControlDigit(text) ? ok(text as Bin) : refuse('bin-malformed');
}
