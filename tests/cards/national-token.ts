import { readFileSync } from 'node:fs';
import { fromHex, toHex } from '../../core/kernel/index.ts';
import { digestNumber, multiplyGenerator, nationalProfiles, numberOf, octetsOf } from '../../eds/gost/index.ts';

// The inside of a national token, for `faulty-module.c`: `node national-token.ts FILE MECHANISM INPUT` prints a signature in hexadecimal. FILE says
// the key, which mechanism hashes, and in which orders this token reads digests and writes signatures.
export type TokenDescription = {
  readonly family: 'gost-2004' | 'gost-2015-256' | 'gost-2015-512';
  /** Lower-case hexadecimal. */
  readonly scalar: string;
  /** Mechanisms that hash, hexadecimal as the module writes them. */
  readonly hashing: readonly string[];
  readonly isDigestReversed: boolean;
  readonly signature: 'national' | 'reversed' | 'halves-reversed' | 'halves-swapped';
};

const octets = (hex: string): Uint8Array => {
  const read = fromHex(hex);
  if (!read.ok) throw new Error('hexadecimal was expected');
  return read.value;
};

const [file = '', mechanism = '', input = ''] = process.argv.slice(2);
const token = JSON.parse(readFileSync(file, 'utf8')) as TokenDescription;
const { curve, coordinateBytes: size, digest } = nationalProfiles[token.family];
const given = octets(input);
const hashed = token.hashing.includes(mechanism) ? digest(given) : given;
const isTurned = token.isDigestReversed && !token.hashing.includes(mechanism);
const e = digestNumber(curve, numberOf(isTurned ? Uint8Array.from(hashed).reverse() : hashed));
// One nonce for one message is enough for a test, and makes the token answer the same each time.
const k = (e * 7919n + 1n) % curve.order;
const r = (multiplyGenerator(curve, k)?.x ?? 0n) % curve.order;
const s = (r * BigInt(`0x${token.scalar}`) + k * e) % curve.order;
const [low, high] = [octetsOf(r, size), octetsOf(s, size)];
const orders = {
  national: [...low, ...high],
  reversed: [...low, ...high].reverse(),
  'halves-reversed': [...low.reverse(), ...high.reverse()],
  'halves-swapped': [...octetsOf(s, size), ...octetsOf(r, size)],
};
process.stdout.write(`${toHex(Uint8Array.from(orders[token.signature]))}\n`);
