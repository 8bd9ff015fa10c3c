import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { Secret, toHex } from '../../core/kernel/index.ts';
import { fileSigner, writeKey } from '../../dev/ca/index.ts';
import { certificatesInPkcs12, pkcs12Limits, signBes } from '../../eds/index.ts';
import { keysInPkcs12 } from '../../eds/pkcs12/keys/index.ts';
import { sharedData } from '../shared-data.ts';
import { content, makeCa, makeSigner, nowMs, unwrap, verifierOf } from './world.ts';

const seed = Number(process.env['QORGAN_TEST_SEED'] ?? 20261125);
const folder = mkdtempSync(join(tmpdir(), 'eds-pkcs12-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const passwordOf = (text: string): Secret<'password'> => new Secret('password', Buffer.from(text));
const codeOf = (result: { readonly ok: boolean; readonly refusal?: { readonly code: string } }): string =>
  result.ok ? 'opened' : (result.refusal?.code ?? '');

const hasOpenssl = ((): boolean => {
  try {
    return execFileSync('openssl', ['version']).length > 0;
  } catch {
    return false;
  }
})();
if (!hasOpenssl)
  process.stderr.write('SKIPPED: the openssl program is absent, so no key file of another maker was opened\n');

describe.skipIf(!hasOpenssl)('key files of openssl', () => {
  const ca = makeCa();
  const word = 'Құпия-12';
  const pem = (der: Uint8Array): string =>
    `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString('base64')}\n-----END CERTIFICATE-----\n`;
  const made = new Map<string, Uint8Array>();

  function fileOf(kind: 'rsa-2048' | 'ec-p256' | 'ec-p384', more: readonly string[]): Uint8Array {
    const name = [kind, ...more].join(' ');
    const known = made.get(name);
    if (known !== undefined) return known;
    const signer = makeSigner(ca, kind);
    writeFileSync(join(folder, 'certificate.pem'), pem(signer.certificate));
    writeFileSync(join(folder, 'chain.pem'), pem(ca.issuingCertificate));
    writeFileSync(join(folder, 'key.pem'), writeKey(signer.key));
    const inputs = ['-inkey', 'key.pem', '-in', 'certificate.pem', '-certfile', 'chain.pem'];
    const args = ['pkcs12', '-export', ...inputs, '-passout', `pass:${word}`, ...more, '-out', 'made.p12'];
    execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
    const file = new Uint8Array(readFileSync(join(folder, 'made.p12')));
    made.set(name, file);
    return file;
  }

  test.each([
    ['rsa-2048', []],
    ['ec-p256', []],
    ['ec-p384', ['-certpbe', 'AES-128-CBC', '-keypbe', 'AES-192-CBC', '-macalg', 'sha384']],
    ['rsa-2048', ['-legacy']],
    ['rsa-2048', ['-legacy', '-certpbe', 'PBE-SHA1-RC2-128', '-keypbe', 'PBE-SHA1-2DES', '-macalg', 'sha512']],
    ['ec-p256', ['-certpbe', 'NONE', '-keypbe', 'NONE', '-macalg', 'sha1']],
  ] as const)('open: %s %j', async (kind, more) => {
    const file = fileOf(kind, more);
    const certificates = unwrap(certificatesInPkcs12(file, passwordOf(word)));
    expect(certificates.map(({ extensions }) => extensions.basicConstraints?.isAuthority)).toEqual([undefined, true]);
    const [key] = unwrap(keysInPkcs12(file, passwordOf(word)));
    if (key === undefined) throw new Error('the file has a key');
    const signer = fileSigner(key);
    key.privateKeyInfo.wipe();
    const cms = unwrap(await signBes(signer, { content, signingTimeMs: nowMs }));
    expect(verifierOf(ca).verify({ cms, content, atMs: nowMs })).toMatchObject({ verdict: 'VALID' });
  });

  test('are refused by name: wrong password, no MAC, too many iterations', () => {
    const file = fileOf('ec-p256', []);
    for (const wrong of ['', 'құпия-12', `${word}0`])
      expect(codeOf(certificatesInPkcs12(file, passwordOf(wrong)))).toBe('pkcs12-password-wrong');
    expect(codeOf(certificatesInPkcs12(file, new Secret('password', Uint8Array.of(0xff))))).toBe(
      'pkcs12-password-wrong',
    );
    expect(codeOf(certificatesInPkcs12(fileOf('ec-p256', ['-nomac']), passwordOf(word)))).toBe('pkcs12-unprotected');
    const costly = fileOf('ec-p256', ['-iter', '600000']);
    expect(codeOf(certificatesInPkcs12(costly, passwordOf(word)))).toBe('pkcs12-too-costly');
    const limits = { ...pkcs12Limits, iterationsMax: 4_095 };
    // MAC and certificates take 2,048 each: one iteration is missing.
    expect(codeOf(certificatesInPkcs12(file, passwordOf(word), limits))).toBe('pkcs12-too-costly');
    expect(codeOf(certificatesInPkcs12(file, passwordOf(word), { ...limits, iterationsMax: 4_096 }))).toBe('opened');
  });

  test('leave the password of the caller as it was', () => {
    const password = passwordOf(word);
    unwrap(certificatesInPkcs12(fileOf('ec-p256', []), password));
    expect(password.use((octets) => Buffer.from(octets).toString())).toBe(word);
  });

  test('altered anywhere, or cut anywhere, are refused or say the same, and never throw', () => {
    const file = fileOf('ec-p256', ['-legacy', '-iter', '1']);
    const original = unwrap(certificatesInPkcs12(file, passwordOf(word))).map(({ sha256 }) => sha256);
    const limits = { ...pkcs12Limits, iterationsMax: 3_000 };
    const refusals = new Set<string>();
    for (let at = 0; at < file.length; at += 1) {
      for (const mask of [0x01, 0x80, 0xff]) {
        const mutant = Uint8Array.from(file);
        mutant[at] = (mutant[at] ?? 0) ^ mask;
        const opened = keysInPkcs12(mutant, passwordOf(word), limits);
        refusals.add(codeOf(opened));
        const certificates = certificatesInPkcs12(mutant, passwordOf(word), limits);
        if (certificates.ok) expect(certificates.value.map(({ sha256 }) => sha256)).toEqual(original);
      }
      expect(codeOf(certificatesInPkcs12(file.subarray(0, at), passwordOf(word), limits))).toBe('pkcs12-malformed');
    }
    // Bits that BER leaves free (a length written longer) are not under the MAC; whatever is, was refused.
    expect([...refusals]).toEqual(
      expect.arrayContaining(['pkcs12-password-wrong', 'pkcs12-malformed', 'pkcs12-unsupported']),
    );
  });

  test('spliced and random, are refused without an exception', () => {
    const file = fileOf('ec-p256', ['-legacy', '-iter', '1']);
    const limits = { ...pkcs12Limits, iterationsMax: 3_000 };
    const edits = fc.array(fc.tuple(fc.nat(), fc.nat(8), fc.uint8Array({ maxLength: 8 })), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(edits, fc.boolean(), (changes, isRandom) => {
        const mutant = isRandom ? [] : [...file];
        for (const [at, cut, put] of changes) mutant.splice(at % (mutant.length + 1), cut, ...put);
        const opened = keysInPkcs12(Uint8Array.from(mutant), passwordOf(word), limits);
        return opened.ok ? toHex(Uint8Array.from(mutant)) === toHex(file) : opened.refusal.code.startsWith('pkcs12-');
      }),
      { seed, numRuns: 3_000 },
    );
  });
});

const data = sharedData();
if (data === undefined)
  process.stderr.write('SKIPPED: the data of the national authority is absent, so none of its key files was opened\n');

describe.skipIf(data === undefined)('key files of the national authority', () => {
  const root = join(data ?? '', 'pki', 'test-ee-p12', 'gost-2015-512');
  const paths =
    data === undefined
      ? []
      : readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.p12'));
  const read = (path: string): Uint8Array => readFileSync(join(root, path));

  test('are twelve', () => {
    expect(paths).toHaveLength(12);
  });

  test.each(paths)('%s opens, its key is that of its certificate, and another password is refused', async (path) => {
    const [certificate, ...others] = unwrap(certificatesInPkcs12(read(path), passwordOf('Qwerty12')));
    expect(others).toEqual([]);
    const keys = unwrap(keysInPkcs12(read(path), passwordOf('Qwerty12')));
    expect(keys.map((key) => key.certificate.sha256)).toEqual([certificate?.sha256]);
    const [key] = keys;
    if (key === undefined) throw new Error('the file has a key');
    // Verified against the certificate before it is given out.
    expect((await signBes(fileSigner(key), { content, signingTimeMs: nowMs })).ok).toBe(true);
    for (const wrong of ['qwerty12', 'Qwerty1', ''])
      expect(codeOf(certificatesInPkcs12(read(path), passwordOf(wrong)))).toBe('pkcs12-password-wrong');
  });
});
