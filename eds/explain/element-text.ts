import { decodeOid, parseTimeMs, tags } from '../der/index.ts';
import type { Header } from './header.ts';
import { oidText } from './oid-text.ts';
import { neutralised, shortHex, timeText } from './text.ts';

/** Names of universal types (X.680 §8.4). */
const typeNames: Readonly<Record<number, string>> = {
  1: 'BOOLEAN',
  2: 'INTEGER',
  3: 'BIT STRING',
  4: 'OCTET STRING',
  5: 'NULL',
  6: 'OBJECT IDENTIFIER',
  10: 'ENUMERATED',
  12: 'UTF8String',
  16: 'SEQUENCE',
  17: 'SET',
  18: 'NumericString',
  19: 'PrintableString',
  20: 'TeletexString',
  22: 'IA5String',
  23: 'UTCTime',
  24: 'GeneralizedTime',
  26: 'VisibleString',
  27: 'GeneralString',
  28: 'UniversalString',
  30: 'BMPString',
};

/** The type of an element in the notation of ASN.1: `SEQUENCE`, `[0]`, `[APPLICATION 3]`. */
export function typeText(header: Header): string {
  if (header.class === 'universal') return typeNames[header.number] ?? `[UNIVERSAL ${header.number}]`;
  const prefix = header.class === 'context' ? '' : `${header.class.toUpperCase()} `;
  return `[${prefix}${header.number}]`;
}

/** Whole integers that a double holds exactly. */
const smallIntegerMaxBytes = 6;
/** Shorter octets that happen to be letters are more likely a number. */
const textMinBytes = 4;
/** A text is shown up to 200 characters, so no more octets of it are decoded. */
const textMaxBytes = 800;

/** The value of a primitive element for a reader's eye. */
export function valueText(header: Header, content: Uint8Array): string {
  if (header.class !== 'universal') return looksLikeText(content) ? textOf(content) : shortHex(content);
  switch (header.number) {
    case tags.boolean:
      return content.length === 1 ? ((content[0] ?? 0) === 0 ? 'FALSE' : 'TRUE') : shortHex(content);
    case tags.integer:
    case tags.enumerated:
      return integerText(content);
    case tags.bitString:
      return bitsText(content);
    case tags.null:
      return shortHex(content);
    case tags.oid: {
      const oid = decodeOid(content);
      return oid === undefined ? shortHex(content) : oidText(oid);
    }
    case tags.utcTime:
    case tags.generalizedTime: {
      const timeMs = parseTimeMs(content, header.number === tags.utcTime ? 2 : 4);
      return Number.isNaN(timeMs) ? textOf(content) : timeText(timeMs);
    }
    case tags.bmpString:
      return neutralised(new TextDecoder('utf-16be').decode(content.subarray(0, textMaxBytes)));
    case tags.octetString:
      return shortHex(content);
    default:
      return typeNames[header.number] === undefined ? shortHex(content) : textOf(content);
  }
}

function integerText(content: Uint8Array): string {
  if (content.length === 0 || content.length > smallIntegerMaxBytes) return shortHex(content);
  const magnitude = content.reduce((value, octet) => value * 256 + octet, 0);
  return String((content[0] ?? 0) >= 0x80 ? magnitude - 256 ** content.length : magnitude);
}

function bitsText(content: Uint8Array): string {
  const unused = content[0] ?? 0;
  const octets = shortHex(content.subarray(1));
  return unused === 0 ? octets : `${octets} (-${unused})`;
}

function looksLikeText(content: Uint8Array): boolean {
  return content.length >= textMinBytes && content.every((octet) => octet >= 0x20 && octet < 0x7f);
}

/** Malformed UTF-8 shows as U+FFFD. */
function textOf(content: Uint8Array): string {
  return neutralised(new TextDecoder('utf-8').decode(content.subarray(0, textMaxBytes)));
}
