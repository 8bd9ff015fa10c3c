import * as z from 'zod';
import { ok, refuse, type Result } from '../../core/kernel/index.ts';
import type { PolicyDocument } from '../../core/access/index.ts';
import type { Profile } from '../../core/signing/index.ts';
import { platformId, profile, sha256Hex } from '../../contracts/documents/index.ts';
import {
  createRevocationStore,
  createVerifier,
  defaultAlgorithmPolicy,
  DEMO_POLICY_OID,
  nationalPurposes,
  nationalRoleMappings,
  defaultSuite,
  parseCertificate,
  parseRevocationList,
  revokedSinceMs,
  type Certificate,
  type KeyCarrier,
  type RevocationList,
  type Verifier,
} from '../../eds/index.ts';
import { carrierOid } from '../../eds/x509/index.ts';
import type { Row } from '../store/index.ts';
import { listsOf, type ListedCrl } from './revocation.ts';

/** Which certificates the platform trusts: a document of its own, so that adding one to a table changes nothing. */
export const trustDocument = z.strictObject({
  form: z.literal('qorgan.trust/1'),
  platform: platformId,
  profile,
  version: z.int().min(1),
  anchors: z.array(sha256Hex).max(16),
  intermediates: z.array(sha256Hex).max(64),
});

export type TrustDocument = z.output<typeof trustDocument>;

const carriers = [
  'file-pkcs12',
  'file-jks',
  'identity-card',
  'kaztoken',
  'etoken-java',
  'etoken-5110',
  'jacarta',
  'akey',
  'sim',
  'cloud',
] as const satisfies readonly KeyCarrier[];

/** A certificate as revocation lists name it. */
export type IssuedBy = {
  /** Key identifier of the authority, lower-case hexadecimal. */
  readonly authority: string;
  /** Lower-case hexadecimal. */
  readonly serial: string;
};

/** What a trust is built from: plain data, so that another thread builds the same. */
export type TrustSource = {
  readonly document: TrustDocument | undefined;
  readonly policy: PolicyDocument;
  readonly certificates: readonly Row<'trust_certificate'>[];
  /** What the log names; rows beyond it count for nothing. */
  readonly listed: ReadonlyMap<string, ListedCrl>;
  readonly lists: readonly Row<'revocation_list'>[];
};

/** What signatures are judged by, at the present state of trust. */
export type Trust = {
  readonly source: TrustSource;
  readonly verifier: Verifier;
  /** DER. */
  readonly anchors: readonly Buffer[];
  readonly intermediates: readonly Buffer[];
  readonly lists: readonly Buffer[];
  /** SHA-256 of each list, hexadecimal. */
  readonly listHashes: readonly string[];
  /** Lists that the log names and the database lacks: what their authorities issued is refused until they are brought again. */
  readonly listsMissing: number;
  /** True where a list at hand, fresh or not, names this certificate. */
  readonly isRevoked: (certificate: IssuedBy) => boolean;
};

/** Reads one certificate that an administrator brings; a production platform takes none of a demonstration authority. */
export function admitCertificate(
  der: Uint8Array,
  profileName: Profile,
): Result<Certificate, 'document-malformed' | 'demo-in-production'> {
  const parsed = parseCertificate(der);
  if (!parsed.ok) return refuse('document-malformed');
  const isDemo = (parsed.value.extensions.policies ?? []).includes(DEMO_POLICY_OID);
  return isDemo && profileName === 'production' ? refuse('demo-in-production') : ok(parsed.value);
}

function knownCertificates(
  hashes: readonly string[],
  rows: readonly Row<'trust_certificate'>[],
): readonly Certificate[] {
  return hashes.flatMap((hash) => {
    const row = rows.find((candidate) => candidate.sha256 === hash);
    const parsed = row === undefined ? undefined : parseCertificate(row.der);
    // The hash of the bytes decides, not the column that claims it.
    return parsed?.ok === true && parsed.value.sha256 === hash ? [parsed.value] : [];
  });
}

/** Certificates whose revocation lists are taken: all that the trust document names. */
export function trustedAuthorities(
  document: TrustDocument | undefined,
  rows: readonly Row<'trust_certificate'>[],
): readonly Certificate[] {
  return knownCertificates([...(document?.anchors ?? []), ...(document?.intermediates ?? [])], rows);
}

function parseList(der: Uint8Array): RevocationList | undefined {
  const parsed = parseRevocationList(der);
  return parsed.ok ? parsed.value : undefined;
}

function isNamedBy(lists: readonly RevocationList[], { authority, serial }: IssuedBy, nowMs: number): boolean {
  return lists.some((list) => {
    const entry = list.authorityKeyIdentifier === authority ? list.find(serial) : undefined;
    return entry !== undefined && entry.reason !== 'remove-from-list' && revokedSinceMs(entry) <= nowMs;
  });
}

function allowedCarriers(policy: PolicyDocument): { readonly carriers?: readonly KeyCarrier[] } {
  const { carriers: named } = policy.signatures;
  return named.length === 0
    ? {}
    : { carriers: carriers.filter((carrier) => named.includes(carrierOid(carrier) ?? '')) };
}

/** Builds the verifier of a trust document. Lists older than the policy allows answer nothing, whatever their `nextUpdate` says. */
export function buildTrust(source: TrustSource, nowMs: () => number): Trust {
  const { document, policy, certificates, listed } = source;
  const anchors = knownCertificates(document?.anchors ?? [], certificates);
  const intermediates = knownCertificates(document?.intermediates ?? [], certificates);
  const lists = listsOf(listed, source.lists, parseList);
  const fresh = (list: RevocationList): boolean => list.thisUpdateMs >= nowMs() - policy.signatures.crlAgeMaxMs;
  let store = createRevocationStore({ lists: lists.filter(fresh) });
  let oldestMs = Math.min(...lists.filter(fresh).map((list) => list.thisUpdateMs));
  const refusedPolicies = [
    ...policy.signatures.refusedPolicies,
    ...(policy.profile === 'production' ? [DEMO_POLICY_OID] : []),
  ];
  const verifier = createVerifier({
    anchors,
    intermediates,
    algorithmPolicy: defaultAlgorithmPolicy,
    suite: defaultSuite,
    roleMappings: nationalRoleMappings,
    purposes: nationalPurposes,
    refusedPolicies,
    ...allowedCarriers(policy),
    // No time-stamping authority is trusted: acts are CAdES-BES, judged at receipt, and one that carries a time-stamp is refused.
    revocation: () => {
      if (oldestMs < nowMs() - policy.signatures.crlAgeMaxMs) {
        store = createRevocationStore({ lists: lists.filter(fresh) });
        oldestMs = Math.min(...lists.filter(fresh).map((list) => list.thisUpdateMs));
      }
      return store;
    },
  });
  return {
    source,
    verifier,
    anchors: anchors.map(({ der }) => Buffer.from(der)),
    intermediates: intermediates.map(({ der }) => Buffer.from(der)),
    lists: lists.map(({ der }) => Buffer.from(der)),
    listHashes: lists.map((list) => list.sha256),
    listsMissing: listed.size - lists.length,
    isRevoked: (certificate) => isNamedBy(lists, certificate, nowMs()),
  };
}
