import { DerReader, openDer, type DerFault, type DerLimits } from './reader.ts';
import { tags } from './tags.ts';
import { concat, element } from './writer.ts';

/**
 * Opens BER (ITU-T X.690 §8) for reading: indefinite lengths and lengths that could be shorter are written anew as DER writes them, and
 * the strict reader reads that, so that nothing about DER is loosened or slowed. Strings in parts stay in parts; `readOctetsInParts` joins
 * them. Bounded like DER: the size before, the depth and the count of elements. Values (BOOLEAN, INTEGER, times) are held to DER.
 */
export function openBer(bytes: Uint8Array, limits: DerLimits): DerReader {
  if (bytes.length > limits.sizeMaxBytes) return failed('der-too-large');
  const walk: Walk = { bytes, elementsLeft: limits.elementsMax, fault: undefined };
  const { parts, end } = rewrite(walk, { from: 0, to: bytes.length, isOpen: false, depthLeft: limits.depthMax });
  if (walk.fault === undefined && end !== bytes.length) walk.fault = 'der-trailing-bytes';
  // Each rewritten header is longer than its original by at most four octets, which the limit of what was given need not cover.
  const sizeMaxBytes = limits.sizeMaxBytes + 4 * limits.elementsMax;
  return walk.fault === undefined ? openDer(concat(parts), { ...limits, sizeMaxBytes }) : failed(walk.fault);
}

/**
 * Content of an OCTET STRING that BER may have cut into parts, which are octet strings again; under another `tag` where it is tagged
 * implicitly. A copy where there were parts, else a view.
 */
export function readOctetsInParts(reader: DerReader, tag: number = tags.octetString): Uint8Array {
  const constructed = tag | constructedBit;
  if (reader.peek() !== constructed) return reader.content(tag);
  const inner = reader.enter(constructed);
  const parts: Uint8Array[] = [];
  while (inner.hasMore) parts.push(readOctetsInParts(inner));
  return concat(parts);
}

type Walk = { readonly bytes: Uint8Array; elementsLeft: number; fault: DerFault | undefined };
type Span = { readonly from: number; readonly to: number; readonly isOpen: boolean; readonly depthLeft: number };
type Header = { readonly tag: number; readonly contentAt: number; readonly length: number | undefined };

const constructedBit = 0x20;
const longFormLengthMaxBytes = 4;

/** The elements of a span as DER; an open span ends with its end-of-contents, and `end` is where reading goes on. */
function rewrite(walk: Walk, span: Span): { readonly parts: readonly Uint8Array[]; readonly end: number } {
  const parts: Uint8Array[] = [];
  let at = span.from;
  while (walk.fault === undefined && (span.isOpen || at < span.to)) {
    if (span.isOpen && walk.bytes[at] === 0 && walk.bytes[at + 1] === 0 && at + 2 <= span.to)
      return { parts, end: at + 2 };
    const header = readHeader(walk, at, span.to);
    if (header === undefined) break;
    const { tag, contentAt, length } = header;
    if ((tag & constructedBit) === 0) {
      at = contentAt + (length ?? 0);
      parts.push(element(tag, walk.bytes.subarray(contentAt, at)));
      continue;
    }
    if (span.depthLeft === 0) walk.fault ??= 'der-too-deep';
    const to = length === undefined ? span.to : contentAt + length;
    const inner = { from: contentAt, to, isOpen: length === undefined, depthLeft: span.depthLeft - 1 };
    const content = walk.fault === undefined ? rewrite(walk, inner) : { parts: [], end: to };
    parts.push(element(tag, ...content.parts));
    at = content.end;
  }
  return { parts, end: at };
}

function readHeader(walk: Walk, at: number, to: number): Header | undefined {
  const refuse = (fault: DerFault): undefined => void (walk.fault ??= fault);
  if (at + 2 > to) return refuse('der-truncated');
  if (walk.elementsLeft === 0) return refuse('der-too-many-elements');
  walk.elementsLeft -= 1;
  const tag = walk.bytes[at] ?? 0;
  // An end-of-contents where no indefinite length is open, and tag numbers from 31 up.
  if (tag === 0 || (tag & 0x1f) === 0x1f) return refuse('der-tag-unsupported');
  const first = walk.bytes[at + 1] ?? 0;
  if (first === 0x80) {
    const isConstructed = (tag & constructedBit) !== 0;
    return isConstructed ? { tag, contentAt: at + 2, length: undefined } : refuse('der-length-indefinite');
  }
  const count = first < 0x80 ? 0 : first & 0x7f;
  if (count > longFormLengthMaxBytes) return refuse('der-too-large');
  const contentAt = at + 2 + count;
  if (contentAt > to) return refuse('der-truncated');
  let length = first < 0x80 ? first : 0;
  for (let i = 0; i < count; i += 1) length = length * 256 + (walk.bytes[at + 2 + i] ?? 0);
  return length > to - contentAt ? refuse('der-truncated') : { tag, contentAt, length };
}

function failed(fault: DerFault): DerReader {
  const nothing = new Uint8Array(0);
  return new DerReader(nothing, { fault, elementsLeft: 0 }, { from: 0, to: 0, depthLeft: 0 });
}
