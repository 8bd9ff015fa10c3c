/** What is wrong in a package (answered by `false`), and what of it could not be told (`undefined`). Each names the file that it was seen in. */
export type Findings = {
  readonly find: (code: FindingCode, file: string, detail?: string) => false;
  /** Something that would have to be known and is not in the package. */
  readonly doubt: (code: DoubtCode, file: string, detail?: string) => undefined;
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
  'act-blocked',
  'act-rule',
  'act-release',
  'validation-differs',
  'document-signature',
  'record-unconfirmed',
  'founding',
  'media-altered',
] as const;
export type FindingCode = (typeof findingCodes)[number];

export const doubtCodes = [
  'list-absent',
  'answer-absent',
  'staff-absent',
  'policy-absent',
  'device-absent',
  'founding-absent',
  'founding-unknown',
  'case-absent',
  'release-absent',
  'rights-unknown',
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
      return false;
    },
    doubt: (code, file, detail = '') => {
      doubtCount += 1;
      if (doubted.length < namedMax) doubted.push({ code, file, detail });
      return undefined;
    },
    found,
    foundCount: () => foundCount,
    doubted,
    doubtCount: () => doubtCount,
  };
}
