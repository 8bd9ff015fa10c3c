import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  defaultAuthorityRegistry,
  certificatesInFile,
  explain,
  explanationLinesMax,
  octetsInFile,
} from '../../eds/index.ts';
import { nationalOidNames } from '../../eds/explain/national-oid-names.ts';
import { sharedData } from '../../tests/shared-data.ts';
import { unwrap } from './world.ts';

const data = sharedData();
if (data === undefined)
  process.stderr.write('SKIPPED: the data of the national authority is absent, so no real file was explained\n');

const pki = join(data ?? '', 'pki');
const filesOf = (part: string): readonly string[] =>
  readdirSync(join(pki, part), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.(?:json|txt)$/u.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));

describe.skipIf(data === undefined)('explanations of the files of the national authority', () => {
  test.each([
    ['prod', 11, 'certificate'],
    ['test-ca', 5, 'certificate'],
    ['test-crl', 2, 'revocation-list'],
    ['test-ee-p12', 12, 'key-file'],
    ['test-ocsp', 2, 'ocsp-response'],
  ])('all of %s, %d files, are %s, whole and readable to the end', (part, count, form) => {
    const files = filesOf(part);
    expect(files).toHaveLength(count);
    for (const file of files) {
      const [octets = new Uint8Array(0)] = octetsInFile(readFileSync(file)) ?? [];
      const explanation = explain(octets);
      expect(explanation, file).toMatchObject({ form, isCut: false });
      expect(
        explanation.lines.filter(({ kind }) => kind === 'fault'),
        file,
      ).toEqual([]);
      expect(explanation.lines.filter(({ kind }) => kind === 'field').length, file).toBeGreaterThan(3);
      const last = explanation.lines.at(-1);
      const end = last?.kind === 'element' ? last.offset + last.headerBytes + (last.contentBytes ?? 0) : 0;
      expect(end, file).toBe(octets.length);
    }
  });

  const fieldsOf = (file: string): readonly string[] =>
    explain(readFileSync(join(pki, file))).lines.flatMap((line) =>
      line.kind === 'field' ? [`${'  '.repeat(line.depth)}${line.field}: ${line.value}`] : [],
    );

  test('a signature with its time-stamp', () => {
    const fields = fieldsOf('test-cms/individual_detached.der');
    expect(fields.slice(0, 8).map((line) => line.replace(/[0-9a-f]{64,}/u, '#'))).toEqual([
      'content-type: id-data',
      'content-detached: ',
      'signer: ТЕСТОВ ТЕСТ',
      '  digest-algorithm: kz-gost-34.11-2015-512',
      '  algorithm: kz-gost-34.10-2015-512-signature',
      '  signed-at: 2026-07-20T09:08:06Z',
      '  message-digest: #',
      '  signing-certificate: sha256 #',
    ]);
    expect(fields).toContain('    time-stamped-at: 2026-07-20T09:08:07Z');
    expect(fields).toContain('    policy: kz-nca-time-stamp-gost-34.10-2015');
    expect(fields).toContain('  extended-key-usage: kz-nca-role-individual');
    expect(fieldsOf('test-cms/individual_attached.der')).toContain(
      `content-attached-bytes: ${readFileSync(join(pki, 'test-cms/individual_document.txt')).length}`,
    );
  });

  test('a response of a time-stamping authority, its token, and answers about certificates', () => {
    expect(fieldsOf('test-tsp/tsp_response.bin').slice(0, 2)).toEqual(['response: 0', 'time-stamp: ']);
    expect(explain(readFileSync(join(pki, 'test-tsp/tsp_token.bin'))).form).toBe('time-stamp-token');
    const never = fieldsOf('test-ocsp/ocsp_response_individual_2015.bin');
    expect(never).toEqual(
      expect.arrayContaining([
        'extended-revoke: ',
        'status: revoked',
        '  revoked-at: 1970-01-01T00:00:00Z',
        '  reason: certificate-hold',
      ]),
    );
  });

  test('the long revocation list stays within the bound', () => {
    const { lines } = explain(readFileSync(join(pki, 'test-crl/nca_gost2022_test.2026-08.crl')));
    expect(lines.length).toBeLessThanOrEqual(explanationLinesMax);
    expect(lines).toContainEqual({ kind: 'field', depth: 0, field: 'entries', value: '195' });
  });
});

describe.skipIf(data === undefined)('what the program knows by heart', () => {
  test('the built-in registry pins exactly the production certificates, by their keys', () => {
    const certificates = filesOf('prod').flatMap((file) => unwrap(certificatesInFile(readFileSync(file))));
    const pinned = defaultAuthorityRegistry.authorities.flatMap(({ anchors, intermediates, ...authority }) =>
      [...anchors, ...intermediates].map((sha256) => ({ sha256, isAnchor: anchors.includes(sha256), ...authority })),
    );
    expect(pinned.map(({ sha256 }) => sha256).toSorted()).toEqual(certificates.map(({ sha256 }) => sha256).toSorted());
    for (const certificate of certificates) {
      const pin = pinned.find(({ sha256 }) => sha256 === certificate.sha256);
      expect(pin?.keyIdentifiers).toContain(certificate.extensions.subjectKeyIdentifier);
      expect(pin?.isAnchor).toBe(
        certificate.extensions.authorityKeyIdentifier === certificate.extensions.subjectKeyIdentifier,
      );
      expect(pin?.validFromMs).toBeLessThanOrEqual(certificate.notBeforeMs);
      expect(pin?.validUntilMs).toBeGreaterThanOrEqual(certificate.notAfterMs);
    }
  });

  test('names of the national register are of identifiers that the register has', () => {
    const register = JSON.parse(readFileSync(join(pki, 'kz-oids-root.gov.kz.json'), 'utf8')) as {
      readonly all: Record<string, string>;
    };
    const unregistered = Object.keys(nationalOidNames).filter((oid) => !Object.hasOwn(register.all, oid));
    expect(unregistered).toEqual([]);
  });
});
