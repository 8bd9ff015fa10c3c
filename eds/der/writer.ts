import { assert, fromHex } from '../../core/kernel/index.ts';
import { encodeOid } from './oid-codec.ts';
import { contextTag, tags } from './tags.ts';

const utf8 = new TextEncoder();

/** Bytes one after the other. */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** One element: identifier octet, minimal definite length, content. */
export function element(tag: number, ...content: readonly Uint8Array[]): Uint8Array {
  const length = content.reduce((size, part) => size + part.length, 0);
  const octets: number[] = [];
  for (let left = length; left > 0; left = Math.floor(left / 256)) octets.unshift(left % 256);
  const header = length < 0x80 ? [tag, length] : [tag, 0x80 | octets.length, ...octets];
  return concat([Uint8Array.from(header), ...content]);
}

export function sequence(...parts: readonly Uint8Array[]): Uint8Array {
  return element(tags.sequence, ...parts);
}

/** SET OF: the elements are put in DER order. */
export function setOf(...parts: readonly Uint8Array[]): Uint8Array {
  return element(tags.set, ...[...parts].sort(compareBytes));
}

/** `[number]` with explicit tagging. */
export function tagged(number: number, ...parts: readonly Uint8Array[]): Uint8Array {
  return element(contextTag(number), ...parts);
}

/** `[number]` with implicit tagging of a primitive type. */
export function taggedPrimitive(number: number, content: Uint8Array): Uint8Array {
  return element(contextTag(number, 'primitive'), content);
}

/** A whole element under another identifier octet: implicit tagging of what is already encoded. */
export function retagged(tag: number, encoded: Uint8Array): Uint8Array {
  // Not `slice`, which shares memory when the octets are a Node Buffer.
  const copy = Uint8Array.from(encoded);
  copy[0] = tag;
  return copy;
}

export function objectIdentifier(text: string): Uint8Array {
  return element(tags.oid, encodeOid(text));
}

/** A non-negative INTEGER from a number or from the big-endian octets of its magnitude. */
export function integer(value: number | Uint8Array): Uint8Array {
  const octets = typeof value === 'number' ? numberOctets(value) : value;
  let from = 0;
  while (from < octets.length - 1 && octets[from] === 0) from += 1;
  const magnitude = octets.subarray(from);
  const needsZero = magnitude.length === 0 || (magnitude[0] ?? 0) >= 0x80;
  return element(tags.integer, ...(needsZero ? [Uint8Array.of(0)] : []), magnitude);
}

/** An INTEGER from lower-case hexadecimal, as serial numbers are kept. */
export function integerFromHex(hex: string): Uint8Array {
  const octets = fromHex(hex.length % 2 === 0 ? hex : `0${hex}`);
  assert(octets.ok, 'serial numbers are hexadecimal');
  return integer(octets.value);
}

function numberOctets(value: number): Uint8Array {
  assert(Number.isSafeInteger(value) && value >= 0, 'DER integers from numbers are safe and not negative');
  const octets: number[] = [];
  for (let left = value; left > 0; left = Math.floor(left / 256)) octets.unshift(left % 256);
  return Uint8Array.from(octets);
}

export function boolean(value: boolean): Uint8Array {
  return element(tags.boolean, Uint8Array.of(value ? 0xff : 0));
}

export function nullValue(): Uint8Array {
  return element(tags.null);
}

export function octetString(content: Uint8Array): Uint8Array {
  return element(tags.octetString, content);
}

export function bitString(octets: Uint8Array, unusedBits = 0): Uint8Array {
  return element(tags.bitString, Uint8Array.of(unusedBits), octets);
}

/** Named bits (keyUsage): bit numbers from the left, trailing zero bits removed as DER demands. */
export function namedBits(numbers: readonly number[]): Uint8Array {
  const highest = Math.max(-1, ...numbers);
  const octets = new Uint8Array(Math.ceil((highest + 1) / 8));
  for (const bit of numbers) octets[bit >> 3] = (octets[bit >> 3] ?? 0) | (0x80 >> (bit & 7));
  return bitString(octets, octets.length * 8 - (highest + 1));
}

export function utf8String(text: string): Uint8Array {
  return element(tags.utf8String, utf8.encode(text));
}

export function printableString(text: string): Uint8Array {
  return element(tags.printableString, utf8.encode(text));
}

export function ia5String(text: string): Uint8Array {
  return element(tags.ia5String, utf8.encode(text));
}

export function enumerated(value: number): Uint8Array {
  return element(tags.enumerated, Uint8Array.of(value));
}

/** UTCTime up to 2049 and GeneralizedTime from 2050 on, whole seconds (RFC 5280 §4.1.2.5). */
export function time(timeMs: number): Uint8Array {
  const digits = timeDigits(timeMs);
  const isUtcTime = digits >= '1950' && digits < '2050';
  return isUtcTime ? element(tags.utcTime, utf8.encode(digits.slice(2))) : generalizedTime(timeMs);
}

/** GeneralizedTime for every year, whole seconds: what OCSP and time-stamps demand. */
export function generalizedTime(timeMs: number): Uint8Array {
  return element(tags.generalizedTime, utf8.encode(timeDigits(timeMs)));
}

function timeDigits(timeMs: number): string {
  return `${new Date(timeMs).toISOString().replaceAll(/[-:T]/gu, '').slice(0, 14)}Z`;
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i += 1) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
