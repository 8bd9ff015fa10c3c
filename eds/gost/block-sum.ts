/** Adds a block to the running sum of all blocks, both as numbers of 32-bit words, the lowest first; what overflows is dropped. */
export function accumulate(sum: Int32Array, block: Int32Array): void {
  let carry = 0;
  for (let i = 0; i < sum.length; i += 1) {
    const total = ((sum[i] ?? 0) >>> 0) + ((block[i] ?? 0) >>> 0) + carry;
    sum[i] = total;
    carry = total >= 2 ** 32 ? 1 : 0;
  }
}

/** Writes the count of bits that were hashed; a content in memory never reaches 2^53 of them. */
export function setLength(words: Int32Array, lengthBytes: number): void {
  words[0] = lengthBytes << 3;
  words[1] = Math.floor(lengthBytes / 2 ** 29);
}
