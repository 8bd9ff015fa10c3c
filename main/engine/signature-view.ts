import { fromBase64, ok, refuse, type ActionId, type CaseId, type Result } from '../../core/kernel/index.ts';
import type { OperatorInput, SignatureView } from '../../contracts/ipc/index.ts';
import type { SignerReport, TimeStampReport, VerificationReport } from '../../eds/index.ts';
import type { Engine, Shift } from './context.ts';
import { shownVerifier } from './trust.ts';

/** Names in a certificate are as long as its authority likes; what is longer is cut. */
const lineMax = 300;

function line(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text.slice(0, lineMax);
}

function signerOf(signer: SignerReport): NonNullable<SignatureView['signer']> {
  const { iinCheck, binCheck, roles, carrier, serial, notBeforeMs, notAfterMs, certificateSha256 } = signer;
  return {
    name: [signer.commonName, signer.givenName]
      .filter((part) => part !== undefined)
      .join(' ')
      .slice(0, lineMax),
    iin: line(signer.iin),
    iinCheck,
    organisation: line(signer.organisation),
    bin: line(signer.bin),
    binCheck,
    roles: [...roles],
    carrier,
    issuer: line(signer.issuerName),
    serial,
    notBeforeMs: Math.max(0, notBeforeMs),
    notAfterMs: Math.max(0, notAfterMs),
    certificate: certificateSha256,
    algorithm: signer.algorithm ?? null,
    claimedAtMs: signer.claimedAtMs === undefined ? null : Math.max(0, signer.claimedAtMs),
  };
}

function stampOf(stamp: TimeStampReport): SignatureView['timeStamps'][number] {
  const { verdict, reason, genTimeMs, policy, authority, isRevocationKnown } = stamp;
  return {
    ...{ verdict, reason, isRevocationKnown },
    genTimeMs: genTimeMs === undefined ? null : Math.max(0, genTimeMs),
    policy: line(policy),
    authority: line(authority),
  };
}

/** `verified-here` leaves out revocation alone: nothing at hand here speaks for that time, and the server's word is all there is. */
function conclusionOf({ verdict, stages }: VerificationReport): SignatureView['conclusion'] {
  if (verdict !== 'INDETERMINATE') return verdict === 'VALID' ? 'valid' : 'invalid';
  const isOnlyRevocation = stages.every(({ name, outcome }) => outcome === 'PASS' || name === 'revocation');
  return isOnlyRevocation ? 'verified-here' : 'indeterminate';
}

/** What a page is shown of a report; the signed bytes stay in main. */
export function signatureView(
  report: VerificationReport,
  told: { readonly receivedAtMs: number | null; readonly recordedAtMs: number | null },
): SignatureView {
  const { verdict, indication, subIndication, stage, reason, stages, referenceTimeMs } = report;
  const lists = report.evidence.revocationLists;
  return {
    ...{ verdict, indication, subIndication, stage, reason },
    conclusion: conclusionOf(report),
    stages: stages.map((one) => ({ ...one })),
    signer: report.signer === undefined ? null : signerOf(report.signer),
    otherSigners: report.signers.length - 1,
    timeStamps: report.timeStamps.map(stampOf),
    referenceTimeMs,
    ...told,
    revocationAsOfMs: lists.length === 0 ? null : Math.min(...lists.map(({ thisUpdateMs }) => thisUpdateMs)),
  };
}

/**
 * Judges the signature of an act of a case, anew and here: as of its receipt, which is the server's word; an own act that the server has not told yet as of
 * its record. Refuses `act-absent` and `signature-not-kept`.
 */
export async function readSignatureView(
  engine: Engine,
  shift: Shift,
  { caseId, actionId }: OperatorInput<'signatures.get'>,
): Promise<Result<SignatureView>> {
  const wanted = { caseId: caseId as CaseId, actionId: actionId as ActionId };
  const kept = await engine.vault.call('cases.signature', wanted);
  if (!kept.ok) return kept;
  const { receivedAtMs, recordedAtMs } = kept.value;
  const cms = fromBase64(kept.value.cms);
  const atMs = receivedAtMs ?? recordedAtMs;
  if (!cms.ok || atMs === null) return refuse('signature-not-kept');
  const content = new TextEncoder().encode(kept.value.envelope);
  const report = shownVerifier(engine, shift.enrolment).verify({
    ...{ cms: cms.value, content, atMs },
    referenceTime: 'given',
  });
  return ok(signatureView(report, { receivedAtMs, recordedAtMs }));
}
