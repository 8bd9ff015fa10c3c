/** What stands at the place of a finding when all is well. Words: `cli.log.expected.<id>`. */
export const expectations = [
  'file',
  'file-end',
  'leaf-hash',
  'tree-node',
  'zero',
  'entry',
  'bundle-start',
  'leaf-readable',
  'leaf-row',
  'leaf-place',
  'leaf-of-row',
  'one-leaf',
  'time-of-leaf',
  'tree-root',
  'log-signature',
  'newest-checkpoint',
  'stored-checkpoint',
  'witness-signature',
  'subject-of-leaf',
  'sealed-record',
  'commitment',
  'text-hash',
  'validation',
  'signature',
  'column-of-leaf',
  'sealed-column',
  'act',
  'document',
  'document-signature',
  'document-kind',
  'document-version',
  'change',
  'change-order',
  'case-change',
  'case',
  'case-number',
  'counter',
  'data-key',
  'certificate',
  'revocation-list',
  'named-by-log',
  'platform-record',
  'row-tag',
  'known-value',
  'authority',
  'rule',
  'chain',
  'fold',
  'blob',
] as const;
export type Expectation = (typeof expectations)[number];

export const findingKinds = ['missing', 'different', 'added', 'unfinished'] as const;

/** One thing that is not as it must be. Names files, rows, hashes and places; nothing in it is personal. */
export type Finding = {
  /** `log/bundles`, `table act` … */
  readonly place: string;
  /** Key of the row, name of the file or index of the leaf; empty where the place as a whole is meant. */
  readonly key: string;
  readonly column?: string;
  /** Of the first wrong octet within the file or column, where octets can be compared. */
  readonly offset?: number;
  /** `unfinished` is what a crash leaves and the next start mends. */
  readonly is: (typeof findingKinds)[number];
  readonly expected: Expectation;
};

export type Report = (finding: Finding) => void;

/** Index of the first octet of `found` that is not `expected`, an early end included; -1 where there is none. */
export function firstDifference(found: Uint8Array, expected: Uint8Array): number {
  if (Buffer.compare(found, expected) === 0) return -1;
  const end = Math.min(found.length, expected.length);
  for (let i = 0; i < end; i += 1) if (found[i] !== expected[i]) return i;
  return end;
}
