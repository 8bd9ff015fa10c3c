import { assert, fromHex, toHex } from '../../core/kernel/index.ts';

/** The number whose lowest octet stands first, as the national profile writes coordinates, signatures, digests and private keys. */
export function numberOf(octets: Uint8Array): bigint {
  return BigInt(`0x0${toHex(Uint8Array.from(octets).reverse())}`);
}

/** The octets of a number, the lowest first; it must fit. */
export function octetsOf(number: bigint, lengthBytes: number): Uint8Array {
  const hex = number.toString(16).padStart(2 * lengthBytes, '0');
  const octets = fromHex(hex);
  assert(octets.ok && octets.value.length === lengthBytes, 'the number fits its octets');
  return octets.value.reverse();
}
