import type { Chance } from './chance.ts';
import { join } from './tree.ts';

/** Changes octets without regard to what they mean. `others` are whole inputs, of which parts may be taken. */
export type ByteMutation = (octets: Uint8Array, chance: Chance, others: readonly Uint8Array[]) => Uint8Array;

const runMaxBytes = 64;
const border = [0x00, 0x01, 0x7f, 0x80, 0x81, 0x84, 0xff, 0x30, 0x31, 0x04, 0xa0] as const;

type Span = { readonly from: number; readonly to: number };

function spanIn(octets: Uint8Array, chance: Chance, maxBytes = runMaxBytes): Span {
  const from = chance.below(octets.length + 1);
  return { from, to: Math.min(octets.length, from + 1 + chance.below(maxBytes)) };
}

const cut = (octets: Uint8Array, { from, to }: Span, put: Uint8Array): Uint8Array =>
  join([octets.subarray(0, from), put, octets.subarray(to)]);

function withOctet(octets: Uint8Array, chance: Chance, octetOf: (old: number) => number): Uint8Array {
  const copy = Uint8Array.from(octets);
  const at = chance.below(copy.length);
  copy[at] = octetOf(copy[at] ?? 0);
  return copy;
}

export function randomOctets(chance: Chance, maxBytes: number): Uint8Array {
  return Uint8Array.from({ length: chance.below(maxBytes + 1) }, () => chance.below(256));
}

export const byteMutations: readonly [ByteMutation, ...ByteMutation[]] = [
  (octets, chance) => withOctet(octets, chance, (old) => old ^ (1 << chance.below(8))),
  (octets, chance) => withOctet(octets, chance, (old) => old ^ (1 + chance.below(255))),
  (octets, chance) => withOctet(octets, chance, () => chance.pick(border)),
  (octets, chance) => withOctet(octets, chance, (old) => old + (chance.below(2) === 0 ? 1 : -1)),
  (octets, chance) => cut(octets, spanIn(octets, chance), new Uint8Array(0)),
  (octets, chance) => {
    const { from } = spanIn(octets, chance);
    return cut(octets, { from, to: from }, randomOctets(chance, runMaxBytes));
  },
  (octets, chance) => {
    const span = spanIn(octets, chance);
    return cut(octets, { from: span.from, to: span.from }, octets.subarray(span.from, span.to));
  },
  (octets, chance) => octets.subarray(0, chance.below(octets.length + 1)),
  (octets, chance, others) => {
    const other = others[chance.below(others.length)] ?? octets;
    const { from, to } = spanIn(other, chance, 1024);
    return cut(octets, spanIn(octets, chance, 1024), other.subarray(from, to));
  },
  (octets, chance, others) => {
    const other = others[chance.below(others.length)] ?? octets;
    return join([octets.subarray(0, chance.below(octets.length)), other.subarray(chance.below(other.length))]);
  },
  (octets, chance) => {
    const { from, to } = spanIn(octets, chance);
    return cut(octets, { from, to }, new Uint8Array(to - from).fill(chance.pick(border)));
  },
];

/** A few changes of octets, one after the other. */
export function mutateBytes(octets: Uint8Array, chance: Chance, others: readonly Uint8Array[]): Uint8Array {
  let changed = octets;
  const steps = 1 + (chance.below(2) === 0 ? 0 : chance.below(4));
  for (let step = 0; step < steps; step += 1)
    if (changed.length > 0) changed = chance.pick(byteMutations)(changed, chance, others);
  return changed;
}
