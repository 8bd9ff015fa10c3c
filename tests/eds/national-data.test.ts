import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  carrierOf,
  certificatesInFile,
  createRevocationStore,
  createVerifier,
  defaultAlgorithmPolicy,
  nationalPurposes,
  nationalRoleMappings,
  defaultSuite,
  parseRevocationList,
  parseSignedData,
  type Certificate,
  type Verifier,
} from '../../eds/index.ts';
import { sharedData } from '../../tests/shared-data.ts';
import { unwrap } from './world.ts';

const data = sharedData();
if (data === undefined)
  process.stderr.write('SKIPPED: the data of the national authority is absent, so eds met only our own certificates\n');

const folder = join(data ?? '', 'pki');
const fileMs = Date.UTC(2026, 8, 1);

const bytes = (path: string): Uint8Array => readFileSync(join(folder, path));

function certificate(path: string): Certificate {
  const [first, ...others] = unwrap(certificatesInFile(bytes(path)));
  if (first === undefined || others.length > 0) throw new Error(`${path} does not hold one certificate`);
  return first;
}

function verifier(anchors: readonly string[], intermediates: readonly string[]): Verifier {
  const store = createRevocationStore({});
  return createVerifier({
    anchors: anchors.map(certificate),
    intermediates: intermediates.map(certificate),
    algorithmPolicy: defaultAlgorithmPolicy,
    suite: defaultSuite,
    roleMappings: nationalRoleMappings,
    purposes: nationalPurposes,
    refusedPolicies: [],
    revocation: () => store,
  });
}

const stagesOf = (by: Verifier, path: string, atMs: number): Readonly<Record<string, string>> =>
  Object.fromEntries(
    by
      .verifyCertificate({ certificate: certificate(path).der, atMs })
      .stages.map((stage) => [stage.name, stage.reason]),
  );

describe.skipIf(data === undefined)('certificates, lists and signatures of the national authority', () => {
  test('every certificate is read', () => {
    const paths = ['prod', 'test-ca'].flatMap((part) =>
      readdirSync(join(folder, part))
        .filter((name) => /\.(?:cer|pem)$/u.test(name))
        .map((name) => `${part}/${name}`),
    );
    expect(paths).toHaveLength(16);
    for (const path of paths)
      expect(certificate(path).extensions).toMatchObject({
        unknownCritical: [],
        basicConstraints: path.includes('individual') ? undefined : { isAuthority: true },
      });
  });

  test('the production RSA authority of 2022 leads to the root of 2020, by real RSA-4096 signatures', () => {
    const stages = stagesOf(verifier(['prod/root_rsa_2020.cer'], []), 'prod/nca_rsa_2022.cer', fileMs);
    // An authority is no signer: the path is found and right, and the purpose is what is wrong.
    expect(stages).toMatchObject({ chain: 'key-usage-wrong', revocation: 'crl-missing', time: 'time-in-validity' });
  });

  test('the root of 2015 has the name of the root of 2020 and is not mistaken for it', () => {
    expect(certificate('prod/root_rsa.pem').subject.commonName).toBe(
      certificate('prod/root_rsa_2020.cer').subject.commonName,
    );
    expect(stagesOf(verifier(['prod/root_rsa.pem'], []), 'prod/nca_rsa_2022.cer', fileMs)['chain']).toBe(
      'issuer-unknown',
    );
  });

  test('a test certificate of an older issuing key does not chain to the younger authority, whose name differs by one letter', () => {
    const issuer = certificate('test-ca/nca_rsa_test.cer');
    const person = certificate('test-ca/individual_valid_sign_2004_rsa.cer');
    expect(person.issuer.attributes.find((one) => one.oid === '2.5.4.3')?.value).toBe('ҰКО 3.0 (RSA TEST)');
    expect(issuer.subject.commonName).toBe('ҰҚО 3.0 (RSA TEST)');
    const by = verifier(['test-ca/kuc_rsa_test.cer'], ['test-ca/nca_rsa_test.cer']);
    const report = by.verifyCertificate({ certificate: person.der, atMs: Date.UTC(2022, 5, 1) });
    expect(report).toMatchObject({ verdict: 'INDETERMINATE', reason: 'issuer-unknown' });
    expect(report.signer).toMatchObject({
      iin: '123456789011',
      surname: 'ТЕСТОВ',
      givenName: 'ТЕСТОВИЧ',
      roles: ['individual'],
    });
  });

  test('the test authority for RSA is found under its root', () => {
    expect(stagesOf(verifier(['test-ca/kuc_rsa_test.cer'], []), 'test-ca/nca_rsa_test.cer', fileMs)['chain']).toBe(
      'key-usage-wrong',
    );
  });

  test('signatures by national algorithms are right over their content and INDETERMINATE without revocation lists', () => {
    for (const path of ['test-cms/individual_detached.der', 'test-cms/individual_attached.der']) {
      const signedData = unwrap(parseSignedData(bytes(path)));
      expect(signedData.signers[0]?.unsignedAttributes).toMatchObject([{ oid: '1.2.840.113549.1.9.16.2.14' }]);
      const report = verifier(['test-ca/root_test_gost_2022.cer'], ['test-ca/nca_gost2022_test.cer']).verify({
        cms: bytes(path),
        content: bytes('test-cms/individual_document.txt'),
        atMs: fileMs,
      });
      expect(report).toMatchObject({
        verdict: 'INDETERMINATE',
        reason: 'crl-missing',
        signer: { iin: '123456789011', carrier: 'file-pkcs12' },
      });
      expect(Object.fromEntries(report.stages.map(({ name, reason }) => [name, reason]))).toMatchObject({
        digest: 'content-agrees',
        signature: 'signature-right',
        'signing-certificate': 'signing-certificate-bound',
        chain: 'chain-trusted',
      });
    }
  });

  test('the carrier of the published test key is a file', () => {
    expect(carrierOf(certificate('test-cms/individual_signer.cer'))).toBe('file-pkcs12');
  });

  test('the base list has its 195 entries, and the delta list says that it is one', () => {
    const base = unwrap(parseRevocationList(bytes('test-crl/nca_gost2022_test.2026-08.crl')));
    expect([base.size(), base.baseNumber, base.number, base.unknownCritical]).toEqual([195, undefined, 166n, []]);
    expect(base.find('11878bbb2d0c22c0bb736d57935c80d54be605ff')).toEqual({
      revokedAtMs: Date.UTC(2026, 4, 6, 16, 34, 41),
      reason: 'affiliation-changed',
    });
    expect(base.find('11878bbb2d0c22c0bb736d57935c80d54be605fe')).toBeUndefined();
    expect(unwrap(parseRevocationList(bytes('test-crl/nca_gost2022_d_test.2026.crl')))).toMatchObject({
      number: 10n,
      baseNumber: 14n,
    });
  });
});
