/** The questions that a verification answers, in the order of the report. Each is answered by itself: an expired certificate never shows as a wrong digest. */
export const stageNames = [
  'parse',
  'digest',
  'signature',
  'signing-certificate',
  'chain',
  'revocation',
  'time',
  'role',
  'carrier',
] as const;

export type StageName = (typeof stageNames)[number];
export type StageOutcome = 'PASS' | 'FAIL' | 'UNKNOWN';

/**
 * Every reason that a report can give: its stage, its outcome, and the sub-indication of ETSI EN 319 102-1 that it stands for.
 * The ids are keys `reason.<id>` of the `eds` locale. Data, so that a reader can audit the fail-closed choices in one place: FAIL is said only
 * where the evidence speaks against the signature, UNKNOWN wherever evidence is missing or not understood.
 */
const catalogue = {
  'cms-read': ['parse', 'PASS', ''],
  'cms-malformed': ['parse', 'FAIL', 'FORMAT_FAILURE'],
  'cms-too-large': ['parse', 'FAIL', 'FORMAT_FAILURE'],
  'cms-not-signed-data': ['parse', 'FAIL', 'FORMAT_FAILURE'],
  'cms-without-signer': ['parse', 'FAIL', 'FORMAT_FAILURE'],
  'cms-content-type-unexpected': ['parse', 'FAIL', 'FORMAT_FAILURE'],
  'cms-carries-revocation-data': ['parse', 'UNKNOWN', 'GENERIC'],
  'unsigned-attribute-unsupported': ['parse', 'UNKNOWN', 'GENERIC'],
  'cms-digest-unused': ['parse', 'UNKNOWN', 'GENERIC'],
  'signature-policy-unsupported': ['parse', 'UNKNOWN', 'SIGNATURE_POLICY_NOT_AVAILABLE'],
  'certificate-read': ['parse', 'PASS', ''],
  'certificate-malformed': ['parse', 'FAIL', 'FORMAT_FAILURE'],

  'content-agrees': ['digest', 'PASS', ''],
  'content-differs': ['digest', 'FAIL', 'HASH_FAILURE'],
  'content-missing': ['digest', 'UNKNOWN', 'SIGNED_DATA_NOT_FOUND'],
  'message-digest-missing': ['digest', 'FAIL', 'FORMAT_FAILURE'],
  'digest-unsupported': ['digest', 'UNKNOWN', 'GENERIC'],
  'digest-weak': ['digest', 'UNKNOWN', 'CRYPTO_CONSTRAINTS_FAILURE_NO_POE'],

  'signature-right': ['signature', 'PASS', ''],
  'signature-wrong': ['signature', 'FAIL', 'SIG_CRYPTO_FAILURE'],
  'signature-algorithm-weak': ['signature', 'UNKNOWN', 'CRYPTO_CONSTRAINTS_FAILURE_NO_POE'],
  'signature-algorithm-unsupported': ['signature', 'UNKNOWN', 'GENERIC'],
  'signed-attributes-missing': ['signature', 'UNKNOWN', 'SIG_CONSTRAINTS_FAILURE'],
  'signed-attributes-inconsistent': ['signature', 'FAIL', 'FORMAT_FAILURE'],

  'signing-certificate-bound': ['signing-certificate', 'PASS', ''],
  'signing-certificate-absent': ['signing-certificate', 'UNKNOWN', 'NO_SIGNING_CERTIFICATE_FOUND'],
  'signing-certificate-malformed': ['signing-certificate', 'FAIL', 'FORMAT_FAILURE'],
  'signing-certificate-not-named': ['signing-certificate', 'UNKNOWN', 'SIG_CONSTRAINTS_FAILURE'],
  'signing-certificate-differs': ['signing-certificate', 'FAIL', 'SIG_CONSTRAINTS_FAILURE'],
  'signing-certificate-digest-weak': ['signing-certificate', 'UNKNOWN', 'CRYPTO_CONSTRAINTS_FAILURE_NO_POE'],

  'chain-trusted': ['chain', 'PASS', ''],
  'issuer-unknown': ['chain', 'UNKNOWN', 'NO_CERTIFICATE_CHAIN_FOUND'],
  'key-identifier-missing': ['chain', 'UNKNOWN', 'NO_CERTIFICATE_CHAIN_FOUND'],
  'path-too-long': ['chain', 'UNKNOWN', 'NO_CERTIFICATE_CHAIN_FOUND'],
  'certificate-signature-wrong': ['chain', 'FAIL', 'CERTIFICATE_CHAIN_GENERAL_FAILURE'],
  'certificate-algorithm-weak': ['chain', 'UNKNOWN', 'CRYPTO_CONSTRAINTS_FAILURE_NO_POE'],
  'certificate-algorithm-unsupported': ['chain', 'UNKNOWN', 'CERTIFICATE_CHAIN_GENERAL_FAILURE'],
  'issuer-name-differs': ['chain', 'FAIL', 'CHAIN_CONSTRAINTS_FAILURE'],
  'issuer-not-authority': ['chain', 'FAIL', 'CHAIN_CONSTRAINTS_FAILURE'],
  'issuer-key-usage-wrong': ['chain', 'FAIL', 'CHAIN_CONSTRAINTS_FAILURE'],
  'path-length-exceeded': ['chain', 'FAIL', 'CHAIN_CONSTRAINTS_FAILURE'],
  'critical-extension-unknown': ['chain', 'UNKNOWN', 'CHAIN_CONSTRAINTS_FAILURE'],
  'key-usage-wrong': ['chain', 'FAIL', 'CHAIN_CONSTRAINTS_FAILURE'],
  'key-usage-missing': ['chain', 'UNKNOWN', 'CHAIN_CONSTRAINTS_FAILURE'],
  'purpose-wrong': ['chain', 'FAIL', 'CHAIN_CONSTRAINTS_FAILURE'],
  'policy-refused': ['chain', 'FAIL', 'CHAIN_CONSTRAINTS_FAILURE'],
  'certificate-unexplained': ['chain', 'UNKNOWN', 'CERTIFICATE_CHAIN_GENERAL_FAILURE'],

  'not-revoked': ['revocation', 'PASS', ''],
  'holder-not-revoked': ['revocation', 'PASS', ''],
  'revocation-not-demanded': ['revocation', 'PASS', ''],
  revoked: ['revocation', 'FAIL', 'REVOKED'],
  'issuer-revoked': ['revocation', 'FAIL', 'REVOKED_CA_NO_POE'],
  'crl-missing': ['revocation', 'UNKNOWN', 'TRY_LATER'],
  'crl-stale': ['revocation', 'UNKNOWN', 'TRY_LATER'],
  'crl-signature-wrong': ['revocation', 'UNKNOWN', 'TRY_LATER'],
  'crl-unsupported': ['revocation', 'UNKNOWN', 'TRY_LATER'],
  'ocsp-stale': ['revocation', 'UNKNOWN', 'TRY_LATER'],
  'ocsp-signature-wrong': ['revocation', 'UNKNOWN', 'TRY_LATER'],
  'ocsp-responder-untrusted': ['revocation', 'UNKNOWN', 'TRY_LATER'],
  'ocsp-unsupported': ['revocation', 'UNKNOWN', 'TRY_LATER'],
  'certificate-unknown-to-authority': ['revocation', 'UNKNOWN', 'GENERIC'],

  'time-in-validity': ['time', 'PASS', ''],
  'certificate-expired': ['time', 'FAIL', 'EXPIRED'],
  'certificate-not-yet-valid': ['time', 'FAIL', 'NOT_YET_VALID'],
  'issuer-out-of-validity': ['time', 'UNKNOWN', 'OUT_OF_BOUNDS_NO_POE'],
  'time-stamp-verified': ['time', 'PASS', ''],
  'time-stamp-malformed': ['time', 'FAIL', 'FORMAT_FAILURE'],
  'time-stamp-imprint-differs': ['time', 'FAIL', 'HASH_FAILURE'],
  'time-stamp-wrong': ['time', 'FAIL', 'SIG_CRYPTO_FAILURE'],
  'time-stamp-authority-wrong': ['time', 'FAIL', 'CHAIN_CONSTRAINTS_FAILURE'],
  'time-stamp-unsupported': ['time', 'UNKNOWN', 'GENERIC'],
  'time-stamp-algorithm-unaccepted': ['time', 'UNKNOWN', 'CRYPTO_CONSTRAINTS_FAILURE_NO_POE'],
  'time-stamp-policy-unlisted': ['time', 'UNKNOWN', 'SIG_CONSTRAINTS_FAILURE'],
  'time-stamp-from-future': ['time', 'UNKNOWN', 'TIMESTAMP_ORDER_FAILURE'],
  'time-stamp-authority-unlisted': ['time', 'UNKNOWN', 'SIG_CONSTRAINTS_FAILURE'],
  'time-stamp-authority-untrusted': ['time', 'UNKNOWN', 'NO_CERTIFICATE_CHAIN_FOUND'],
  'time-stamp-authority-revoked': ['time', 'UNKNOWN', 'NO_POE'],
  'time-stamp-authority-revocation-unknown': ['time', 'UNKNOWN', 'NO_POE'],
  'time-stamp-authority-out-of-validity': ['time', 'UNKNOWN', 'NO_POE'],

  'role-held': ['role', 'PASS', ''],
  'role-not-demanded': ['role', 'PASS', ''],
  'role-missing': ['role', 'FAIL', 'SIG_CONSTRAINTS_FAILURE'],

  'carrier-allowed': ['carrier', 'PASS', ''],
  'carrier-not-demanded': ['carrier', 'PASS', ''],
  'carrier-refused': ['carrier', 'FAIL', 'SIG_CONSTRAINTS_FAILURE'],
  'carrier-unknown': ['carrier', 'UNKNOWN', 'SIG_CONSTRAINTS_FAILURE'],
} as const satisfies Readonly<Record<string, readonly [StageName, StageOutcome, string]>>;

/** Why a stage has its outcome. `not-checked` stands at a stage that an earlier one left without its subject. */
export type ReasonId = keyof typeof catalogue | 'not-checked';

/** The catalogue of reasons without `not-checked`, for documents and tests. */
export const reasonCatalogue: Readonly<Record<string, readonly [StageName, StageOutcome, string]>> = catalogue;

export type Stage = { readonly name: StageName; readonly outcome: StageOutcome; readonly reason: ReasonId };

/** The stage that a reason belongs to, with the reason's outcome. */
export function stageOf(reason: keyof typeof catalogue): Stage {
  const [name, outcome] = catalogue[reason];
  return { name, outcome, reason };
}

/** The sub-indication of EN 319 102-1 for a reason; empty for a passed stage. */
export function subIndicationOf(reason: ReasonId): string {
  return reason === 'not-checked' ? 'GENERIC' : catalogue[reason][2];
}

/** Of several findings about one stage the one that weighs most: evidence against, then lack of evidence, then the first. */
export function weightiest(findings: readonly Stage[], otherwise: Stage): Stage {
  const failed = findings.find((stage) => stage.outcome === 'FAIL');
  return failed ?? findings.find((stage) => stage.outcome === 'UNKNOWN') ?? otherwise;
}
