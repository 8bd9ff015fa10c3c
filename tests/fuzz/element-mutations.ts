import { mutateBytes, randomOctets } from './byte-mutations.ts';
import type { Chance } from './chance.ts';
import { contentOf, encode, join, lengthOctets, nodesOf, replaced, treeOf, type Node } from './tree.ts';

/** Parts of all inputs that may be put in the place of others. */
export type Parts = {
  /** Whole inputs of all kinds. */
  readonly inputs: readonly Uint8Array[];
  readonly elementsByTag: ReadonlyMap<number, readonly Uint8Array[]>;
  readonly elements: readonly Uint8Array[];
};

/** What is put in the place of one element; the elements around it keep right lengths. */
export type ElementMutation = (node: Node, chance: Chance, parts: Parts) => Uint8Array;

/** Deeper than any reader goes, and far too deep for a call stack that would follow it. */
const nestingMax = 4000;
const nothing = new Uint8Array(0);

const anyOf = (items: readonly Uint8Array[] | undefined, chance: Chance): Uint8Array =>
  items?.[chance.below(items.length)] ?? nothing;

/** One of the same tag from anywhere: other OIDs, times, numbers, names, certificates, attributes, tokens. */
const spliced: ElementMutation = ({ tag }, chance, { elementsByTag }) => anyOf(elementsByTag.get(tag), chance);

function tamperedLength(node: Node, chance: Chance): Uint8Array {
  const content = contentOf(node);
  const right = lengthOctets(content.length);
  const wrong = [
    [0x81, content.length & 0xff],
    [0x84, 0, 0, (content.length >> 8) & 0xff, content.length & 0xff],
    [0x84, 0xff, 0xff, 0xff, 0xff],
    [0x80],
    [0x88, 0, 0, 0, 0, 0, 0, 0, content.length & 0xff],
    [...right.slice(0, -1), ((right.at(-1) ?? 0) + 1 + chance.below(4)) & 0xff],
    [...right.slice(0, -1), ((right.at(-1) ?? 0) - 1 - chance.below(4)) & 0xff],
  ];
  const length = wrong[chance.below(wrong.length)] ?? right;
  return join([Uint8Array.of(node.tag, ...length), content, length[0] === 0x80 ? new Uint8Array(2) : nothing]);
}

function nested(node: Node, chance: Chance): Uint8Array {
  const depth = chance.below(16) === 0 ? 1 + chance.below(nestingMax) : 1 + chance.below(30);
  const tag = chance.pick([0x30, 0x31, 0xa0, 0x24] as const);
  const heads: number[][] = [];
  let size = node.der.length;
  for (let level = 0; level < depth; level += 1) {
    const head = [tag, ...lengthOctets(size)];
    heads.push(head);
    size += head.length;
  }
  return join([Uint8Array.from(heads.toReversed().flat()), node.der]);
}

function shuffled({ tag, children, prefixBytes, der }: Node, chance: Chance): Uint8Array {
  if (children.length < 2) return der;
  const at = chance.below(children.length);
  const ders = children.map((child) => child.der);
  const [taken = nothing] = ders.splice(at, 1);
  ders.splice(chance.below(children.length), 0, taken);
  return encode(tag, new Uint8Array(prefixBytes), ...ders);
}

/** Numbers at the borders of what fits: negative, zero, long, many octets of zero. */
const odd: readonly [Uint8Array, ...Uint8Array[]] = [
  nothing,
  Uint8Array.of(0),
  Uint8Array.of(0x80),
  Uint8Array.of(0xff),
  Uint8Array.of(0, 0, 1),
  new Uint8Array(9).fill(0x7f),
  new Uint8Array(200).fill(0xff),
  new Uint8Array(300),
];

const elementMutations: readonly [ElementMutation, ...ElementMutation[]] = [
  spliced,
  spliced,
  ({ der }) => join([der, der]),
  () => nothing,
  (_, chance, { elements }) => anyOf(elements, chance),
  ({ der }, chance, { elements }) => join([der, anyOf(elements, chance)]),
  (node, chance, parts) => join([node.der, spliced(node, chance, parts)]),
  tamperedLength,
  nested,
  shuffled,
  (node) => contentOf(node),
  ({ tag, der }, chance) => join([Uint8Array.of(tag ^ (1 << chance.below(8))), der.subarray(1)]),
  ({ der }, chance) => join([Uint8Array.of(chance.below(256)), der.subarray(1)]),
  ({ tag }, chance) => encode(tag, chance.pick(odd)),
  ({ tag }, chance) => encode(tag, randomOctets(chance, 40)),
  (node, chance) => encode(node.tag, mutateBytes(contentOf(node), chance, [node.der])),
  (node, chance) => encode(node.tag, mutateBytes(contentOf(node), chance, [node.der])),
];

/** Changes one element of a tree, sometimes a second one. */
export function mutateElements(nodes: readonly Node[], chance: Chance, parts: Parts): Uint8Array {
  const [root] = nodes;
  const node = nodes[chance.below(nodes.length)] ?? root;
  if (node === undefined) return nothing;
  const changed = replaced(node, chance.pick(elementMutations)(node, chance, parts));
  if (chance.below(8) !== 0) return changed;
  const again = treeOf(changed);
  return again === undefined ? changed : mutateElements(nodesOf(again), chance, parts);
}

/** The parts of inputs, each element once; longer ones than the bound are inputs only. */
export function partsOf(inputs: readonly Uint8Array[]): Parts {
  const elementMaxBytes = 4096;
  const elements = new Map<string, Uint8Array>();
  for (const input of inputs)
    for (const { der } of nodesOf(treeOf(input) ?? { ...noTree, der: input }))
      if (der.length <= elementMaxBytes) elements.set(Buffer.from(der).toString('latin1'), der);
  const elementsByTag = new Map<number, Uint8Array[]>();
  for (const der of elements.values()) {
    const tag = der[0] ?? 0;
    elementsByTag.set(tag, [...(elementsByTag.get(tag) ?? []), der]);
  }
  return { inputs, elements: [...elements.values()], elementsByTag };
}

const noTree: Omit<Node, 'der'> = { tag: 0, prefixBytes: 0, children: [], parent: undefined, index: 0 };
