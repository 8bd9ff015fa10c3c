import { oids, objectIdentifier } from '../../eds/der/index.ts';
import { mutateBytes } from './byte-mutations.ts';
import { chanceOf, type Chance } from './chance.ts';
import { mutateElements, partsOf } from './element-mutations.ts';
import type { Outcome, Subject } from './subject.ts';
import { nodesOf, treeOf, type Node } from './tree.ts';

/** Processor time beyond which an input is called a hang: the slowest honest one takes a tenth of it. */
export const hangMs = 50;
/** One input in so many is also given to every reader and explained. */
const readByAllEvery = 64;

export type Drawn = {
  readonly subject: Subject;
  readonly at: number;
  readonly input: Uint8Array;
  readonly isSame: boolean;
};

/** What became of one input. `same`: the change gave the very octets that were changed, and nothing was judged. */
export type Verdict = {
  readonly subject: string;
  readonly outcome: Outcome | 'same';
  readonly spentMs: number;
  readonly input: Uint8Array;
};

export type Fuzzer = {
  /** The input of this number: the same for the same subjects and seed. */
  readonly draw: (index: number) => Drawn;
  readonly run: (index: number) => Verdict;
};

export type FuzzerOptions = {
  readonly seed: number;
  /** Makes subjects that remember nothing, to measure an input again. */
  readonly fresh: () => readonly Subject[];
  readonly judgeByAll: (input: Uint8Array) => Outcome;
};

/** Draws inputs: which kind, which right input, and what is changed in it. `isSame`: nothing was. */
function createDraw(subjects: readonly Subject[], seed: number): (index: number) => Drawn {
  const inputs = subjects.flatMap((subject) => subject.inputs);
  const parts = partsOf([...inputs, ...Object.values(oids).map((oid) => objectIdentifier(oid))]);
  const trees = new Map<Uint8Array, readonly Node[]>();
  for (const input of inputs) {
    const root = treeOf(input);
    trees.set(input, root === undefined ? [] : nodesOf(root));
  }
  const wheel = subjects.flatMap((subject) => Array.from({ length: subject.weight }, () => subject));

  function mutate(subject: Subject, octets: Uint8Array, chance: Chance): Uint8Array {
    if (subject.mutate !== undefined) return subject.mutate(octets, chance);
    const nodes = trees.get(octets) ?? [];
    const way = chance.below(8);
    if (nodes.length === 0 || way < 3) return mutateBytes(octets, chance, parts.inputs);
    const changed = mutateElements(nodes, chance, parts);
    return way === 7 ? mutateBytes(changed, chance, parts.inputs) : changed;
  }

  return (index) => {
    const chance = chanceOf(seed, index);
    const subject = wheel[chance.below(wheel.length)];
    if (subject === undefined) throw new Error('no subjects');
    const at = chance.below(subject.inputs.length);
    const octets = subject.inputs[at] ?? new Uint8Array(0);
    const changed = mutate(subject, octets, chance);
    const dressed = subject.dress === undefined ? changed : subject.dress(changed, at);
    // Text around octets is changed as well, after the octets or in their place.
    const isTextChanged = subject.dress !== undefined && chance.below(3) === 0;
    const input = isTextChanged ? mutateBytes(dressed, chance, [dressed]) : dressed;
    return { subject, at, input, isSame: !isTextChanged && Buffer.compare(changed, octets) === 0 };
  };
}

export function createFuzzer(subjects: readonly Subject[], { seed, fresh, judgeByAll }: FuzzerOptions): Fuzzer {
  const draw = createDraw(subjects, seed);

  function judge({ subject, at, input }: Drawn, index: number): Outcome {
    try {
      const outcome = subject.judge(input, at);
      if (index % readByAllEvery !== 0 || typeof outcome !== 'string') return outcome;
      const byAll = judgeByAll(input);
      return typeof byAll === 'string' ? outcome : byAll;
    } catch (error) {
      return { fault: `it threw: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}` };
    }
  }

  /** The least of up to three measurements with nothing remembered: what the machine collects or compiles meanwhile is not the input's fault. */
  function measureAgain(drawn: Drawn, index: number, spentMs: number): number {
    let leastMs = spentMs;
    for (let attempt = 0; attempt < 3 && leastMs > hangMs; attempt += 1) {
      const subject = fresh().find(({ name }) => name === drawn.subject.name) ?? drawn.subject;
      leastMs = Math.min(leastMs, timed(() => judge({ ...drawn, subject }, index)).spentMs);
    }
    return leastMs;
  }

  return {
    draw,
    run: (index) => {
      const drawn = draw(index);
      const told = { subject: drawn.subject.name, input: drawn.input };
      if (drawn.isSame) return { ...told, outcome: 'same', spentMs: 0 };
      const first = timed(() => judge(drawn, index));
      const spentMs = first.spentMs > hangMs ? measureAgain(drawn, index, first.spentMs) : first.spentMs;
      const hang = { fault: `it took ${spentMs.toFixed(0)} ms` };
      return { ...told, outcome: spentMs > hangMs ? hang : first.value, spentMs };
    },
  };
}

/** Processor time of this thread, so that other work on the machine does not count. */
function timed<T>(work: () => T): { readonly value: T; readonly spentMs: number } {
  const before = process.threadCpuUsage();
  const value = work();
  const { user, system } = process.threadCpuUsage(before);
  return { value, spentMs: (user + system) / 1000 };
}
