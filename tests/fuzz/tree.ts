/**
 * Elements of DER as a tree that can be taken apart and put together again. Written for the mutations and apart from `eds/der`, so that a fault
 * there cannot hide itself. Elements inside octet strings and bit strings (extensions, certificates in OCSP responses) are part of the tree.
 */
export type Node = {
  readonly tag: number;
  /** The whole element. */
  readonly der: Uint8Array;
  /** Content octets before the first child: the count of unused bits, where a bit string is looked into. */
  readonly prefixBytes: number;
  readonly children: readonly Node[];
  readonly parent: Node | undefined;
  readonly index: number;
};

const depthMax = 24;
const wrappers = [0x03, 0x04];

/** The tree of octets that are one element of definite, shortest length; `undefined` for all else. What does not read on inside is a leaf. */
export function treeOf(der: Uint8Array): Node | undefined {
  const whole = headerAt(der, 0, der.length);
  return whole?.end === der.length ? nodeOf(der, undefined, 0, depthMax) : undefined;
}

function nodeOf(der: Uint8Array, parent: Node | undefined, index: number, depthLeft: number): Node | undefined {
  const header = headerAt(der, 0, der.length);
  if (header === undefined || depthLeft === 0) return undefined;
  const tag = der[0] ?? 0;
  const isWrapper = wrappers.includes(tag);
  const children: Node[] = [];
  const prefixBytes = tag === 0x03 ? 1 : 0;
  const node: Node = { tag, der, prefixBytes, children, parent, index };
  if ((tag & 0x20) === 0 && !isWrapper) return node;
  let at = header.contentAt + prefixBytes;
  while (at < der.length) {
    const inner = headerAt(der, at, der.length);
    const child =
      inner === undefined ? undefined : nodeOf(der.subarray(at, inner.end), node, children.length, depthLeft - 1);
    // A string that only looks like elements at its start is a string; a constructed element that holds none is a leaf too.
    const isNone = child === undefined || (isWrapper && (child.tag !== 0x30 || inner?.end !== der.length));
    if (isNone) return { ...node, children: [] };
    children.push(child);
    at = child.der.length + at;
  }
  return node;
}

function headerAt(
  bytes: Uint8Array,
  at: number,
  end: number,
): { readonly contentAt: number; readonly end: number } | undefined {
  if (at + 2 > end || ((bytes[at] ?? 0) & 0x1f) === 0x1f || bytes[at] === 0) return undefined;
  const first = bytes[at + 1] ?? 0;
  const count = first < 0x80 ? 0 : first & 0x7f;
  if (first === 0x80 || count > 4 || at + 2 + count > end) return undefined;
  let length = count === 0 ? first : 0;
  for (let i = 0; i < count; i += 1) length = length * 256 + (bytes[at + 2 + i] ?? 0);
  const contentAt = at + 2 + count;
  const isShortest = count === 0 || (length >= 0x80 && length >= 256 ** (count - 1));
  return isShortest && contentAt + length <= end ? { contentAt, end: contentAt + length } : undefined;
}

/** Every element of a tree, the root first. */
export function nodesOf(root: Node): readonly Node[] {
  const nodes: Node[] = [root];
  for (const node of nodes) nodes.push(...node.children);
  return nodes;
}

export function contentOf(node: Node): Uint8Array {
  return node.der.subarray(headerAt(node.der, 0, node.der.length)?.contentAt ?? 0);
}

export function lengthOctets(length: number): readonly number[] {
  if (length < 0x80) return [length];
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return [0x80 + octets.length, ...octets];
}

export function encode(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = join(parts);
  return join([Uint8Array.of(tag, ...lengthOctets(content.length)), content]);
}

/** Octets in a plain array of their own: a Buffer would share the memory of others and slow its readers down. */
export function join(parts: readonly Uint8Array[]): Uint8Array {
  let size = 0;
  for (const part of parts) size += part.length;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The whole file with other octets in the place of one element; the lengths of all elements around it are made to fit. */
export function replaced(node: Node, octets: Uint8Array): Uint8Array {
  const { parent } = node;
  if (parent === undefined) return octets;
  const prefix = contentOf(parent).subarray(0, parent.prefixBytes);
  const children = parent.children.map((child, at) => (at === node.index ? octets : child.der));
  return replaced(parent, encode(parent.tag, prefix, ...children));
}
