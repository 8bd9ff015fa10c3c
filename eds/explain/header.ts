/** One identifier with its length, as BER allows them: an explanation must also show what a strict reader refuses. */
export type Header = {
  readonly class: 'universal' | 'application' | 'context' | 'private';
  readonly isConstructed: boolean;
  readonly number: number;
  readonly contentAt: number;
  /** Where the content ends; `undefined` for an indefinite length, which ends with two zero octets. */
  readonly end: number | undefined;
};

const classes = ['universal', 'application', 'context', 'private'] as const;
/** Tag numbers beyond 2^28 and lengths beyond 2^32 are in no file that fits into memory. */
const numberOctetsMax = 4;

/** Reads the header at `at`; `undefined` where there is none or its content would pass `to`. */
export function headerAt(bytes: Uint8Array, at: number, to: number): Header | undefined {
  const first = bytes[at] ?? 0;
  let next = at + 1;
  let number = first & 0x1f;
  if (number === 0x1f) {
    number = 0;
    let octet = 0x80;
    for (let count = 0; octet >= 0x80; count += 1, next += 1) {
      if (count === numberOctetsMax || next >= to) return undefined;
      octet = bytes[next] ?? 0;
      number = number * 128 + (octet & 0x7f);
    }
  }
  const length = lengthAt(bytes, next, to);
  if (length === undefined) return undefined;
  const { contentAt, lengthBytes } = length;
  const end = lengthBytes === undefined ? undefined : contentAt + lengthBytes;
  const isConstructed = (first & 0x20) !== 0;
  if (end === undefined ? !isConstructed : end > to) return undefined;
  return { class: classes[first >> 6] ?? 'universal', isConstructed, number, contentAt, end };
}

function lengthAt(
  bytes: Uint8Array,
  at: number,
  to: number,
): { readonly contentAt: number; readonly lengthBytes: number | undefined } | undefined {
  if (at >= to) return undefined;
  const first = bytes[at] ?? 0;
  if (first < 0x80) return { contentAt: at + 1, lengthBytes: first };
  const count = first & 0x7f;
  if (count === 0) return { contentAt: at + 1, lengthBytes: undefined };
  if (count > numberOctetsMax || at + count >= to) return undefined;
  let lengthBytes = 0;
  for (let i = 1; i <= count; i += 1) lengthBytes = lengthBytes * 256 + (bytes[at + i] ?? 0);
  return { contentAt: at + 1 + count, lengthBytes };
}

/** True for the two zero octets that end an indefinite length. */
export function isEndOfContents(bytes: Uint8Array, at: number, to: number): boolean {
  return at + 2 <= to && bytes[at] === 0 && bytes[at + 1] === 0;
}
