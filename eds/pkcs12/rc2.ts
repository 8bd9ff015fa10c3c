import { assert, fromHex } from '../../core/kernel/index.ts';

/** The permutation of RFC 2268 §2, from the digits of pi. */
const piTable = octetsOf(
  'd978f9c419ddb5ed28e9fd794aa0d89dc67e37832b76538e624c6488448bfba2179a59f587b34f1361456d8d09817d32' +
    'bd8f40eb86b77b0bf09521225c6b4e8254d66593ce60b21c7356c014a78cf1dc1275ca1f3bbee4d1423dd430a33cb626' +
    '6fbf0eda4669075727f21d9bbc944303f811c7f690ef3ee706c3d52fc8661ed708e8eade8052eef784aa72ac354d6a2a' +
    '961ad2715a1549744b9fd05e0418a4ecc2e0416e0f51cbcc2491af50a1f47039997c3a8523b8b47afc02365b25559731' +
    '2d5dfa98e38a92ae05df2910676cbac9d300e6cfe19ea82c6316013f58e289a90d38341bab33ffb0bb480c5fb9b1cd2e' +
    'c5f3db47e5a59c770aa62068fe7fc1ad',
);

function octetsOf(hex: string): Uint8Array {
  const octets = fromHex(hex);
  assert(octets.ok, 'the table is hexadecimal');
  return octets.value;
}

const blockBytes = 8;
const rotations = [1, 2, 3, 5] as const;

/** 64 words of 16 bits from a key whose effective length is its whole length (RFC 2268 §2). */
function expandKey(key: Uint8Array): Uint16Array {
  const octets = new Uint8Array(128);
  octets.set(key);
  for (let i = key.length; i < 128; i += 1)
    octets[i] = piTable[((octets[i - 1] ?? 0) + (octets[i - key.length] ?? 0)) & 0xff] ?? 0;
  octets[128 - key.length] = piTable[octets[128 - key.length] ?? 0] ?? 0;
  for (let i = 127 - key.length; i >= 0; i -= 1)
    octets[i] = piTable[(octets[i + 1] ?? 0) ^ (octets[i + key.length] ?? 0)] ?? 0;
  const words = Uint16Array.from({ length: 64 }, (_, i) => (octets[2 * i] ?? 0) | ((octets[2 * i + 1] ?? 0) << 8));
  octets.fill(0);
  return words;
}

/** Undoes one mixing round (§4.1): the four words from the last to the first. */
function unmix(block: Uint16Array, words: Uint16Array, round: number): void {
  for (let i = 3; i >= 0; i -= 1) {
    const by = rotations[i] ?? 1;
    const word = block[i] ?? 0;
    const [before, between, after] = [block[(i + 3) & 3] ?? 0, block[(i + 2) & 3] ?? 0, block[(i + 1) & 3] ?? 0];
    const turned = (word >>> by) | (word << (16 - by));
    block[i] = turned - (words[4 * round + i] ?? 0) - (before & between) - (~before & after);
  }
}

/** Undoes one mashing round (§4.2). */
function unmash(block: Uint16Array, words: Uint16Array): void {
  for (let i = 3; i >= 0; i -= 1) block[i] = (block[i] ?? 0) - (words[(block[(i + 3) & 3] ?? 0) & 63] ?? 0);
}

function decryptBlock(words: Uint16Array, input: Uint8Array): Uint8Array {
  const block = Uint16Array.from({ length: 4 }, (_, i) => (input[2 * i] ?? 0) | ((input[2 * i + 1] ?? 0) << 8));
  for (let round = 15; round >= 0; round -= 1) {
    unmix(block, words, round);
    if (round === 11 || round === 5) unmash(block, words);
  }
  return Uint8Array.from({ length: blockBytes }, (_, i) => (block[i >> 1] ?? 0) >>> (8 * (i & 1)));
}

/**
 * Decrypts RC2 in CBC mode (RFC 2268), the cipher of the certificates in the national authority's key files, which OpenSSL 3 no longer
 * carries by default. Effective key length = length of the key (5 or 16 octets here). `undefined` where the length or the padding is wrong.
 * For files only: 40 bits protect nothing.
 */
export function decryptRc2(key: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array): Uint8Array | undefined {
  if (ciphertext.length === 0 || ciphertext.length % blockBytes !== 0) return undefined;
  const words = expandKey(key);
  const plaintext = new Uint8Array(ciphertext.length);
  let previous = iv;
  for (let at = 0; at < ciphertext.length; at += blockBytes) {
    const input = ciphertext.subarray(at, at + blockBytes);
    decryptBlock(words, input).forEach((octet, i) => (plaintext[at + i] = octet ^ (previous[i] ?? 0)));
    previous = input;
  }
  words.fill(0);
  const padding = plaintext.at(-1) ?? 0;
  const isPadded = padding >= 1 && padding <= blockBytes && plaintext.subarray(-padding).every((o) => o === padding);
  return isPadded ? plaintext.subarray(0, plaintext.length - padding) : undefined;
}
