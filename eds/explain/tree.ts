import { tags } from '../der/index.ts';
import { typeText, valueText } from './element-text.ts';
import { headerAt, isEndOfContents, type Header } from './header.ts';

/** One element of the tree. */
export type ElementLine = {
  readonly kind: 'element';
  readonly depth: number;
  /** Where the element begins in the explained octets. */
  readonly offset: number;
  /** Octets of identifier and length. */
  readonly headerBytes: number;
  /** Octets of content; `undefined` where the length is indefinite. */
  readonly contentBytes: number | undefined;
  /** Type in the notation of ASN.1. */
  readonly type: string;
  /** Of a primitive element: what it holds, safe for a terminal. */
  readonly value: string | undefined;
};

/** From this octet on nothing can be read as an element, or it is nested too deep to follow. */
export type FaultLine = {
  readonly kind: 'fault';
  readonly depth: number;
  readonly offset: number;
  readonly fault: 'not-an-element' | 'too-deep';
};

/** Signatures with time-stamps nest 24 deep. */
const depthMax = 48;
/** Octets looked at in search of elements wrapped in strings: real ones are small, and a large attached document must not buy a long look. */
const peekBudgetBytes = 4 * 1024 * 1024;

type Walk = {
  readonly bytes: Uint8Array;
  readonly lines: (ElementLine | FaultLine)[];
  readonly linesMax: number;
  peekBytesLeft: number;
};

/**
 * The elements of DER or BER in their order, at most `linesMax` of them; strings that wrap whole elements are entered. It never throws and never looks
 * at more than the given octets; its work is bounded by `linesMax` and the length.
 */
export function treeLines(bytes: Uint8Array, linesMax: number): readonly (ElementLine | FaultLine)[] {
  const walk: Walk = { bytes, lines: [], linesMax, peekBytesLeft: peekBudgetBytes };
  walkElements(walk, { at: 0, to: bytes.length, depth: 0, isOpenEnded: false });
  return walk.lines;
}

type Span = { readonly at: number; readonly to: number; readonly depth: number; readonly isOpenEnded: boolean };

/** Walks the elements of a span; answers where it ended, or -1 after a fault or once the lines are full. */
function walkElements(walk: Walk, span: Span): number {
  const { bytes, lines } = walk;
  const { to, depth, isOpenEnded } = span;
  let { at } = span;
  while (at < to) {
    if (isOpenEnded && isEndOfContents(bytes, at, to)) return at + 2;
    if (lines.length >= walk.linesMax) return -1;
    const header = headerAt(bytes, at, to);
    if (header === undefined || depth > depthMax) {
      lines.push({ kind: 'fault', depth, offset: at, fault: header === undefined ? 'not-an-element' : 'too-deep' });
      return -1;
    }
    at = walkElement(walk, { header, at, to, depth });
    if (at < 0) return -1;
  }
  return at;
}

type Place = { readonly header: Header; readonly at: number; readonly to: number; readonly depth: number };

function walkElement(walk: Walk, { header, at, to, depth }: Place): number {
  const { contentAt, end } = header;
  const content = walk.bytes.subarray(contentAt, end ?? contentAt);
  const wrapped = wrappedAt(walk, header, content);
  const isOpened = header.isConstructed || wrapped !== undefined;
  walk.lines.push({
    kind: 'element',
    depth,
    offset: at,
    headerBytes: contentAt - at,
    contentBytes: end === undefined ? undefined : end - contentAt,
    type: typeText(header),
    value: isOpened ? undefined : valueText(header, content),
  });
  if (!isOpened) return end ?? contentAt;
  const inner = { at: wrapped ?? contentAt, to: end ?? to, depth: depth + 1, isOpenEnded: end === undefined };
  const ended = walkElements(walk, inner);
  return ended < 0 ? -1 : (end ?? ended);
}

/** Where the elements inside a string begin, when its whole content is elements; a bit string has one octet before them. */
function wrappedAt(walk: Walk, header: Header, content: Uint8Array): number | undefined {
  if (header.class !== 'universal' || header.isConstructed) return undefined;
  const isBits = header.number === tags.bitString;
  if (!isBits && header.number !== tags.octetString) return undefined;
  const from = isBits ? 1 : 0;
  if (isBits && content[0] !== 0) return undefined;
  if (content.length > walk.peekBytesLeft) return undefined;
  walk.peekBytesLeft -= content.length;
  return isWholly(content, from, content.length, depthMax) ? header.contentAt + from : undefined;
}

/** Types that a string wraps in the formats shown here; others are more likely octets that look like an element by chance. */
const wrappedTags = new Set<number>([
  tags.sequence,
  tags.set,
  tags.octetString,
  tags.bitString,
  tags.integer,
  tags.oid,
]);

function isWholly(bytes: Uint8Array, from: number, to: number, depthLeft: number): boolean {
  const header = headerAt(bytes, from, to);
  if (header === undefined || header.contentAt === to || !wrappedTags.has(bytes[from] ?? 0)) return false;
  return elementEnd(bytes, header, to, depthLeft) === to;
}

/** Where an element ends, when all that it holds are elements; `undefined` where they are not. */
function elementEnd(bytes: Uint8Array, outer: Header, to: number, depthLeft: number): number | undefined {
  const { end } = outer;
  if (!outer.isConstructed) return end;
  if (depthLeft === 0) return undefined;
  let at = outer.contentAt;
  while (at < (end ?? to)) {
    if (end === undefined && isEndOfContents(bytes, at, to)) return at + 2;
    const header = headerAt(bytes, at, end ?? to);
    const next = header === undefined ? undefined : elementEnd(bytes, header, end ?? to, depthLeft - 1);
    if (next === undefined) return undefined;
    at = next;
  }
  return end === at ? at : undefined;
}
