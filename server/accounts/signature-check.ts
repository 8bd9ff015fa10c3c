import { parseIin, refuse, ok, type Iin, type Result, type Sha256Hex } from '../../core/kernel/index.ts';
import { canonicalize, type Json } from '../../core/signing/index.ts';
import type { ReasonId, SignerVerdict, VerificationReport } from '../../eds/index.ts';
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
  /** The signer's certificate, DER in base64: it travels between threads. */
  readonly der: string;
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

function refusalOf(report: Pick<SignerVerdict, 'stages' | 'reason' | 'verdict'>): SignatureRefusal {
  // A wrong signature is called that, whatever else is wrong with the certificate beside it.
  const isWrong = report.stages.some(
    (stage) =>
      stage.outcome === 'FAIL' && (stage.name === 'digest' || stage.name === 'signature' || stage.name === 'parse'),
  );
  if (isWrong) return 'signature-invalid';
  return named[report.reason] ?? (report.verdict === 'INVALID' ? 'signature-invalid' : 'signature-unknown');
}

/** Names the lists that let the signature in. */
function validationText(report: VerificationReport): string {
  const { signer, stages, referenceTimeMs, evidence } = report;
  // In the order of the canonical text, which is then written as it stands.
  return canonicalize({
    algorithm: signer?.algorithm ?? '',
    atMs: referenceTimeMs,
    carrier: signer?.carrier ?? 'unknown',
    certificate: signer?.certificateSha256 ?? '',
    form: 'qorgan.validation/1',
    lists: [...new Set(evidence.revocationLists.map(({ sha256 }) => sha256))],
    responses: [],
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
  const [own] = report.evidence.path;
  const der = Buffer.from(own?.der ?? []).toString('base64');
  return ok({ iin: iin.value, certificate, der, path: pathOf(report), validation: validationText(report) });
}

/**
 * The second judgement of a signature that the lists of the log let in, where the answers of authorities are: it can only refuse. The certificates are asked
 * about from now on. Answers the validation data with the responses that had nothing against it.
 */
export function checkLive(trust: Trust, checked: CheckedSignature, atMs: number): Result<string, SignatureRefusal> {
  const { stage, path, responses } = trust.judgeLive(Buffer.from(checked.der, 'base64'), atMs);
  if (stage === undefined) return ok(checked.validation);
  trust.note(path);
  if (stage.outcome !== 'PASS') return refuse(named[stage.reason] ?? 'signature-unknown', { reason: stage.reason });
  if (responses.length === 0) return ok(checked.validation);
  const validation = JSON.parse(checked.validation) as { readonly [name: string]: Json };
  return ok(canonicalize({ ...validation, responses: responses.map(({ sha256 }) => sha256) }));
}

/** Judges a certificate (DER) that is to act for a person, before he has signed anything by it; INDETERMINATE is never good. */
export function checkCertificate(
  trust: Trust,
  certificate: Uint8Array,
  atMs: number,
): Result<Pick<CheckedSignature, 'iin' | 'certificate'>, SignatureRefusal> {
  const verdict = trust.verifier.verifyCertificate({ certificate, atMs });
  if (verdict.verdict !== 'VALID') return refuse(refusalOf(verdict), { reason: verdict.reason });
  const live = trust.judgeLive(certificate, atMs).stage;
  if (live !== undefined && live.outcome !== 'PASS')
    return refuse(named[live.reason] ?? 'signature-unknown', { reason: live.reason });
  const iin = parseIin(verdict.signer?.iin ?? '');
  if (!iin.ok) return refuse('certificate-foreign', { reason: 'iin-malformed' });
  return ok({ iin: iin.value, certificate: verdict.signer?.certificateSha256 as Sha256Hex });
}
