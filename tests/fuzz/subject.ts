import type { Chance } from './chance.ts';

/** What became of one changed input: refused as it should be, or explained (right parts in another arrangement), or a fault in words. */
export type Outcome = 'right' | 'explained' | { readonly fault: string };

/** One kind of input and everything that reads it. */
export type Subject = {
  readonly name: string;
  /** Its share of all inputs. */
  readonly weight: number;
  readonly inputs: readonly Uint8Array[];
  /** How an input is changed; left out, octets and elements are. */
  readonly mutate?: (octets: Uint8Array, chance: Chance) => Uint8Array;
  /** How changed octets become the input: PEM, a sealed key file, a pack. Left out, they are it. */
  readonly dress?: (octets: Uint8Array, at: number) => Uint8Array;
  /** Judges an input made from `inputs[at]`; remembers nothing but what the library under test remembers. */
  readonly judge: (input: Uint8Array, at: number) => Outcome;
};
