import { ok, refuse, type Result } from '../kernel/index.ts';

/** Bytes of a text that is ASCII by construction; another character is a bug of the caller and thrown. */
export function asciiBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit > 0x7f) throw new Error('log: the text is ASCII');
    bytes[i] = unit;
  }
  return bytes;
}

/** Reads ASCII only: what our leaves and openings are made of, so that one text has one byte string without a decoder. */
export function asciiText(bytes: Uint8Array): Result<string, 'text-not-ascii'> {
  let text = '';
  for (const byte of bytes) {
    if (byte > 0x7f) return refuse('text-not-ascii');
    text += String.fromCharCode(byte);
  }
  return ok(text);
}

/** Reads a decimal without sign, spaces or leading zeroes, up to 2^53 - 1. */
export function parseDecimal(text: string): Result<number, 'decimal-malformed'> {
  if (!/^(?:0|[1-9][0-9]{0,15})$/u.test(text)) return refuse('decimal-malformed');
  const value = Number(text);
  return Number.isSafeInteger(value) ? ok(value) : refuse('decimal-malformed');
}
