import { randomBytes } from 'node:crypto';
import { ok, refuse, toHex } from '../../../core/kernel/index.ts';
import { timeStampPolicy } from '../../../dev/authority-services/index.ts';
import { makeKey, writeTimeStampToken, type SigningKey, type TestCa } from '../../../dev/ca/index.ts';
import { parseCertificate, sha256 } from '../../../eds/index.ts';
import { stampVerifier, type TimeStamps } from '../../../server/archive/index.ts';

/** A time-stamping authority in memory, and its certificate and anchor (DER) for readers of other houses. */
export type TestStamps = TimeStamps & {
  readonly anchor: Uint8Array;
  readonly issuing: Uint8Array;
  /** From now on another key signs, nobody answers, the clock is the real one, or all is well again. */
  readonly setFault: (fault: 'silent' | 'wrong-key' | 'real-time' | undefined) => void;
};

const sha256Oid = '2.16.840.1.101.3.4.2.1';

/** Stamps by `nowMs`, and judges as a platform does that trusts the authority. */
export function testStamps(ca: TestCa, nowMs: () => number): TestStamps {
  const key = makeKey('ec-p256');
  const stranger = makeKey('ec-p256');
  const { certificate } = ca.issueService({ subjectPublicKeyInfo: key.subjectPublicKeyInfo, purpose: 'time-stamps' });
  const certificates = [ca.rootCertificate, ca.issuingCertificate].flatMap((der) => {
    const parsed = parseCertificate(der);
    return parsed.ok ? [parsed.value] : [];
  });
  const verifier = stampVerifier({ anchors: certificates.slice(0, 1), intermediates: certificates.slice(1) });
  let fault: 'silent' | 'wrong-key' | 'real-time' | undefined;
  const write = (content: Uint8Array, by: SigningKey): Uint8Array =>
    writeTimeStampToken(
      {
        policy: timeStampPolicy,
        imprint: { digestOid: sha256Oid, digest: sha256(content) },
        serial: toHex(Uint8Array.of(0x41, ...randomBytes(7))),
        genTimeMs: fault === 'real-time' ? Math.floor(Date.now() / 1_000) * 1_000 : nowMs(),
        certificate,
      },
      by,
    );
  const judge: TimeStamps['judge'] = (content, token, atMs) => {
    const { verdict, reason, genTimeMs } = verifier.verifyTimeStamp({ token, stamped: content, atMs });
    return verdict === 'VALID' && genTimeMs !== undefined
      ? ok(genTimeMs)
      : refuse('archive-time-stamp-untrusted', { reason });
  };
  return {
    anchor: ca.rootCertificate,
    issuing: ca.issuingCertificate,
    judge,
    ask: async (content) => {
      if (fault === 'silent') return refuse('authority-unreachable');
      const token = write(content, fault === 'wrong-key' ? stranger : key);
      const judged = judge(content, token, nowMs());
      return judged.ok ? ok({ token, atMs: judged.value }) : judged;
    },
    setFault: (next) => {
      fault = next;
    },
  };
}
