import { refuse, ok, type Result } from './result.ts';

/** SHA-256 over the concatenation of the parts; a string part counts as its UTF-8 bytes. Passed in, since `core` has no platform. */
export type Sha256 = (...parts: readonly (Uint8Array | string)[]) => Uint8Array;

/** Verifies a 64-byte Ed25519 signature (RFC 8032) by a 32-byte public key over `message` (a string counts as its UTF-8 bytes). */
export type VerifyEd25519 = (publicKey: Uint8Array, message: Uint8Array | string, signature: Uint8Array) => boolean;

/** Verifies a 2420-byte ML-DSA-44 signature (FIPS 204, pure, empty context) by a 1312-byte public key over `message`. */
export type VerifyMlDsa44 = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;

const hexDigits = '0123456789abcdef';
const base64Digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += hexDigits.charAt(byte >> 4) + hexDigits.charAt(byte & 15);
  return text;
}

/** Reads lower-case hexadecimal of even length; anything else is refused. */
export function fromHex(text: string): Result<Uint8Array, 'hex-malformed'> {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/u.test(text)) return refuse('hex-malformed');
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i += 1) bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return ok(bytes);
}

/** Standard base64 with padding (RFC 4648 §4). */
export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const word = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    text += base64Digits.charAt(word >> 18) + base64Digits.charAt((word >> 12) & 63);
    text += left > 1 ? base64Digits.charAt((word >> 6) & 63) : '=';
    text += left > 2 ? base64Digits.charAt(word & 63) : '=';
  }
  return text;
}

const base64Values = new Uint8Array(128);
for (let i = 0; i < base64Digits.length; i += 1) base64Values[base64Digits.charCodeAt(i)] = i;

/** Value of a digit; of padding 0. */
const digitAt = (text: string, at: number): number => base64Values[text.charCodeAt(at)] ?? 0;

/** Reads canonical base64 only: padding present, unused bits zero, so that one byte string has one text. */
export function fromBase64(text: string): Result<Uint8Array, 'base64-malformed'> {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/u.test(text))
    return refuse('base64-malformed');
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  let word = 0;
  for (let i = 0, at = 0; i < text.length; i += 4) {
    word = (digitAt(text, i) << 18) | (digitAt(text, i + 1) << 12) | (digitAt(text, i + 2) << 6) | digitAt(text, i + 3);
    // What lies behind the end of the array is not kept.
    bytes[at++] = word >> 16;
    bytes[at++] = word >> 8;
    bytes[at++] = word;
  }
  const unusedBits = padding === 0 ? 0 : padding === 1 ? word & 0xff : word & 0xff_ff;
  return unusedBits === 0 ? ok(bytes) : refuse('base64-malformed');
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i += 1) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
}
