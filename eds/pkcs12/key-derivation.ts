import { hash } from 'node:crypto';

/** Digests of PKCS#12: the name in node:crypto, octets of its output and of its block. */
export type DerivationDigest = { readonly name: string; readonly outputBytes: number; readonly blockBytes: number };

/** What the derived octets are for (RFC 7292 §B.3). */
export const derivationPurpose = { encryptionKey: 1, initialValue: 2, macKey: 3 } as const;

export type DerivationRequest = {
  readonly digest: DerivationDigest;
  readonly purpose: number;
  /** UTF-16, big-endian, with two octets of zero at the end (`passwordText`). */
  readonly password: Uint8Array;
  readonly salt: Uint8Array;
  readonly iterations: number;
  readonly sizeBytes: number;
};

/** Derives octets from a password as PKCS#12 does (RFC 7292 §B.2). The work is `iterations` digests for each output block. */
export function deriveOctets(request: DerivationRequest): Uint8Array {
  const { digest, purpose, iterations, sizeBytes } = request;
  const diversifier = new Uint8Array(digest.blockBytes).fill(purpose);
  const input = Buffer.concat([filled(request.salt, digest.blockBytes), filled(request.password, digest.blockBytes)]);
  const output = new Uint8Array(sizeBytes);
  for (let at = 0; at < sizeBytes; at += digest.outputBytes) {
    let block = hash(digest.name, Buffer.concat([diversifier, input]), 'buffer');
    for (let i = 1; i < iterations; i += 1) block = hash(digest.name, block, 'buffer');
    output.set(block.subarray(0, sizeBytes - at), at);
    addToEach(input, filled(block, digest.blockBytes));
  }
  input.fill(0);
  return output;
}

/** The octets again and again, up to a multiple of the block. */
function filled(octets: Uint8Array, blockBytes: number): Uint8Array {
  const size = blockBytes * Math.ceil(octets.length / blockBytes);
  return Uint8Array.from({ length: size }, (_, i) => octets[i % octets.length] ?? 0);
}

/** Adds `addend` + 1 to every block of `input`, as big-endian numbers modulo their width. */
function addToEach(input: Uint8Array, addend: Uint8Array): void {
  for (let at = 0; at < input.length; at += addend.length) {
    let carry = 1;
    for (let i = addend.length - 1; i >= 0; i -= 1) {
      carry += (input[at + i] ?? 0) + (addend[i] ?? 0);
      input[at + i] = carry;
      carry >>= 8;
    }
  }
}

/**
 * The password as PKCS#12 wants it: UTF-16 big-endian and two zero octets, from UTF-8, without a string in between, which nobody could
 * wipe. `undefined` where it is not UTF-8. The caller wipes it.
 */
export function passwordText(utf8: Uint8Array): Uint8Array | undefined {
  // One octet of UTF-8 gives at most one unit of UTF-16.
  const text = new Uint8Array(2 * utf8.length + 2);
  let size = 0;
  const put = (unit: number): void => {
    text[size] = unit >> 8;
    text[size + 1] = unit;
    size += 2;
  };
  for (let at = 0; at < utf8.length;) {
    const first = utf8[at] ?? 0;
    const length = first < 0x80 ? 1 : first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : 4;
    if (first >= 0xf5 || (first >= 0x80 && first < 0xc2) || at + length > utf8.length) return undefined;
    let point = length === 1 ? first : first & (0xff >> (length + 1));
    for (let i = 1; i < length; i += 1) {
      const next = utf8[at + i] ?? 0;
      if ((next & 0xc0) !== 0x80) return undefined;
      point = (point << 6) | (next & 0x3f);
    }
    const isOverlong = (length === 3 && point < 0x800) || (length === 4 && point < 0x10000);
    if (isOverlong || point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) return undefined;
    if (point > 0xffff) {
      put(0xd800 + ((point - 0x10000) >> 10));
      put(0xdc00 + ((point - 0x10000) & 0x3ff));
    } else put(point);
    at += length;
  }
  return text.subarray(0, size + 2);
}
