import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeKey, writeCertificate } from '../../dev/ca/index.ts';
import {
  certificatesInFile,
  createRevocationStore,
  createVerifier,
  defaultAlgorithmPolicy,
  defaultSuite,
  nationalPurposes,
  nationalRoleMappings,
  parseOcspResponse,
  parseRevocationList,
  type Certificate,
  type TrustConfiguration,
} from '../../eds/index.ts';
import { createCertificateMemory, createRevocationJudge } from '../../eds/verify/index.ts';
import { sharedData } from '../../tests/shared-data.ts';
import { certificateOf, unwrap } from './world.ts';

const data = sharedData();
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
if (data === undefined || !hasOpenssl)
  process.stderr.write(
    'SKIPPED: without the data of the national authority, or openssl to open its files, no real revocation was judged\n',
  );

const folder = join(data ?? '', 'pki');
const bytes = (path: string): Uint8Array => readFileSync(join(folder, path));
const certificateIn = (file: Uint8Array): Certificate => {
  const [first] = unwrap(certificatesInFile(file));
  if (first === undefined) throw new Error('the file holds no certificate');
  return first;
};
/** The certificate of a published test key; the national authority's files want the legacy algorithms of openssl. */
const person = (path: string): Certificate => {
  const file = join(folder, 'test-ee-p12/gost-2015-512', `${path}.p12`);
  const { stdout } = spawnSync('openssl', ['pkcs12', '-legacy', '-nokeys', '-passin', 'pass:Qwerty12', '-in', file]);
  return certificateIn(stdout);
};

const dayMs = 24 * 60 * 60_000;
const minuteMs = 60_000;
const fileMs = Date.UTC(2026, 8, 1);

describe.skipIf(data === undefined || !hasOpenssl)('revocation as the national authority tells it', () => {
  const issuer = certificateIn(bytes('test-ca/nca_gost2022_test.cer'));
  const base = unwrap(parseRevocationList(bytes('test-crl/nca_gost2022_test.2026-08.crl')));
  const delta = unwrap(parseRevocationList(bytes('test-crl/nca_gost2022_d_test.2026.crl')));
  const revoked = unwrap(parseOcspResponse(bytes('test-ocsp/ocsp_response_ceo_2015_revoked.bin')));
  const neverIssued = unwrap(parseOcspResponse(bytes('test-ocsp/ocsp_response_individual_2015.bin')));

  const trustIn = (held: Parameters<typeof createRevocationStore>[0]): TrustConfiguration => {
    const store = createRevocationStore(held);
    return {
      // The issuing authority is the anchor here, so that only the person's own revocation is in question.
      anchors: [issuer],
      intermediates: [],
      algorithmPolicy: defaultAlgorithmPolicy,
      suite: defaultSuite,
      roleMappings: nationalRoleMappings,
      purposes: nationalPurposes,
      refusedPolicies: [],
      revocation: () => store,
      ocspAgeMaxMs: 5 * minuteMs,
    };
  };
  const byLists = createVerifier(trustIn({ lists: [base, delta] }));
  const revocationOf = (path: string, atMs = fileMs, by = byLists): string => {
    const { stages } = by.verifyCertificate({ certificate: person(path).der, atMs });
    expect(stages.find(({ name }) => name === 'chain')?.reason).toMatch(/^(?:chain-trusted|purpose-wrong)$/u);
    return stages.find(({ name }) => name === 'revocation')?.reason ?? '';
  };

  test('tells the twins apart: what is called revoked is listed, and what is called valid is not, but for two revoked later', () => {
    const kinds = ['employee', 'employee_signright', 'head', 'infosystem', 'treasury_client'];
    const told = (state: string) =>
      Object.fromEntries(kinds.map((kind) => [kind, revocationOf(`legal/${state}/${kind}`)]));
    expect(told('revoked')).toEqual({
      employee: 'revoked',
      employee_signright: 'revoked',
      head: 'revoked',
      infosystem: 'revoked',
      treasury_client: 'revoked',
    });
    expect(told('valid')).toEqual({
      employee: 'revoked',
      employee_signright: 'not-revoked',
      head: 'not-revoked',
      infosystem: 'revoked',
      treasury_client: 'not-revoked',
    });
    expect(revocationOf('individual/revoked/individual_revoked')).toBe('revoked');
    expect(revocationOf('individual/valid/individual_valid')).toBe('not-revoked');
  });

  test('a certificate that was superseded on 2 June was good the second before, by the list of August', () => {
    const supersededMs = Date.UTC(2026, 5, 2, 11, 39, 9);
    expect(revocationOf('legal/valid/employee', supersededMs - 1000)).toBe('not-revoked');
    expect(revocationOf('legal/valid/employee', supersededMs)).toBe('revoked');
    const onHold = Date.UTC(2026, 4, 8, 14, 59, 6);
    expect([revocationOf('legal/revoked/head', onHold - 1000), revocationOf('legal/revoked/head', onHold)]).toEqual([
      'not-revoked',
      'revoked',
    ]);
  });

  test('a list past its next update no longer clears anybody, and an altered one never did', () => {
    const nextUpdateMs = Date.UTC(2027, 1, 7, 3, 49, 19);
    expect(revocationOf('legal/valid/head', nextUpdateMs)).toBe('not-revoked');
    expect(revocationOf('legal/valid/head', nextUpdateMs + 1000)).toBe('crl-stale');
    // One bit of a serial number takes its holder off the list.
    const altered = Buffer.from(base.der);
    const at = altered.indexOf(person('legal/revoked/head').serial, 0, 'hex');
    altered[at] = (altered[at] ?? 0) ^ 1;
    const by = createVerifier(trustIn({ lists: [unwrap(parseRevocationList(altered))] }));
    expect(revocationOf('legal/revoked/head', fileMs, by)).toBe('crl-signature-wrong');
  });

  test('its delta list counts from a later base than its own number, so it completes nothing', () => {
    const atMs = Date.UTC(2025, 8, 1);
    expect([delta.thisUpdateMs < atMs, atMs < (delta.nextUpdateMs ?? 0)]).toEqual([true, true]);
    const { evidence } = byLists.verifyCertificate({ certificate: person('legal/valid/head').der, atMs });
    expect(evidence.revocationLists.map(({ number }) => number)).toEqual([166n]);
    expect(revocationOf('legal/valid/head', atMs, createVerifier(trustIn({ lists: [delta] })))).toBe('crl-unsupported');
  });

  /** The two people whom the responses are about are not published, so a certificate of ours takes their number: what is judged is the response. */
  const standIn = (serial: string): Certificate => {
    const key = makeKey('ec-p256');
    const der = writeCertificate(
      {
        serial,
        issuer: issuer.subjectName.attributes.map(({ oid, value }) => [oid, value] as const),
        subject: [['2.5.4.3', 'STAND-IN']],
        notBeforeMs: Date.UTC(2022, 6, 1),
        notAfterMs: Date.UTC(2023, 6, 1),
        subjectPublicKeyInfo: key.subjectPublicKeyInfo,
        extensions: [],
      },
      key,
    );
    return certificateOf(der);
  };
  const judged = (response: typeof revoked, atMs: number): string => {
    const trust = trustIn({ responses: [response] });
    const judge = createRevocationJudge(trust, createCertificateMemory(trust.suite));
    const serial = response.answers[0]?.id.serial ?? '';
    return judge([standIn(serial), issuer], atMs).stage.reason;
  };

  test('a response of its responder is believed under its delegate, without next update, for the window', () => {
    const producedMs = Date.UTC(2022, 8, 2, 16, 59, 28);
    const heldMs = Date.UTC(2022, 6, 27, 10, 25, 30);
    expect(revoked).toMatchObject({ producedAtMs: producedMs, hasExtendedRevoke: true, unknownCritical: [] });
    expect(revoked.nonce).toEqual(Uint8Array.of(0x15, 0x7b, 0x28, 0xfd, 0x1a, 0xc7, 0x76, 0x1e));
    expect(revoked.answers).toMatchObject([
      { status: 'revoked', nextUpdateMs: undefined, revocation: { revokedAtMs: heldMs, reason: 'certificate-hold' } },
    ]);
    expect([judged(revoked, producedMs), judged(revoked, producedMs + dayMs), judged(revoked, heldMs)]).toEqual([
      'revoked',
      'revoked',
      'revoked',
    ]);
    expect(judged(revoked, heldMs - 1000)).toBe('not-revoked');
  });

  test('"never issued" is told as unknown to the authority, and only as long as it is fresh', () => {
    const producedMs = Date.UTC(2022, 8, 2, 16, 58, 34);
    expect(judged(neverIssued, producedMs + 5 * minuteMs)).toBe('certificate-unknown-to-authority');
    expect(judged(neverIssued, producedMs + 5 * minuteMs + 1000)).toBe('ocsp-stale');
  });

  test('an altered octet in its responses is noticed wherever it stands', () => {
    const accepted: number[] = [];
    // Every seventh octet: each verification of the national curve takes milliseconds.
    for (let at = 0; at < neverIssued.der.length; at += 7) {
      const altered = Uint8Array.from(neverIssued.der);
      altered[at] = (altered[at] ?? 0) ^ 1;
      const parsed = parseOcspResponse(altered);
      const trust = trustIn({ responses: parsed.ok ? [parsed.value] : [] });
      const judge = createRevocationJudge(trust, createCertificateMemory(trust.suite));
      const path = [standIn(neverIssued.answers[0]?.id.serial ?? ''), issuer];
      const { reason } = judge(path, neverIssued.producedAtMs).stage;
      if (reason === 'not-revoked' || reason === 'revoked' || reason === 'certificate-unknown-to-authority')
        accepted.push(at);
    }
    expect(accepted).toEqual([]);
  });
});
