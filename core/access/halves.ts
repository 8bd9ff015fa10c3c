import { assert, fromHex, ok, refuse, toHex, type Result, type Sha256 } from '../kernel/index.ts';

/** 256 random bits: whoever holds one half knows nothing of the other, nor of the whole. */
export const sealedSecretSizeBytes = 32;
const checksumSizeBytes = 4;
const groupLength = 4;

/** Which of the two sheets. */
export type SheetNumber = 1 | 2;
export type Half = { readonly sheet: SheetNumber; readonly bytes: Uint8Array };

const xor = (one: Uint8Array, other: Uint8Array): Uint8Array => one.map((byte, at) => byte ^ (other[at] ?? 0));

/** Splits a secret: the first half is what chance gave, the second the exclusive or. */
export function splitSecret(secret: Uint8Array, random: Uint8Array): readonly [Half, Half] {
  assert(secret.length === sealedSecretSizeBytes, 'halves: a secret has its length');
  assert(random.length === sealedSecretSizeBytes, 'halves: as much chance as secret');
  return [
    { sheet: 1, bytes: random },
    { sheet: 2, bytes: xor(secret, random) },
  ];
}

function checksum(sha256: Sha256, { sheet, bytes }: Half): Uint8Array {
  return sha256(`qorgan.break-glass-half/1 ${sheet} `, bytes).subarray(0, checksumSizeBytes);
}

/** As it is printed: the number of the sheet and groups of four hexadecimal digits, the last two of which find a slip of the hand. */
export function halfText(sha256: Sha256, half: Half): string {
  const digits = toHex(half.bytes) + toHex(checksum(sha256, half));
  return [String(half.sheet), ...(digits.match(new RegExp(`.{${groupLength}}`, 'gu')) ?? [])].join('-');
}

/** Reads what was typed off a sheet, in either case and with spaces or hyphens anywhere. */
export function parseHalf(sha256: Sha256, typed: string): Result<Half, 'break-glass-half-malformed'> {
  const [, number, digits = ''] = /^([12])([0-9a-f]{72})$/u.exec(typed.toLowerCase().replaceAll(/[\s-]/gu, '')) ?? [];
  const all = fromHex(digits);
  if (number === undefined || !all.ok) return refuse('break-glass-half-malformed');
  const half: Half = { sheet: number === '1' ? 1 : 2, bytes: all.value.subarray(0, sealedSecretSizeBytes) };
  return toHex(checksum(sha256, half)) === toHex(all.value.subarray(sealedSecretSizeBytes))
    ? ok(half)
    : refuse('break-glass-half-malformed');
}

/** The secret of two halves; of one sheet twice there is none. */
export function joinHalves(one: Half, other: Half): Result<Uint8Array, 'break-glass-half-malformed'> {
  return one.sheet === other.sheet ? refuse('break-glass-half-malformed') : ok(xor(one.bytes, other.bytes));
}
