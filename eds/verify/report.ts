import type { RevocationList } from '../crl/index.ts';
import type { OcspResponse } from '../ocsp/index.ts';
import type { Certificate, KeyCarrier, SignerRole } from '../x509/index.ts';
import {
  stageNames,
  subIndicationOf,
  type ReasonId,
  type Stage,
  type StageName,
  type StageOutcome,
} from './reasons.ts';

/** VALID authorises; INDETERMINATE ("cannot tell") and INVALID ("the evidence speaks against it") never do. */
export type Verdict = 'VALID' | 'INVALID' | 'INDETERMINATE';

/**
 * The main indication of ETSI EN 319 102-1 §5.1.3. It follows from the sub-indication, so an INVALID of ours is TOTAL-FAILED only where the standard
 * says so: a certificate that was issued for another purpose is INVALID here and INDETERMINATE (CHAIN_CONSTRAINTS_FAILURE) there.
 */
export type Indication = 'TOTAL-PASSED' | 'TOTAL-FAILED' | 'INDETERMINATE';

/**
 * Whether the control digit of an identity number is right. A wrong one never identifies anybody: the verdict is about the signature and does not depend on it, so
 * who authorises by an IIN or BIN asks for `right` (the published test certificates are `wrong`).
 */
export type NumberCheck = 'right' | 'wrong' | 'absent';

/** Who signed, as the certificate says. It is worth as much as the verdict beside it. */
export type SignerReport = {
  readonly commonName: string | undefined;
  readonly surname: string | undefined;
  readonly givenName: string | undefined;
  readonly organisation: string | undefined;
  /** Twelve digits as written by the authority; parse before using as an identity. */
  readonly iin: string | undefined;
  readonly iinCheck: NumberCheck;
  readonly bin: string | undefined;
  readonly binCheck: NumberCheck;
  readonly roles: readonly SignerRole[];
  readonly carrier: KeyCarrier;
  readonly policies: readonly string[];
  /** Lower-case hexadecimal. */
  readonly certificateSha256: string;
  readonly serial: string;
  readonly issuerName: string | undefined;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** Name of the signature scheme, or of the key's family where only a certificate was judged; `undefined` where not known. */
  readonly algorithm: string | undefined;
  /** What the signer claims; never relied on. */
  readonly claimedAtMs: number | undefined;
};

/** What a verdict stands on besides the file itself: kept with an act, it lets the act be judged again after the certificates expire. */
export type Evidence = {
  /** From the signer to the anchor; empty where no path was found. */
  readonly path: readonly Certificate[];
  /** For each verified time-stamp the path from its authority to the anchor. */
  readonly timeStampPaths: readonly (readonly Certificate[])[];
  /** The revocation lists and OCSP responses that decided. */
  readonly revocationLists: readonly RevocationList[];
  readonly ocspResponses: readonly OcspResponse[];
};

/** The judgement of one time-stamp of a signature. */
export type TimeStampReport = {
  readonly verdict: Verdict;
  readonly reason: ReasonId;
  /** What the token says, worth as much as the verdict beside it; `undefined` where it could not be read. */
  readonly genTimeMs: number | undefined;
  /** OID of the policy under which it was issued. */
  readonly policy: string | undefined;
  /** Name of the time-stamping authority, as its certificate says. */
  readonly authority: string | undefined;
  /** False where nothing was known about the revocation of the authority, which trust may allow. */
  readonly isRevocationKnown: boolean;
  /** The stages of the token's own signature; empty where it was not judged. */
  readonly stages: readonly Stage[];
};

/** The judgement of one signature or one certificate. */
export type SignerVerdict = {
  readonly verdict: Verdict;
  /** The first reason against, else the first thing not known, else that of the last stage. */
  readonly reason: ReasonId;
  readonly stage: StageName;
  readonly indication: Indication;
  /** Sub-indication of EN 319 102-1; empty when VALID. */
  readonly subIndication: string;
  /** One for each name in `stageNames`, in that order; for a certificate alone only those that do not need a signature. */
  readonly stages: readonly Stage[];
  /** `undefined` where no certificate of the signer could be read. */
  readonly signer: SignerReport | undefined;
  readonly evidence: Evidence;
  /** Each time-stamp of the signature, in the order of the file. */
  readonly timeStamps: readonly TimeStampReport[];
  /** The time at which everything was judged: that of the earliest time-stamp that verifies, or the given one. */
  readonly referenceTimeMs: number;
};

/** The judgement of a signature file: that of the weakest of its signatures, and each of them. */
export type VerificationReport = SignerVerdict & { readonly signers: readonly SignerVerdict[] };

export const noEvidence: Evidence = { path: [], timeStampPaths: [], revocationLists: [], ocspResponses: [] };

export type Findings = {
  readonly stages: readonly Stage[];
  readonly referenceTimeMs: number;
  readonly signer?: SignerReport;
  readonly evidence?: Evidence;
  readonly timeStamps?: readonly TimeStampReport[];
  /** The stages that the verdict needs: all, unless a certificate alone is judged. */
  readonly names?: readonly StageName[];
};

/** Joins stages into a verdict. Stages that are missing count as not checked, so that forgetting one can never give VALID. */
export function concludeStages(findings: Findings): SignerVerdict {
  const { signer, evidence = noEvidence, timeStamps = [], referenceTimeMs, names = stageNames } = findings;
  const stages = names.map(
    (name): Stage =>
      findings.stages.find((stage) => stage.name === name) ?? { name, outcome: 'UNKNOWN', reason: 'not-checked' },
  );
  const failed = stages.find((stage) => stage.outcome === 'FAIL');
  const unknown =
    stages.find((stage) => stage.outcome === 'UNKNOWN' && stage.reason !== 'not-checked') ??
    stages.find((stage) => stage.outcome === 'UNKNOWN');
  const decisive = failed ?? unknown ?? stages[stages.length - 1];
  const verdict = failed !== undefined ? 'INVALID' : unknown !== undefined ? 'INDETERMINATE' : 'VALID';
  const reason = decisive?.reason ?? 'not-checked';
  const subIndication = verdict === 'VALID' ? '' : subIndicationOf(reason);
  const stage = decisive?.name ?? 'parse';
  const indication = indicationOf(verdict, subIndication);
  return { verdict, reason, stage, indication, subIndication, stages, signer, evidence, timeStamps, referenceTimeMs };
}

/** Sub-indications that EN 319 102-1 §5.1.3 puts under TOTAL-FAILED; all others are under INDETERMINATE. */
const totalFailed: readonly string[] = [
  'FORMAT_FAILURE',
  'HASH_FAILURE',
  'SIG_CRYPTO_FAILURE',
  'REVOKED',
  'EXPIRED',
  'NOT_YET_VALID',
];

function indicationOf(verdict: Verdict, subIndication: string): Indication {
  if (verdict === 'VALID') return 'TOTAL-PASSED';
  return verdict === 'INVALID' && totalFailed.includes(subIndication) ? 'TOTAL-FAILED' : 'INDETERMINATE';
}

/** The verdict that one outcome gives by itself. */
export function verdictOf(outcome: StageOutcome): Verdict {
  const verdicts = { PASS: 'VALID', FAIL: 'INVALID', UNKNOWN: 'INDETERMINATE' } as const;
  return verdicts[outcome];
}

const weight: Readonly<Record<Verdict, number>> = { INVALID: 2, INDETERMINATE: 1, VALID: 0 };

/** The report of a file: all its signatures must be VALID for it to be. */
export function concludeSigners(signers: readonly [SignerVerdict, ...SignerVerdict[]]): VerificationReport {
  const weakest = signers.reduce((worst, one) => (weight[one.verdict] > weight[worst.verdict] ? one : worst));
  return { ...weakest, signers };
}
