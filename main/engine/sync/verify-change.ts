import { fromBase64, ok, parseIin, refuse, type Result } from '../../../core/kernel/index.ts';
import { parseActEnvelope } from '../../../contracts/documents/index.ts';
import type { Change } from '../../../contracts/http/index.ts';
import type { Enrolment } from '../context.ts';
import { feedVerifier } from '../trust.ts';

/** A signed act, and when the server says that it received it. */
type SignedAct = Pick<Change, 'envelope' | 'cms'> & { readonly act: Pick<Change['act'], 'receivedAtMs'> };

/**
 * Verifies the act of a change as of its receipt: exactly one signature over this very envelope, a chain to an anchor that was pinned at
 * enrolment, and the person and certificate that the envelope names. Answers the name in the certificate. Revocation is not judged: no
 * list here says what the platform knew at that time, so it stays the platform's word; so does the role of the signer.
 */
export function verifyChange(
  enrolment: Enrolment,
  change: SignedAct,
): Result<string, 'signature-invalid' | 'envelope-malformed' | 'signer-differs'> {
  const envelope = parseActEnvelope(change.envelope);
  const cms = fromBase64(change.cms);
  if (!envelope.ok || !cms.ok) return refuse('envelope-malformed');
  const content = new TextEncoder().encode(change.envelope);
  const report = feedVerifier(enrolment).verify({
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
