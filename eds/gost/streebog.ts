import { accumulate, setLength } from './block-sum.ts';
import { roundConstants, tables } from './streebog-tables.ts';

// RFC 6986. Numbers of 512 bits are 16 words of 32 bits, the lowest first: the order in which octets of a message stand.

const blockBytes = 64;
const words = 16;
const { low, high } = tables;

/** Streebog (GOST R 34.11-2012, ST RK GOST R 34.11-2015) in the octet order of RFC 6986 implementations: the lowest octet first. */
export function streebog512(content: Uint8Array): Uint8Array {
  return octetsOf(hash(content, 0));
}

/** The variant of 256 bits: another start, and the upper half of the result. */
export function streebog256(content: Uint8Array): Uint8Array {
  return octetsOf(hash(content, 0x0101_0101)).subarray(32);
}

function octetsOf(state: Int32Array): Uint8Array {
  return new Uint8Array(state.buffer);
}

function hash(content: Uint8Array, start: number): Int32Array {
  const state = new Int32Array(words).fill(start);
  const block = new Int32Array(words);
  const octets = new Uint8Array(block.buffer);
  const processed = new Int32Array(words);
  const sum = new Int32Array(words);
  let at = 0;
  for (; at + blockBytes <= content.length; at += blockBytes) {
    octets.set(content.subarray(at, at + blockBytes));
    compress(state, processed, block);
    setLength(processed, at + blockBytes);
    accumulate(sum, block);
  }
  octets.fill(0);
  octets.set(content.subarray(at));
  octets[content.length - at] = 1;
  compress(state, processed, block);
  setLength(processed, content.length);
  accumulate(sum, block);
  const zero = new Int32Array(words);
  compress(state, zero, processed);
  compress(state, zero, sum);
  return state;
}

// Scratch of one compression: JavaScript runs one at a time.
const key = new Int32Array(words);
const inner = new Int32Array(words);
const mixed = new Int32Array(words);

/** g_N (§8): state ← E(LPS(state ⊕ N), block) ⊕ state ⊕ block. */
function compress(state: Int32Array, processed: Int32Array, block: Int32Array): void {
  addTo(mixed, state, processed);
  substitute(key, mixed);
  inner.set(block);
  for (const constant of roundConstants) {
    addTo(mixed, inner, key);
    substitute(inner, mixed);
    addTo(mixed, key, constant);
    substitute(key, mixed);
  }
  for (let i = 0; i < words; i += 1) state[i] = (state[i] ?? 0) ^ (inner[i] ?? 0) ^ (key[i] ?? 0) ^ (block[i] ?? 0);
}

function addTo(target: Int32Array, a: Int32Array, b: Int32Array): void {
  for (let i = 0; i < words; i += 1) target[i] = (a[i] ?? 0) ^ (b[i] ?? 0);
}

/** LPS: an octet of the result's word `i` comes from the octets number `i` of all eight words. */
function substitute(target: Int32Array, from: Int32Array): void {
  for (let half = 0; half < 2; half += 1) {
    const w0 = from[half] ?? 0;
    const w1 = from[2 + half] ?? 0;
    const w2 = from[4 + half] ?? 0;
    const w3 = from[6 + half] ?? 0;
    const w4 = from[8 + half] ?? 0;
    const w5 = from[10 + half] ?? 0;
    const w6 = from[12 + half] ?? 0;
    const w7 = from[14 + half] ?? 0;
    for (let i = 0; i < 4; i += 1) {
      const shift = 8 * i;
      const i0 = (w0 >>> shift) & 255;
      const i1 = ((w1 >>> shift) & 255) + 256;
      const i2 = ((w2 >>> shift) & 255) + 512;
      const i3 = ((w3 >>> shift) & 255) + 768;
      const i4 = ((w4 >>> shift) & 255) + 1024;
      const i5 = ((w5 >>> shift) & 255) + 1280;
      const i6 = ((w6 >>> shift) & 255) + 1536;
      const i7 = ((w7 >>> shift) & 255) + 1792;
      const at = 2 * (4 * half + i);
      target[at] =
        (low[i0] ?? 0) ^
        (low[i1] ?? 0) ^
        (low[i2] ?? 0) ^
        (low[i3] ?? 0) ^
        (low[i4] ?? 0) ^
        (low[i5] ?? 0) ^
        (low[i6] ?? 0) ^
        (low[i7] ?? 0);
      target[at + 1] =
        (high[i0] ?? 0) ^
        (high[i1] ?? 0) ^
        (high[i2] ?? 0) ^
        (high[i3] ?? 0) ^
        (high[i4] ?? 0) ^
        (high[i5] ?? 0) ^
        (high[i6] ?? 0) ^
        (high[i7] ?? 0);
    }
  }
}
