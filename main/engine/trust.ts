import { fromBase64 } from '../../core/kernel/index.ts';
import {
  cardsNamed,
  createRevocationStore,
  createVerifier,
  defaultAlgorithmPolicy,
  defaultSuite,
  DEMO_POLICY_OID,
  nationalPurposes,
  nationalRoleMappings,
  parseCertificate,
  type Certificate,
  type ReasonId,
  type RevocationStore,
  type TrustConfiguration,
  type Verifier,
} from '../../eds/index.ts';
import type { Hints } from '../local-files/index.ts';
import type { Engine, Enrolment } from './context.ts';

export type TrustHint = NonNullable<Hints['trust']>;

/** Whom the enrolment trusts, in the form in which the locked workstation remembers it. */
export function trustHintOf({ bundle, policy }: Enrolment): TrustHint {
  const { carriers, refusedPolicies } = policy.signatures;
  return {
    anchors: [...bundle.anchors],
    intermediates: [...bundle.intermediates],
    carriers: [...carriers],
    refusedPolicies: [...refusedPolicies, ...(bundle.profile === 'production' ? [DEMO_POLICY_OID] : [])],
  };
}

function certificatesOf(base64: readonly string[]): readonly Certificate[] {
  return base64.flatMap((text) => {
    const der = fromBase64(text);
    const parsed = der.ok ? parseCertificate(der.value) : der;
    return parsed.ok ? [parsed.value] : [];
  });
}

const nothingKnown = createRevocationStore({});

function trustOf(hint: TrustHint, revocation: () => RevocationStore): TrustConfiguration {
  return {
    anchors: certificatesOf(hint.anchors),
    intermediates: certificatesOf(hint.intermediates),
    algorithmPolicy: defaultAlgorithmPolicy,
    suite: defaultSuite,
    roleMappings: nationalRoleMappings,
    purposes: nationalPurposes,
    refusedPolicies: hint.refusedPolicies,
    revocation,
  };
}

const feedVerifiers = new WeakMap<Enrolment, Verifier>();

/**
 * Judges acts of the change feed by the anchors and the policy of the enrolment, whatever policy is in effect: what was good when it was signed stays
 * good. What the server would have trusted since then, and revocation, are not asked.
 */
export function feedVerifier(enrolment: Enrolment): Verifier {
  const known = feedVerifiers.get(enrolment);
  if (known !== undefined) return known;
  const policy = enrolment.policies[0]?.document ?? enrolment.policy;
  const verifier = createVerifier(trustOf(trustHintOf({ ...enrolment, policy }), () => nothingKnown));
  feedVerifiers.set(enrolment, verifier);
  return verifier;
}

const shownVerifiers = new WeakMap<Enrolment, Verifier>();

/** Judges what a person asks about: as the feed does, and by the carriers of the policy and the revocation lists that are at hand here. */
export function shownVerifier(engine: Engine, enrolment: Enrolment): Verifier {
  const known = shownVerifiers.get(enrolment);
  if (known !== undefined) return known;
  const verifier = withCarriers(trustHintOf(enrolment), () => engine.state.revocation.store);
  shownVerifiers.set(enrolment, verifier);
  return verifier;
}

/** The policy has changed: whatever is shown from now on is judged by its carriers. */
export function forgetShownVerifier(enrolment: Enrolment): void {
  shownVerifiers.delete(enrolment);
}

function withCarriers(hint: TrustHint, revocation: () => RevocationStore): Verifier {
  return createVerifier({ ...trustOf(hint, revocation), carriers: cardsNamed(hint.carriers) });
}

/** Why a certificate cannot sign here, or `undefined`. */
export type CertificateJudge = (certificate: Certificate, atMs: number) => ReasonId | undefined;

/**
 * Judges certificates on cards by the anchors of the enrolment: in a shift those of the vault, while locked those that were remembered beside it, which can
 * only put a certificate aside. Before enrolment only what needs no anchor is judged. Revocation that is not known speaks against nobody: the
 * server decides about that.
 */
export function certificateJudge(engine: Engine): CertificateJudge {
  const { shift } = engine.state;
  const hint = shift === undefined ? engine.files.hints()?.trust : undefined;
  const verifier =
    shift !== undefined
      ? shownVerifier(engine, shift.enrolment)
      : hint !== undefined
        ? withCarriers(hint, () => nothingKnown)
        : undefined;
  return (certificate, atMs) => {
    const judge = verifier ?? createVerifier({ ...trustOf(noHint, () => nothingKnown), anchors: [certificate] });
    const { stages } = judge.verifyCertificate({ certificate: certificate.der, atMs });
    const speaksAgainst = stages.filter(
      ({ name, outcome }) => outcome === 'FAIL' || (outcome === 'UNKNOWN' && name !== 'revocation'),
    );
    return (speaksAgainst.find(({ outcome }) => outcome === 'FAIL') ?? speaksAgainst[0])?.reason;
  };
}

const noHint: TrustHint = { anchors: [], intermediates: [], carriers: [], refusedPolicies: [] };
