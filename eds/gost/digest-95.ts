import { accumulate, setLength } from './block-sum.ts';

// GOST 34.311-95, the national edition of GOST R 34.11-94 (RFC 5831), with the S-box that the national register calls the test parameters.
// Numbers of 256 bits are words of 32 bits, the lowest first: the order in which octets of a message stand.

const blockBytes = 32;
const words = 8;

/** Rows K1 to K8 of the S-box id-GostR3411-94-TestParamSet (RFC 5831 §7), each the images of 0 to f; K1 is for the lowest four bits. */
const substitutionRows = [
  '4a92d80e6b1c7f53',
  'eb4c6dfa23810759',
  '581da342efc7609b',
  '7da1089fe46cb253',
  '6c715fd84a9e03b2',
  '4ba0721d36859cfe',
  'db413f590ae7682c',
  '1fd057a4923e6b8c',
];

/** C3 of the key schedule (§5.1); C2 and C4 are zero. */
const c3 = Int32Array.of(
  ...[0xff00ff00, 0xff00ff00, 0x00ff00ff, 0x00ff00ff, 0x00ffff00, 0xff0000ff, 0x000000ff, 0xff00ffff],
);

/** Substitution of an octet and the rotation by 11 bits after it in one look-up: entry `256 * octet number + octet`. */
const rounds = roundTable();

function roundTable(): Int32Array {
  const table = new Int32Array(4 * 256);
  const image = (row: number, nibble: number): number => Number.parseInt(substitutionRows[row]?.[nibble] ?? '', 16);
  for (let place = 0; place < 4; place += 1) {
    for (let octet = 0; octet < 256; octet += 1) {
      const value = image(2 * place, octet & 15) | (image(2 * place + 1, octet >> 4) << 4);
      const placed = value << (8 * place);
      table[256 * place + octet] = (placed << 11) | (placed >>> 21);
    }
  }
  return table;
}

/** The digest, 32 octets, the lowest first. */
export function digest95(content: Uint8Array): Uint8Array {
  const state = new Int32Array(words);
  const block = new Int32Array(words);
  const octets = new Uint8Array(block.buffer);
  const sum = new Int32Array(words);
  for (let at = 0; at < content.length; at += blockBytes) {
    octets.fill(0);
    octets.set(content.subarray(at, at + blockBytes));
    compress(state, block);
    accumulate(sum, block);
  }
  block.fill(0);
  setLength(block, content.length);
  compress(state, block);
  compress(state, sum);
  return new Uint8Array(state.buffer);
}

/** χ (§5): keys from state and block, four encryptions of the state, and the mixing of all three. */
function compress(state: Int32Array, block: Int32Array): void {
  const mixed = new Int32Array(words);
  const u = state.slice();
  const v = block.slice();
  for (let i = 0; i < 4; i += 1) {
    if (i > 0) {
      shift(u);
      if (i === 2) addTo(u, c3);
      shift(v);
      shift(v);
    }
    encrypt(keyOf(u, v), state, mixed, 2 * i);
  }
  const halves = new Uint16Array(mixed.buffer);
  mix(halves, 12);
  addTo(mixed, block);
  mix(halves, 1);
  addTo(mixed, state);
  mix(halves, 61);
  state.set(mixed);
}

function addTo(target: Int32Array, other: Int32Array): void {
  for (let i = 0; i < words; i += 1) target[i] = (target[i] ?? 0) ^ (other[i] ?? 0);
}

/** A (§5.1): words of 64 bits y4 y3 y2 y1 become y1⊕y2, y4, y3, y2. */
function shift(value: Int32Array): void {
  const low = (value[0] ?? 0) ^ (value[2] ?? 0);
  const high = (value[1] ?? 0) ^ (value[3] ?? 0);
  value.copyWithin(0, 2);
  value[6] = low;
  value[7] = high;
}

/** P (§5.1) of the sum: octet `i + 4k` of the key is octet `8i + k`. */
function keyOf(u: Int32Array, v: Int32Array): Int32Array {
  const sum = u.slice();
  addTo(sum, v);
  const from = new Uint8Array(sum.buffer);
  const key = new Uint8Array(blockBytes);
  for (let i = 0; i < 4; i += 1) for (let k = 0; k < 8; k += 1) key[i + 4 * k] = from[8 * i + k] ?? 0;
  return new Int32Array(key.buffer);
}

/** GOST 28147-89 in the mode of simple substitution (RFC 5830 §5) on the 64 bits at `at`. */
function encrypt(key: Int32Array, from: Int32Array, target: Int32Array, at: number): void {
  let low = from[at] ?? 0;
  let high = from[at + 1] ?? 0;
  for (let round = 0; round < 32; round += 1) {
    const sum = (low + (key[round < 24 ? round & 7 : 31 - round] ?? 0)) | 0;
    const image =
      (rounds[sum & 255] ?? 0) ^
      (rounds[256 + ((sum >>> 8) & 255)] ?? 0) ^
      (rounds[512 + ((sum >>> 16) & 255)] ?? 0) ^
      (rounds[768 + (sum >>> 24)] ?? 0);
    [low, high] = [high ^ image, low];
  }
  // The last round does not change places.
  target[at] = high;
  target[at + 1] = low;
}

/** ψ (§5.3), so many times: the register moves by 16 bits, and what enters at the top is a sum of six of its cells. */
function mix(cells: Uint16Array, times: number): void {
  for (let i = 0; i < times; i += 1) {
    const entering =
      (cells[0] ?? 0) ^ (cells[1] ?? 0) ^ (cells[2] ?? 0) ^ (cells[3] ?? 0) ^ (cells[12] ?? 0) ^ (cells[15] ?? 0);
    cells.copyWithin(0, 1);
    cells[15] = entering;
  }
}
