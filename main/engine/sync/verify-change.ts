import { fromBase64, ok, parseIin, refuse, type Result } from '../../../core/kernel/index.ts';
import {
  createRevocationStore,
  createVerifier,
  defaultAlgorithmPolicy,
  DEMO_POLICY_OID,
  nationalPurposes,
  nationalRoleMappings,
  defaultSuite,
  parseCertificate,
  type Certificate,
  type Verifier,
} from '../../../eds/index.ts';
import { parseActEnvelope } from '../../../contracts/documents/index.ts';
import type { Change } from '../../../contracts/http/index.ts';
import type { Enrolment } from '../context.ts';

function certificatesOf(base64: readonly string[]): readonly Certificate[] {
  return base64.flatMap((text) => {
    const der = fromBase64(text);
    const parsed = der.ok ? parseCertificate(der.value) : der;
    return parsed.ok ? [parsed.value] : [];
  });
}

/** By the anchors of the enrolment bundle; what the server would have trusted since then is not asked. */
function verifierOf({ bundle, policy }: Enrolment): Verifier {
  const none = createRevocationStore({});
  return createVerifier({
    anchors: certificatesOf(bundle.anchors),
    intermediates: certificatesOf(bundle.intermediates),
    algorithmPolicy: defaultAlgorithmPolicy,
    suite: defaultSuite,
    roleMappings: nationalRoleMappings,
    purposes: nationalPurposes,
    refusedPolicies: [
      ...policy.signatures.refusedPolicies,
      ...(bundle.profile === 'production' ? [DEMO_POLICY_OID] : []),
    ],
    revocation: () => none,
  });
}

const verifiers = new WeakMap<Enrolment, Verifier>();

function knownVerifier(enrolment: Enrolment): Verifier {
  const verifier = verifiers.get(enrolment) ?? verifierOf(enrolment);
  verifiers.set(enrolment, verifier);
  return verifier;
}

/**
 * Verifies the act of a change as of its receipt: exactly one signature over this very envelope, a chain to an anchor that was pinned at
 * enrolment, and the person and certificate that the envelope names. Answers the name in the certificate. Revocation is not judged: no
 * list here says what the platform knew at that time, so it stays the platform's word; so does the role of the signer.
 */
export function verifyChange(
  enrolment: Enrolment,
  change: Change,
): Result<string, 'signature-invalid' | 'envelope-malformed' | 'signer-differs'> {
  const envelope = parseActEnvelope(change.envelope);
  const cms = fromBase64(change.cms);
  if (!envelope.ok || !cms.ok) return refuse('envelope-malformed');
  const content = new TextEncoder().encode(change.envelope);
  const report = knownVerifier(enrolment).verify({
    cms: cms.value,
    content,
    atMs: change.act.receivedAtMs,
    referenceTime: 'given',
  });
  const open = report.stages.find(({ name, outcome }) => name !== 'revocation' && outcome !== 'PASS');
  if (report.signers.length !== 1 || report.signer === undefined || open !== undefined) {
    return refuse('signature-invalid', { reason: open?.reason ?? report.reason });
  }
  const { actor } = envelope.value;
  const iin = parseIin(report.signer.iin ?? '');
  const isActor = iin.ok && iin.value === actor.iin && report.signer.certificateSha256 === actor.certificate;
  return isActor ? ok((report.signer.commonName ?? actor.iin).slice(0, 200)) : refuse('signer-differs');
}
