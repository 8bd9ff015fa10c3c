import { toHex } from '../../core/kernel/index.ts';
import { decodeOid } from './oid-codec.ts';
import type { DerReader } from './reader.ts';
import { tags } from './tags.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });
const nothing = new Uint8Array(0);

/** Dotted text of an OBJECT IDENTIFIER; empty on a fault. */
export function readOid(reader: DerReader): string {
  const content = reader.content(tags.oid);
  if (reader.fault !== undefined) return '';
  const text = decodeOid(content);
  if (text === undefined) reader.fail('der-value-malformed');
  return text ?? '';
}

/** Content octets of an INTEGER, two's complement, checked to be minimal. */
export function readInteger(reader: DerReader, tag: number = tags.integer): Uint8Array {
  const content = reader.content(tag);
  const [first = 0, second = 0] = content;
  const isPadded = content.length > 1 && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80));
  if (content.length === 0 || isPadded) reader.fail('der-value-malformed');
  return content;
}

/** A non-negative INTEGER below 2^31. */
export function readSmallInteger(reader: DerReader, tag: number = tags.integer): number {
  const content = readInteger(reader, tag);
  if (content.length > 4 || (content[0] ?? 0) >= 0x80) reader.fail('der-value-malformed');
  return content.reduce((value, byte) => value * 256 + byte, 0);
}

/** A serial number as lower-case hexadecimal of its minimal magnitude; a negative one is a fault. */
export function readSerial(reader: DerReader): string {
  const content = readInteger(reader);
  if ((content[0] ?? 0) >= 0x80 || content.length > 21) reader.fail('der-value-malformed');
  return toHex(content.length > 1 && content[0] === 0 ? content.subarray(1) : content);
}

export function readBoolean(reader: DerReader, tag: number = tags.boolean): boolean {
  const content = reader.content(tag);
  const [value] = content;
  if (content.length !== 1 || (value !== 0 && value !== 0xff)) reader.fail('der-value-malformed');
  return value === 0xff;
}

/** Octets of a BIT STRING and the count of bits in its last octet that are not part of it (and must be zero). */
export function readBits(reader: DerReader): { readonly octets: Uint8Array; readonly unusedBits: number } {
  const content = reader.content(tags.bitString);
  const unusedBits = content[0] ?? 8;
  const octets = content.subarray(1);
  const isOverhanging = unusedBits > 7 || (octets.length === 0 && unusedBits !== 0);
  if (isOverhanging || ((octets.at(-1) ?? 0) & ((1 << unusedBits) - 1)) !== 0) reader.fail('der-value-malformed');
  return { octets, unusedBits };
}

/** Octets of a BIT STRING of whole octets: keys and signatures. */
export function readBitOctets(reader: DerReader): Uint8Array {
  const { octets, unusedBits } = readBits(reader);
  if (unusedBits !== 0) reader.fail('der-value-malformed');
  return octets;
}

/** Demands NULL. */
export function readNull(reader: DerReader): void {
  if (reader.content(tags.null).length !== 0) reader.fail('der-value-malformed');
}

/** Text of a directory string: UTF8String, PrintableString, IA5String or BMPString. TeletexString is read as Latin-1. */
export function readText(reader: DerReader): string {
  const tag = reader.peek();
  const content = reader.content(tag);
  switch (tag) {
    case tags.utf8String:
      return decodeUtf8(reader, content);
    case tags.printableString:
    case tags.ia5String:
      if (content.some((byte) => byte > 0x7e || byte < 0x20)) reader.fail('der-value-malformed');
      return latin(content);
    case tags.teletexString:
      return latin(content);
    case tags.bmpString:
      return utf16(reader, content);
    default:
      reader.fail('der-tag-unexpected');
      return '';
  }
}

function decodeUtf8(reader: DerReader, content: Uint8Array): string {
  try {
    return utf8.decode(content);
  } catch {
    // The platform's decoder reports malformed text only by throwing; here that is an expected refusal.
    reader.fail('der-value-malformed');
    return '';
  }
}

function latin(content: Uint8Array): string {
  let text = '';
  for (const byte of content) text += String.fromCharCode(byte);
  return text;
}

function utf16(reader: DerReader, content: Uint8Array): string {
  if (content.length % 2 !== 0) reader.fail('der-value-malformed');
  let text = '';
  for (let i = 0; i + 1 < content.length; i += 2)
    text += String.fromCharCode(((content[i] ?? 0) << 8) | (content[i + 1] ?? 0));
  return text;
}

/** Milliseconds since 1970 of a UTCTime (years 1950–2049) or GeneralizedTime, both with seconds, in UTC, without fractions (RFC 5280 §4.1.2.5). */
export function readTimeMs(reader: DerReader): number {
  const tag = reader.peek();
  if (tag !== tags.utcTime && tag !== tags.generalizedTime) {
    reader.fail(reader.hasMore ? 'der-tag-unexpected' : 'der-truncated');
    return Number.NaN;
  }
  const timeMs = parseTimeMs(reader.content(tag), tag === tags.utcTime ? 2 : 4);
  if (Number.isNaN(timeMs)) reader.fail('der-value-malformed');
  return timeMs;
}

/** The same over bare content octets; NaN where malformed. */
export function parseTimeMs(content: Uint8Array, yearDigits: 2 | 4): number {
  if (content.length !== yearDigits + 11 || content[content.length - 1] !== 0x5a) return Number.NaN;
  const pair = (at: number): number => {
    const tens = (content[at] ?? 0) - 0x30;
    const ones = (content[at + 1] ?? 0) - 0x30;
    return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? Number.NaN : tens * 10 + ones;
  };
  const rest = yearDigits;
  const first = pair(0);
  const year = yearDigits === 4 ? first * 100 + pair(2) : first + (first < 50 ? 2000 : 1900);
  const [month, day, hour, minute, second] = [
    pair(rest),
    pair(rest + 2),
    pair(rest + 4),
    pair(rest + 6),
    pair(rest + 8),
  ];
  const isInRange = month >= 1 && month <= 12 && day >= 1 && hour <= 23 && minute <= 59 && second <= 59;
  if (!isInRange || day > daysIn(year, month) || year < 1) return Number.NaN;
  // Date.UTC reads years 0–99 as 1900–1999; no certificate is that old, so such a year is refused with the rest.
  return year < 100 ? Number.NaN : Date.UTC(year, month - 1, day, hour, minute, second);
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Content octets of an OCTET STRING. */
export function readOctets(reader: DerReader): Uint8Array {
  return reader.hasMore ? reader.content(tags.octetString) : (reader.fail('der-truncated'), nothing);
}
