import * as z from 'zod';
import { ok, refuse, type Result } from '../../core/kernel/index.ts';
import type { PolicyDocument } from '../../core/access/index.ts';
import type { Profile } from '../../core/signing/index.ts';
import { platformId, profile, sha256Hex } from '../../contracts/documents/index.ts';
import {
  cardsNamed,
  createRevocationStore,
  createVerifier,
  defaultAlgorithmPolicy,
  DEMO_POLICY_OID,
  isRoleMapId,
  nationalPurposes,
  nationalRoleMappings,
  defaultSuite,
  parseCertificate,
  parseRevocationList,
  revokedSinceMs,
  roleMaps,
  type Certificate,
  type OcspResponse,
  type RevocationList,
  type RevocationStore,
  type RoleMapping,
  type Stage,
  type Verifier,
} from '../../eds/index.ts';
import type { LiveAnswers } from '../authorities/index.ts';
import type { Row } from '../store/index.ts';
import { listsOf, type ListedCrl } from './revocation.ts';

const keyIdentifier = z.string().regex(/^(?:[0-9a-f]{2}){1,64}$/u);

/** Which certificates the platform trusts: a document of its own, so that adding one to a table changes nothing. */
export const trustDocument = z.strictObject({
  form: z.literal('qorgan.trust/1'),
  platform: platformId,
  profile,
  version: z.int().min(1),
  anchors: z.array(sha256Hex).max(16),
  intermediates: z.array(sha256Hex).max(64),
  /** Whose extended key usages name roles in which way, where a registry of authorities said so; absent: all of them in the national one. */
  roleMaps: z
    .array(z.strictObject({ authority: keyIdentifier, map: z.string().refine(isRoleMapId) }))
    .max(80)
    .optional(),
});

export type TrustDocument = z.output<typeof trustDocument>;

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

/** Where a trust is built: by which clock, and beside which answers of authorities; without any no authority is asked. */
export type TrustPlace = { readonly nowMs: () => number; readonly live?: LiveAnswers | undefined };

/** What all answers at hand make of a certificate. `stage` is undefined where no authority is asked. */
export type LiveJudgement = {
  readonly stage: Stage | undefined;
  readonly path: readonly Certificate[];
  readonly responses: readonly OcspResponse[];
};

/** What signatures are judged by, at the present state of trust. */
export type Trust = {
  readonly source: TrustSource;
  /** Judges by the lists that the log names, and by nothing else. */
  readonly verifier: Verifier;
  /** Judges the certificate (DER) of a signature that `verifier` accepts: anything but PASS refuses it. */
  readonly judgeLive: (certificate: Uint8Array, atMs: number) => LiveJudgement;
  /** Tells those who ask responders that these certificates are in use. */
  readonly note: (path: readonly Certificate[]) => void;
  /** Whose lists are taken. */
  readonly authorities: readonly Certificate[];
  /** DER. */
  readonly anchors: readonly Buffer[];
  readonly intermediates: readonly Buffer[];
  readonly lists: readonly Buffer[];
  /** The lists that count by the log. */
  readonly listed: readonly ListedCrl[];
  /** Lists that the log names and the database lacks: what their authorities issued is refused until they are brought again. */
  readonly listsMissing: number;
  /** True where an answer at hand, fresh or not, says that this certificate is revoked. */
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

/** As the registry said that the trust was imported by; else the roles of the national authority, which then is the only one. */
function roleMappingsOf(document: TrustDocument | undefined): readonly RoleMapping[] {
  return (
    document?.roleMaps?.map(({ authority, map }) => ({ issuers: [authority], roles: roleMaps[map] })) ??
    nationalRoleMappings
  );
}

/** The lists that are young enough, chosen anew when the oldest of them no longer is. */
function createLoggedStore(lists: readonly RevocationList[], ageMaxMs: number, nowMs: () => number) {
  const choose = () => {
    const fresh = lists.filter((list) => list.thisUpdateMs >= nowMs() - ageMaxMs);
    return {
      store: createRevocationStore({ lists: fresh }),
      oldestMs: Math.min(...fresh.map((list) => list.thisUpdateMs)),
    };
  };
  let chosen = choose();
  return (): RevocationStore => {
    if (chosen.oldestMs < nowMs() - ageMaxMs) chosen = choose();
    return chosen.store;
  };
}

/** The lists of the log, of any age, with all that came since. */
function createJoinedStore(lists: readonly RevocationList[], live: LiveAnswers) {
  let joined: { readonly edition: number; readonly store: RevocationStore } | undefined;
  return (): RevocationStore => {
    if (joined?.edition !== live.edition()) {
      const held = { lists: [...lists, ...live.lists()], responses: live.responses() };
      joined = { edition: live.edition(), store: createRevocationStore(held) };
    }
    return joined.store;
  };
}

/** How long an OCSP response without nextUpdate can say that it knows a certificate: as long as it can only refuse, a day takes nobody in. */
const ocspAgeMaxMs = 86_400_000;

/**
 * Builds what signatures are judged by. Lists older than the policy allows answer nothing, whatever their `nextUpdate` says. What an authority said beyond
 * the lists of the log is asked second, and can only refuse.
 */
export function buildTrust(source: TrustSource, { nowMs, live }: TrustPlace): Trust {
  const { document, policy, certificates, listed } = source;
  const anchors = knownCertificates(document?.anchors ?? [], certificates);
  const intermediates = knownCertificates(document?.intermediates ?? [], certificates);
  const lists = listsOf(listed, source.lists, parseList);
  const common = {
    anchors,
    intermediates,
    algorithmPolicy: defaultAlgorithmPolicy,
    suite: defaultSuite,
    roleMappings: roleMappingsOf(document),
    purposes: nationalPurposes,
    refusedPolicies: [
      ...policy.signatures.refusedPolicies,
      ...(policy.profile === 'production' ? [DEMO_POLICY_OID] : []),
    ],
    carriers: cardsNamed(policy.signatures.carriers),
    // No time-stamping authority is trusted: acts are CAdES-BES, judged at receipt, and one that carries a time-stamp is refused.
  };
  const revocation = createLoggedStore(lists, policy.signatures.crlAgeMaxMs, nowMs);
  const verifier = createVerifier({ ...common, revocation });
  const second = live && createVerifier({ ...common, ocspAgeMaxMs, revocation: createJoinedStore(lists, live) });
  const judgeLive = (certificate: Uint8Array, atMs: number): LiveJudgement => {
    const verdict = second?.verifyCertificate({ certificate, atMs });
    const stage = verdict?.stages.find(({ name }) => name === 'revocation');
    return { stage, path: verdict?.evidence.path ?? [], responses: verdict?.evidence.ocspResponses ?? [] };
  };
  const isRevokedLive = (named: IssuedBy): boolean => {
    if (isNamedBy(live?.lists() ?? [], named, nowMs())) return true;
    const known = live?.certificateOf(named);
    return known !== undefined && judgeLive(known.der, nowMs()).stage?.outcome === 'FAIL';
  };
  return {
    source,
    verifier,
    judgeLive,
    note: (path) => live?.note(path),
    authorities: [...anchors, ...intermediates],
    anchors: anchors.map(({ der }) => Buffer.from(der)),
    intermediates: intermediates.map(({ der }) => Buffer.from(der)),
    lists: lists.map(({ der }) => Buffer.from(der)),
    listsMissing: listed.size - lists.length,
    listed: [...listed.values()],
    isRevoked: (named) => isNamedBy(lists, named, nowMs()) || isRevokedLive(named),
  };
}
