import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { writeKey, type KeyKind } from '../../dev/ca/index.ts';
import { content, makeCa, makeSigner, nowMs, pem, signBes, verifierOf } from './world.ts';

const folder = mkdtempSync(join(tmpdir(), 'eds-openssl-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const hasOpenssl = ((): boolean => {
  try {
    return execFileSync('openssl', ['version']).length > 0;
  } catch {
    return false;
  }
})();
if (!hasOpenssl)
  process.stderr.write('SKIPPED: the openssl program is absent, so nothing independent judged these signatures\n');

const file = (name: string, bytes: Uint8Array | string): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};

const openssl = (...args: readonly string[]): { readonly isOk: boolean; readonly output: string } => {
  try {
    return { isOk: true, output: execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'pipe'] }).toString() };
  } catch (error) {
    return { isOk: false, output: String((error as { stderr?: Buffer }).stderr) };
  }
};

const kinds: readonly KeyKind[] = ['rsa-2048', 'rsa-3072', 'rsa-4096', 'ec-p256', 'ec-p384'];

describe.skipIf(!hasOpenssl)('openssl and we agree', () => {
  const ca = makeCa({ keys: 'rsa-3072' });
  const verifier = verifierOf(ca);
  const [rootList, issuingList] = ca.crls();
  const trusted = file(
    'chain.pem',
    pem('CERTIFICATE', ca.rootCertificate) +
      pem('CERTIFICATE', ca.issuingCertificate) +
      pem('X509 CRL', rootList) +
      pem('X509 CRL', issuingList),
  );
  const contentFile = file('content.json', content);
  const at = ['-attime', String(nowMs / 1000)];
  const check = (cms: string, detached: string = contentFile): ReturnType<typeof openssl> =>
    openssl(
      'cms',
      '-verify',
      '-cades',
      '-binary',
      '-inform',
      'DER',
      '-in',
      cms,
      '-content',
      detached,
      '-CAfile',
      trusted,
      '-crl_check_all',
      ...at,
      '-out',
      '/dev/null',
    );

  test.each(kinds)('openssl accepts our CAdES-BES made with %s, its chain and its revocation lists', (kind) => {
    const signer = makeSigner(ca, kind);
    const cms = signBes(signer, { kind });
    expect(check(file(`${kind}.p7s`, cms))).toMatchObject({ isOk: true });
    expect(verifier.verify({ cms, content, atMs: nowMs })).toMatchObject({ verdict: 'VALID' });
    // The check can fail: other content is refused by both.
    const other = new TextEncoder().encode('other');
    expect(check(file(`${kind}.p7s`, cms), file('other.json', other)).isOk).toBe(false);
    expect(verifier.verify({ cms, content: other, atMs: nowMs })).toMatchObject({
      verdict: 'INVALID',
      reason: 'content-differs',
    });
  });

  test('openssl accepts our attached form and one that carries its chain', () => {
    const signer = makeSigner(ca, 'rsa-2048');
    const cms = signBes(signer, {
      kind: 'rsa-2048',
      form: 'attached',
      chain: [ca.issuingCertificate, ca.rootCertificate],
    });
    const path = file('attached.p7s', cms);
    expect(
      openssl(
        'cms',
        '-verify',
        '-cades',
        '-binary',
        '-inform',
        'DER',
        '-in',
        path,
        '-CAfile',
        trusted,
        ...at,
        '-out',
        '/dev/null',
      ).isOk,
    ).toBe(true);
    expect(verifier.verify({ cms, atMs: nowMs })).toMatchObject({ verdict: 'VALID' });
  });

  test.each([
    { kind: 'rsa-2048', more: [] },
    { kind: 'rsa-2048', more: ['-keyopt', 'rsa_padding_mode:pss'] },
    { kind: 'rsa-2048', more: ['-keyid'] },
    { kind: 'rsa-3072', more: ['-nodetach'] },
    { kind: 'rsa-4096', more: [] },
    { kind: 'ec-p256', more: [] },
    { kind: 'ec-p384', more: ['-md', 'sha384'] },
  ] as const)('we accept what openssl signs with $kind $more', ({ kind, more }) => {
    const signer = makeSigner(ca, kind);
    const cms = signWithOpenssl(signer, more);
    expect(verifier.verify({ cms, content, atMs: nowMs })).toMatchObject({
      verdict: 'VALID',
      signer: { iin: '900101400013' },
    });
  });

  test.each([
    ['sha1', 'digest-weak'],
    ['md5', 'digest-weak'],
  ])('we verify what openssl signs with %s and do not call it VALID', (digest, reason) => {
    const cms = signWithOpenssl(makeSigner(ca, 'rsa-2048'), ['-md', digest]);
    const report = verifier.verify({ cms, content, atMs: nowMs });
    expect(report).toMatchObject({ verdict: 'INDETERMINATE', reason });
    expect(report.stages.find((stage) => stage.name === 'signature')?.reason).toBe('signature-algorithm-weak');
  });

  test('a file with two signatures is VALID only when both are', () => {
    const [first, second] = [makeSigner(ca, 'rsa-2048'), makeSigner(ca, 'ec-p256', { roles: ['head'] })];
    const more = [
      '-signer',
      file('second.pem', pem('CERTIFICATE', second.certificate)),
      '-inkey',
      file('second.key', writeKey(second.key)),
    ];
    const cms = signWithOpenssl(first, more);
    const report = verifier.verify({ cms, content, atMs: nowMs });
    expect(report).toMatchObject({ verdict: 'VALID' });
    expect(report.signers).toHaveLength(2);
    ca.revoke(second.serial, 4);
    const later = verifierOf(ca).verify({ cms, content, atMs: nowMs });
    expect(later).toMatchObject({ verdict: 'INVALID', reason: 'revoked', signer: { roles: ['legal-entity', 'head'] } });
    expect(later.signers.map((one) => one.verdict).toSorted((a, b) => a.localeCompare(b))).toEqual([
      'INVALID',
      'VALID',
    ]);
  });

  test('we do not accept a signature of openssl that names no certificate, and say why', () => {
    const cms = signWithOpenssl(makeSigner(ca, 'rsa-2048'), [], []);
    expect(verifier.verify({ cms, content, atMs: nowMs })).toMatchObject({
      verdict: 'INDETERMINATE',
      reason: 'signing-certificate-not-named',
    });
  });

  test('a revoked signer is refused by both', () => {
    const signer = makeSigner(ca, 'ec-p256');
    ca.revoke(signer.serial, 1);
    const path = file('revoked.p7s', signBes(signer));
    const [root, issuing] = ca.crls();
    const lists = file(
      'revoked.pem',
      pem('CERTIFICATE', ca.rootCertificate) +
        pem('CERTIFICATE', ca.issuingCertificate) +
        pem('X509 CRL', root) +
        pem('X509 CRL', issuing),
    );
    const answer = openssl(
      'cms',
      '-verify',
      '-cades',
      '-binary',
      '-inform',
      'DER',
      '-in',
      path,
      '-content',
      contentFile,
      '-CAfile',
      lists,
      '-crl_check_all',
      ...at,
      '-out',
      '/dev/null',
    );
    expect(answer.isOk).toBe(false);
    expect(answer.output).toContain('revoked');
    expect(verifierOf(ca).verify({ cms: signBes(signer), content, atMs: nowMs })).toMatchObject({
      verdict: 'INVALID',
      reason: 'revoked',
    });
  });

  function signWithOpenssl(
    signer: ReturnType<typeof makeSigner>,
    more: readonly string[],
    cades: readonly string[] = ['-cades'],
  ): Uint8Array {
    const certificate = file('signer.pem', pem('CERTIFICATE', signer.certificate));
    const key = file('signer.key', writeKey(signer.key));
    const args = [
      'cms',
      '-sign',
      '-binary',
      ...cades,
      '-in',
      contentFile,
      '-signer',
      certificate,
      '-inkey',
      key,
      '-outform',
      'DER',
      ...more,
    ];
    const out = join(folder, 'signed.p7s');
    const answer = openssl(...args, '-out', out);
    if (!answer.isOk) throw new Error(answer.output);
    return execFileSync('cat', [out]);
  }
});
