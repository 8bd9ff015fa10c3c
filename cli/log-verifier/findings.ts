/** What is wrong in a package, and what of it could not be told. Each names the file that it was seen in. */
export type Findings = {
  readonly find: (code: FindingCode, file: string, detail?: string) => void;
  /** Something that would have to be known and is not in the package. */
  readonly doubt: (code: DoubtCode, file: string, detail?: string) => void;
  readonly found: readonly Finding[];
  readonly foundCount: () => number;
  readonly doubted: readonly Finding[];
  readonly doubtCount: () => number;
};

export type Finding = { readonly code: FindingCode | DoubtCode; readonly file: string; readonly detail: string };

export const findingCodes = [
  'file-altered',
  'file-missing',
  'file-unlisted',
  'sums-malformed',
  'manifest-malformed',
  'manifest-differs',
  'key-change',
  'head-malformed',
  'head-signature',
  'head-inconsistent',
  'entry-missing',
  'entry-malformed',
  'entry-not-in-log',
  'entry-other-platform',
  'entry-content',
  'act-differs',
  'act-chain',
  'act-signature',
  'act-signer',
  'act-right',
  'validation-differs',
  'document-signature',
  'media-altered',
] as const;
export type FindingCode = (typeof findingCodes)[number];

export const doubtCodes = [
  'list-absent',
  'answer-absent',
  'staff-absent',
  'policy-absent',
  'signature-unknown',
  'media-absent',
] as const;
export type DoubtCode = (typeof doubtCodes)[number];

/** Findings that are named; of any further ones only the count is told. */
const namedMax = 32;

export function createFindings(): Findings {
  const found: Finding[] = [];
  const doubted: Finding[] = [];
  let foundCount = 0;
  let doubtCount = 0;
  return {
    find: (code, file, detail = '') => {
      foundCount += 1;
      if (found.length < namedMax) found.push({ code, file, detail });
    },
    doubt: (code, file, detail = '') => {
      doubtCount += 1;
      if (doubted.length < namedMax) doubted.push({ code, file, detail });
    },
    found,
    foundCount: () => foundCount,
    doubted,
    doubtCount: () => doubtCount,
  };
}
