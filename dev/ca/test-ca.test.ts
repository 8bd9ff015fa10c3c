import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { DEMO_POLICY_OID, parseCertificate, parseRevocationList, type Certificate } from '../../eds/index.ts';
import { createTestCa, makeKey, type IssueRequest } from './index.ts';

const nowMs = Date.UTC(2026, 10, 23, 9, 30);
const folder = mkdtempSync(join(tmpdir(), 'test-ca-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const holder: IssueRequest['holder'] = {
  surname: 'ӘЛІМҚҰЛОВА',
  name: 'ҒАЗИЗА',
  patronymic: 'ҮКІҚЫЗЫ',
  iin: '900101400013',
  organisation: { name: 'АО "СЫНАҚ"', bin: '200140000014' },
};

function read(der: Uint8Array): Certificate {
  const parsed = parseCertificate(der);
  if (!parsed.ok) throw new Error(parsed.refusal.code);
  return parsed.value;
}

describe('the test authority', () => {
  const make = (demo: boolean, directory?: string) =>
    createTestCa({ demo, now: () => nowMs, keys: 'ec-p256', ...(directory === undefined ? {} : { directory }) });

  test('writes the national profile', () => {
    const { subjectPublicKeyInfo } = makeKey('rsa-2048');
    const { certificate, serial } = make(false).issue({
      subjectPublicKeyInfo,
      holder,
      roles: ['head'],
      carrier: 'identity-card',
    });
    const parsed = read(certificate);
    expect(parsed.subject).toEqual({
      commonName: 'ӘЛІМҚҰЛОВА ҒАЗИЗА',
      surname: 'ӘЛІМҚҰЛОВА',
      givenName: 'ҮКІҚЫЗЫ',
      organisation: 'АО "СЫНАҚ"',
      iin: '900101400013',
      bin: '200140000014',
      country: 'KZ',
    });
    expect(parsed.serial).toBe(serial);
    expect(parsed.extensions).toMatchObject({
      keyUsage: ['digitalSignature', 'nonRepudiation'],
      extendedKeyUsage: ['1.3.6.1.5.5.7.3.4', '1.2.398.3.3.4.1.2', '1.2.398.3.3.4.1.2.1'],
      policies: ['1.2.398.3.3.2'],
      keyCarrier: '1.2.398.3.3.5.2.1',
      crlUrls: ['http://crl.qorgan.test/issuing.crl'],
      unknownCritical: [],
    });
  });

  test('marks every certificate of a demonstration, authorities included', () => {
    const demo = make(true);
    const { subjectPublicKeyInfo } = makeKey('ec-p256');
    const person = demo.issue({ subjectPublicKeyInfo, holder, roles: ['employee'] }).certificate;
    for (const der of [demo.rootCertificate, demo.issuingCertificate, person]) {
      expect(read(der).extensions.policies).toContain(DEMO_POLICY_OID);
    }
    expect(read(make(false).rootCertificate).extensions.policies).not.toContain(DEMO_POLICY_OID);
  });

  test('gives a decryption key a certificate that cannot sign', () => {
    const ca = make(false);
    const usageOf = (kind: 'rsa-2048' | 'ec-p256') =>
      read(ca.issue({ ...makeKey(kind), holder, roles: ['employee'], purpose: 'decryption' }).certificate).extensions
        .keyUsage;
    expect([usageOf('rsa-2048'), usageOf('ec-p256')]).toEqual([['keyEncipherment'], ['keyAgreement']]);
  });

  test('lives on in its folder, closed to others, and is not taken for the other kind', () => {
    const directory = join(folder, 'kept');
    const first = make(true, directory);
    const { subjectPublicKeyInfo } = makeKey('ec-p256');
    const issued = first.issue({ subjectPublicKeyInfo, holder, roles: ['employee'] });
    first.revoke(issued.serial, 1);
    const again = make(true, directory);
    expect(again.rootCertificate).toEqual(first.rootCertificate);
    const list = parseRevocationList(again.crl());
    expect(list.ok && list.value.find(issued.serial)).toEqual({ revokedAtMs: nowMs, reason: 'key-compromise' });
    expect(again.issue({ subjectPublicKeyInfo, holder, roles: ['employee'] }).serial).not.toBe(issued.serial);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    for (const file of readdirSync(directory)) expect(statSync(join(directory, file)).mode & 0o777).toBe(0o600);
    expect(() => make(false, directory)).toThrow('other kind');
  });
});
