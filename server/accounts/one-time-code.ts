import type { Surroundings } from '../platform/index.ts';

/** Crockford's alphabet: nothing that a person mistakes when he reads it out. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const groupLength = 4;

/** A code of `groups` groups of four symbols, five random bits each. */
export function oneTimeCode({ randomBytes }: Surroundings, groups: number): string {
  const random = randomBytes(groups * groupLength);
  const symbols = [...random].map((byte) => alphabet.charAt(byte & 31));
  return Array.from({ length: groups }, (_, i) => symbols.slice(i * groupLength, (i + 1) * groupLength).join('')).join(
    '-',
  );
}
