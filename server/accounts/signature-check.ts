import { parseIin, refuse, ok, type Iin, type Result, type Sha256Hex } from '../../core/kernel/index.ts';
import { canonicalize } from '../../core/signing/index.ts';
import type { ReasonId, VerificationReport } from '../../eds/index.ts';
import type { IssuedBy, Trust } from './trust.ts';

/** Why a signature does not authorise. */
export type SignatureRefusal =
  | 'signature-invalid'
  | 'signature-unknown'
  | 'certificate-foreign'
  | 'certificate-revoked'
  | 'certificate-expired'
  | 'certificate-demo'
  | 'carrier-refused';

/** A signature that is VALID: who signed by which certificate, and what the verdict stands on. */
export type CheckedSignature = {
  readonly iin: Iin;
  readonly certificate: Sha256Hex;
  /** The certificates from the signer up to the anchor, as revocation lists name them. */
  readonly path: readonly IssuedBy[];
  /** Canonical text `qorgan.validation/1`: kept with the act, so that it stays provable after certificates expire. */
  readonly validation: string;
};

const named: Readonly<Partial<Record<ReasonId, SignatureRefusal>>> = {
  'issuer-unknown': 'certificate-foreign',
  'key-identifier-missing': 'certificate-foreign',
  'certificate-signature-wrong': 'certificate-foreign',
  'issuer-not-authority': 'certificate-foreign',
  revoked: 'certificate-revoked',
  'issuer-revoked': 'certificate-revoked',
  'certificate-expired': 'certificate-expired',
  'certificate-not-yet-valid': 'certificate-expired',
  'policy-refused': 'certificate-demo',
  'carrier-refused': 'carrier-refused',
  'carrier-unknown': 'carrier-refused',
};

function refusalOf(report: VerificationReport): SignatureRefusal {
  // A wrong signature is called that, whatever else is wrong with the certificate beside it.
  const isWrong = report.stages.some(
    (stage) =>
      stage.outcome === 'FAIL' && (stage.name === 'digest' || stage.name === 'signature' || stage.name === 'parse'),
  );
  if (isWrong) return 'signature-invalid';
  return named[report.reason] ?? (report.verdict === 'INVALID' ? 'signature-invalid' : 'signature-unknown');
}

function validationText(report: VerificationReport, trust: Trust): string {
  const { signer, stages, referenceTimeMs } = report;
  // In the order of the canonical text, which is then written as it stands.
  return canonicalize({
    algorithm: signer?.algorithm ?? '',
    atMs: referenceTimeMs,
    carrier: signer?.carrier ?? 'unknown',
    certificate: signer?.certificateSha256 ?? '',
    form: 'qorgan.validation/1',
    lists: trust.listHashes,
    serial: signer?.serial ?? '',
    stages: stages.map(({ name, outcome, reason }) => ({ name, outcome, reason })),
    verdict: report.verdict,
  });
}

function pathOf({ evidence: { path } }: VerificationReport): readonly IssuedBy[] {
  return path.slice(0, -1).map(({ serial }, depth) => ({
    authority: path[depth + 1]?.extensions.subjectKeyIdentifier ?? '',
    serial,
  }));
}

/** Judges a detached CAdES-BES at `atMs`, whatever time a file claims or has stamped on it. INDETERMINATE never authorises; exactly one signer with a right IIN does. */
export function checkSignature(
  trust: Trust,
  signed: { readonly cms: Uint8Array; readonly content: Uint8Array; readonly atMs: number },
): Result<CheckedSignature, SignatureRefusal> {
  const report = trust.verifier.verify({ ...signed, referenceTime: 'given' });
  if (report.verdict !== 'VALID' || report.signers.length !== 1) {
    const code = report.verdict === 'VALID' ? 'signature-invalid' : refusalOf(report);
    return refuse(code, { reason: report.reason });
  }
  const iin = parseIin(report.signer?.iin ?? '');
  if (!iin.ok || report.signer === undefined) return refuse('signature-invalid', { reason: 'iin-malformed' });
  const certificate = report.signer.certificateSha256 as Sha256Hex;
  return ok({ iin: iin.value, certificate, path: pathOf(report), validation: validationText(report, trust) });
}
