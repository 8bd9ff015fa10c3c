import { allowsScheme, type VerifyingKey } from '../algorithms/index.ts';
import type { RevocationList, RevocationListStore } from '../crl/index.ts';
import type { Certificate } from '../x509/index.ts';
import type { CertificateMemory } from './certificate-memory.ts';
import { stageOf, weightiest, type Stage } from './reasons.ts';
import type { TrustConfiguration } from './trust.ts';

type Reason = Parameters<typeof stageOf>[0];

/** Judges revocation of every certificate of a path but its anchor, which the operator removes by hand. */
export type RevocationJudge = (path: readonly Certificate[], atMs: number) => RevocationJudgement;

export type RevocationJudgement = {
  readonly stage: Stage;
  /** The lists that decided, one for each certificate that a verified list spoke about. */
  readonly lists: readonly RevocationList[];
};

/**
 * Base lists only, and fail closed: without a verified list that is fresh at `atMs` the answer is UNKNOWN. Signatures of lists are verified once
 * for each authority and remembered.
 */
export function createRevocationJudge(trust: TrustConfiguration, memory: CertificateMemory): RevocationJudge {
  const verified = new WeakMap<RevocationList, WeakMap<Certificate, Reason | 'right'>>();
  const signatureOf = (list: RevocationList, authority: Certificate): Reason | 'right' => {
    const known = verified.get(list)?.get(authority);
    if (known !== undefined) return known;
    const found = judgeList(list, authority, trust, memory.keyOf);
    const byAuthority = verified.get(list) ?? new WeakMap<Certificate, Reason | 'right'>();
    byAuthority.set(authority, found);
    verified.set(list, byAuthority);
    return found;
  };
  return (path, atMs) => {
    const store = trust.revocationLists();
    const findings = path.slice(0, -1).map((certificate, depth) => {
      const authority = path[depth + 1] ?? certificate;
      const { reason, list } = judgeCertificate({ certificate, authority, store, atMs, signatureOf });
      return { stage: stageOf(reason === 'revoked' && depth > 0 ? 'issuer-revoked' : reason), list };
    });
    const stages = findings.map(({ stage }) => stage);
    const lists = findings.flatMap(({ list }) => (list === undefined ? [] : [list]));
    return { stage: weightiest(stages, stageOf('not-revoked')), lists };
  };
}

type ListTrust = Pick<TrustConfiguration, 'algorithmPolicy' | 'suite'>;

/**
 * True where this authority signed the list by an algorithm that is allowed, and the list is a base list without critical
 * extensions that are not understood. Whether the authority is to be believed, and whether the list is fresh, is not asked.
 */
export function isRevocationListOf(list: RevocationList, authority: Certificate, trust: ListTrust): boolean {
  if (list.authorityKeyIdentifier === undefined) return false;
  if (list.authorityKeyIdentifier !== authority.extensions.subjectKeyIdentifier) return false;
  const keyOf = (certificate: Certificate) => trust.suite.loadKey(certificate.subjectPublicKeyInfo);
  return judgeList(list, authority, trust, keyOf) === 'right';
}

/** A list that says what it seems to say, under the signature of this authority. */
function judgeList(
  list: RevocationList,
  authority: Certificate,
  trust: ListTrust,
  keyOf: (certificate: Certificate) => VerifyingKey | undefined,
): Reason | 'right' {
  if (list.isDelta || list.unknownCritical.length > 0) return 'crl-unsupported';
  if (authority.extensions.keyUsage?.includes('cRLSign') !== true) return 'crl-signature-wrong';
  const scheme = keyOf(authority)?.scheme(list.signatureAlgorithm, undefined);
  if (scheme === undefined || !allowsScheme(trust.algorithmPolicy, scheme.name)) return 'crl-unsupported';
  return scheme.verify(list.signedPart, list.signature) ? 'right' : 'crl-signature-wrong';
}

type Question = {
  readonly certificate: Certificate;
  readonly authority: Certificate;
  readonly store: RevocationListStore;
  readonly atMs: number;
  readonly signatureOf: (list: RevocationList, authority: Certificate) => Reason | 'right';
};

type Answer = { readonly reason: Reason; readonly list: RevocationList | undefined };

function judgeCertificate({ certificate, authority, store, atMs, signatureOf }: Question): Answer {
  const lists = store.forAuthority(authority.extensions.subjectKeyIdentifier ?? '');
  let reason: Reason = 'crl-missing';
  for (const list of lists) {
    const signature = signatureOf(list, authority);
    if (signature !== 'right') {
      if (reason === 'crl-missing') reason = signature;
      continue;
    }
    const entry = list.find(certificate.serial);
    const isRevoked = entry !== undefined && entry.reason !== 'remove-from-list' && entry.revokedAtMs <= atMs;
    // A stale list that names the certificate still proves the revocation; one that does not proves nothing.
    if (isRevoked) return { reason: 'revoked', list };
    if (isFresh(list, certificate, atMs)) return { reason: 'not-revoked', list };
    reason = 'crl-stale';
  }
  return { reason, list: undefined };
}

/**
 * True where the list speaks for `atMs`: not past its next update, and made before that time or, when later, while the certificate was still in
 * force, since authorities drop expired certificates from their lists (RFC 5280 §5).
 */
function isFresh(list: RevocationList, certificate: Certificate, atMs: number): boolean {
  const isCurrent = list.nextUpdateMs !== undefined && atMs <= list.nextUpdateMs;
  return isCurrent && (list.thisUpdateMs <= atMs || list.thisUpdateMs <= certificate.notAfterMs);
}
