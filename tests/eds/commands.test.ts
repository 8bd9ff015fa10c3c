import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { extensions, keyIdentifierOf } from '../../dev/ca/index.ts';
import { commandLine } from './command-line.ts';
import { hierarchy, keys } from './hierarchy.ts';
import { content, holder, makeCa, makeSigner, nowMs, signBes, type Signer } from './world.ts';

const qorgan = commandLine(nowMs);

let folder: string;
let trust: string;
let signer: Signer;
const ca = makeCa();

function file(name: string, octets: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, octets);
  return path;
}

const base64 = (octets: Uint8Array): string => Buffer.from(octets).toString('base64');
const pem = (label: string, octets: Uint8Array): string =>
  `-----BEGIN ${label}-----\n${base64(octets).replaceAll(/.{64}/gu, '$&\n')}\n-----END ${label}-----\n`;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'qorgan-eds-'));
  trust = join(folder, 'trust');
  mkdirSync(join(trust, 'more'), { recursive: true });
  file('trust/root.crt', pem('CERTIFICATE', ca.rootCertificate));
  file('trust/issuing.DER', ca.issuingCertificate);
  file('trust/MANIFEST.json', '{}');
  file('trust/more/broken.cer', 'left aside');
  signer = makeSigner(ca);
  const [root, issuing] = ca.crls();
  file('root.crl', pem('X509 CRL', root));
  file('issuing.crl', issuing);
  file('content', content);
  file('signature.p7s', signBes(signer));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const path = (name: string): string => join(folder, name);
const lists = (): readonly string[] => ['--crl', path('issuing.crl'), '--crl', path('root.crl')];
const verify = (name: string, ...options: readonly string[]) =>
  qorgan('eds', 'verify', path(name), '--trust', trust, ...options);
const signed = (): readonly string[] => ['--content', path('content')];

describe('qorgan eds verify', () => {
  test('says VALID with everything that was asked for, and ends with 0', async () => {
    const said = await verify('signature.p7s', ...signed(), ...lists(), '--json');
    expect(said.exit).toBe(0);
    expect(said.json()).toMatchObject({
      command: 'eds verify',
      verdict: 'VALID',
      indication: 'TOTAL-PASSED',
      subIndication: '',
      referenceTime: '2026-11-23T09:30:00Z',
      signers: [
        {
          commonName: 'ӘЛІМҚҰЛОВА ҒАЗИЗА',
          iin: holder.iin,
          iinCheck: 'right',
          bin: '200140000014',
          binCheck: 'right',
          roles: ['legal-entity', 'employee'],
          algorithm: 'ecdsa-sha256',
          signedAt: '2026-11-23T09:30:00Z',
          referenceTime: '2026-11-23T09:30:00Z',
          verdict: 'VALID',
          timeStamps: [],
        },
      ],
    });
    const stages = said.json()['stages'] as readonly Record<string, string>[];
    expect(stages.map(({ name, outcome, reason }) => `${name} ${outcome} ${reason}`)).toEqual([
      'parse PASS cms-read',
      'digest PASS content-agrees',
      'signature PASS signature-right',
      'signing-certificate PASS signing-certificate-bound',
      'chain PASS chain-trusted',
      'revocation PASS not-revoked',
      'time PASS time-in-validity',
      'role PASS role-not-demanded',
      'carrier PASS carrier-not-demanded',
    ]);
    expect(stages[1]?.['text']).toBe('The document has not changed since it was signed');
  });

  test('says INVALID with 1 and INDETERMINATE with 2, each with its reason', async () => {
    const other = await verify('signature.p7s', '--content', path('signature.p7s'), ...lists(), '--json');
    expect([other.exit, other.json()]).toMatchObject([1, { verdict: 'INVALID', reason: 'content-differs' }]);
    const absent = await verify('signature.p7s', ...lists(), '--json');
    expect([absent.exit, absent.json()]).toMatchObject([2, { verdict: 'INDETERMINATE', reason: 'content-missing' }]);
    const unknown = await verify('signature.p7s', ...signed(), '--json');
    expect([unknown.exit, unknown.json()]).toMatchObject([2, { verdict: 'INDETERMINATE', reason: 'crl-missing' }]);
    const later = await verify('signature.p7s', ...signed(), ...lists(), '--at', '2036-01-01T00:00Z', '--json');
    expect([later.exit, later.json()]).toMatchObject([1, { verdict: 'INVALID', reason: 'certificate-expired' }]);
  });

  test('excuses what is not known about an authority of the folder, and says so; never one that the file carries', async () => {
    const excused = await verify('signature.p7s', ...signed(), '--crl', path('issuing.crl'), '--json');
    expect(excused.exit).toBe(0);
    expect(excused.json()['stages']).toContainEqual(expect.objectContaining({ reason: 'holder-not-revoked' }));
    const others = makeCa();
    const foreign = file('foreign.p7s', signBes(makeSigner(others), { chain: [others.issuingCertificate] }));
    mkdirSync(path('other'), { recursive: true });
    file('other/root.cer', others.rootCertificate);
    const [, issuing] = others.crls();
    const given = ['--crl', file('others.crl', issuing), ...signed(), '--json'];
    // The same authority, carried by the file and not chosen by the reader, is not excused.
    const carried = await qorgan('eds', 'verify', foreign, '--trust', path('other'), ...given);
    expect([carried.exit, carried.json()]).toMatchObject([2, { reason: 'crl-missing' }]);
  });

  test('reads signatures and lists in PEM and bare base64, and refuses what is cut off', async () => {
    const cms = signBes(signer, { form: 'attached' });
    file('pem.p7s', pem('CMS', cms));
    file('bare.p7s', base64(cms));
    file('cut.p7s', cms.subarray(0, -1));
    file('long.p7s', Buffer.concat([cms, Buffer.of(0)]));
    for (const name of ['pem.p7s', 'bare.p7s']) expect((await verify(name, ...lists())).exit, name).toBe(0);
    for (const name of ['cut.p7s', 'long.p7s', 'content']) {
      const said = await verify(name, ...lists(), '--json');
      expect([said.exit, said.json()], name).toMatchObject([
        2,
        { verdict: 'cannot-tell', problem: 'input-unreadable' },
      ]);
    }
    // A whole structure that is no signature was judged, and found not to be one.
    const certificate = await verify('trust/issuing.DER', '--json');
    expect([certificate.exit, certificate.json()]).toMatchObject([1, { verdict: 'INVALID', reason: 'cms-malformed' }]);
  });

  test('judges at the time that is given: with a zone, in milliseconds, or now', async () => {
    const at = async (time: string): Promise<unknown> =>
      (await verify('signature.p7s', ...signed(), ...lists(), '--at', time, '--json')).json()['referenceTime'];
    expect(await at('2026-11-23T14:31:02+05:00')).toBe('2026-11-23T09:31:02Z');
    expect(await at('2026-11-23T09:31:02.5Z')).toBe('2026-11-23T09:31:02Z');
    expect(await at(String(nowMs + 1_000))).toBe('2026-11-23T09:30:01Z');
  });

  test.each([
    '2026-11-23',
    '2026-11-23T09:30:00',
    '2026-02-30T00:00:00Z',
    '2026-11-23T24:30Z',
    'yesterday',
    '-1',
    '1e3',
    '9'.repeat(15),
  ])('refuses the time %s', async (time) => {
    const said = await verify('signature.p7s', '--at', time, '--json');
    expect([said.exit, said.json()]).toMatchObject([2, { problem: 'time-malformed' }]);
  });

  test('refuses by name what its options name and cannot be read', async () => {
    const refusal = async (...options: readonly string[]): Promise<unknown> => {
      const said = await verify('signature.p7s', ...options, '--json');
      expect(said.exit).toBe(2);
      return said.json()['problem'];
    };
    expect(await refusal('--crl', path('content'))).toBe('crl-malformed');
    expect(await refusal('--crl', path('issuing.crl'), '--crl', path('nothing'))).toBe('file-unreadable');
    expect(await refusal('--ocsp', path('issuing.crl'))).toBe('ocsp-malformed');
    expect(await refusal('--content', path('nothing'))).toBe('file-unreadable');
    expect(await refusal('--trust', trust)).toBe('option-repeated');
    expect(await refusal('--role', 'head')).toBe('option-unknown');
    const bare = await qorgan('eds', 'verify', path('signature.p7s'), '--json');
    expect([bare.exit, bare.json()]).toMatchObject([2, { problem: 'argument-missing', what: '--trust' }]);
  });

  test('refuses a folder with a certificate that cannot be read, without a root, or that is none', async () => {
    const refusal = async (name: string): Promise<unknown> => {
      const said = await qorgan('eds', 'verify', path('signature.p7s'), '--trust', path(name), '--json');
      expect(said.exit).toBe(2);
      return said.json();
    };
    mkdirSync(path('broken'));
    file('broken/root.cer', ca.rootCertificate);
    file('broken/list.pem', pem('X509 CRL', ca.crl()));
    expect(await refusal('broken')).toMatchObject({
      problem: 'trust-certificate-malformed',
      file: path('broken/list.pem'),
    });
    mkdirSync(path('rootless'));
    file('rootless/issuing.cer', ca.issuingCertificate);
    file('rootless/person.cer', signer.certificate);
    expect(await refusal('rootless')).toMatchObject({ problem: 'trust-without-anchor' });
    expect(await refusal('nowhere')).toMatchObject({ problem: 'folder-unreadable' });
  });

  test('takes no holder for an anchor, though he stands in the folder', async () => {
    mkdirSync(path('holders'));
    file('holders/root.cer', makeCa().rootCertificate);
    file('holders/person.cer', signer.certificate);
    const said = await qorgan(
      'eds',
      'verify',
      path('signature.p7s'),
      '--trust',
      path('holders'),
      ...signed(),
      '--json',
    );
    expect([said.exit, said.json()]).toMatchObject([2, { reason: 'issuer-unknown' }]);
  });

  test('takes no holder for an anchor, though he signed his own certificate', async () => {
    const own = [['2.5.4.3', 'SIGNER']] as const;
    const authorityKey = extensions.authorityKey(keyIdentifierOf(keys.signer.subjectPublicKeyInfo));
    const changes = { issuer: own, subject: own, signedBy: keys.signer, extensions: [authorityKey] };
    const made = hierarchy({ signer: changes });
    mkdirSync(path('selfmade'));
    file('selfmade/root.cer', made.root);
    file('selfmade/person.cer', made.signer);
    const cms = signBes({ key: keys.signer, certificate: made.signer, serial: '4711' }, { form: 'attached' });
    const said = await qorgan('eds', 'verify', file('selfmade.p7s', cms), '--trust', path('selfmade'), '--json');
    expect([said.exit, said.json()]).toMatchObject([2, { reason: 'issuer-unknown' }]);
  });

  test('reads as a report in each language, with a mark for each stage', async () => {
    const read = async (locale: string): Promise<string> =>
      (await verify('signature.p7s', '--crl', path('issuing.crl'), '--locale', locale)).out;
    const english = await read('en');
    expect(english).toMatch(
      /^Cannot tell: The signed document was not given \(INDETERMINATE, SIGNED_DATA_NOT_FOUND\)\n/u,
    );
    expect(english).toContain('\n  ? Content of the document: The signed document was not given\n');
    expect(english).toContain('\n  ✓ Signature: The signature was made by this key\n');
    expect(english).toContain('\n  Roles: Legal entity, Employee\n');
    expect(await read('ru')).toContain('\n  ✓ Подпись: Подпись сделана этим ключом\n');
    expect(await read('kk')).toContain('\n  ✓ Қолтаңба: Қолтаңба осы кілтпен қойылған\n');
  });

  test('lets no name of a certificate move the cursor or turn the text', async () => {
    const hostile = makeSigner(ca, 'ec-p256', { holder: { ...holder, surname: '\u001B[2J\u202EТЕСТ' } });
    file('hostile.p7s', signBes(hostile, { form: 'attached' }));
    const said = await verify('hostile.p7s', ...lists());
    expect(said.out).toContain(String.raw`\u{1b}[2J\u{202e}ТЕСТ`);
    expect(said.out.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202E]/u);
  });

  test('ends as a program with the status of its verdict', () => {
    const program = resolve(import.meta.dirname, '../../cli/boot/qorgan.mjs');
    const status = (...argv: readonly string[]): number | null =>
      spawnSync(process.execPath, [program, 'eds', ...argv], {
        timeout: 30_000,
        env: { PATH: process.env['PATH'] ?? '', NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '' },
      }).status;
    const at = ['--at', String(nowMs), '--trust', trust, ...lists()];
    expect(status('verify', path('signature.p7s'), ...signed(), ...at)).toBe(0);
    expect(status('verify', path('signature.p7s'), '--content', path('root.crl'), ...at)).toBe(1);
    expect(status('verify', path('signature.p7s'), ...at)).toBe(2);
    expect(status('cert', path('trust/issuing.DER'), ...at)).toBe(0);
    expect(status('explain', path('signature.p7s'))).toBe(0);
  });
});

describe('qorgan eds cert', () => {
  const judge = (name: string, ...options: readonly string[]) =>
    qorgan('eds', 'cert', path(name), '--trust', trust, ...lists(), ...options, '--json');

  test('judges a holder, and after revocation against him', async () => {
    const person = makeSigner(ca);
    file('person.cer', pem('CERTIFICATE', person.certificate));
    const good = await judge('person.cer');
    expect([good.exit, good.json()]).toMatchObject([
      0,
      { verdict: 'VALID', signers: [{ iin: holder.iin, carrier: 'kaztoken', purpose: 'signing' }] },
    ]);
    ca.revoke(person.serial);
    const revoked = await judge('person.cer', '--crl', file('newer.crl', ca.crl()));
    expect([revoked.exit, revoked.json()]).toMatchObject([1, { reason: 'revoked', indication: 'TOTAL-FAILED' }]);
  });

  test('judges an authority as one, and does not excuse it from revocation', async () => {
    const known = await judge('trust/issuing.DER');
    expect([known.exit, known.json()]).toMatchObject([0, { signers: [{ purpose: 'certification' }] }]);
    const unknown = await qorgan('eds', 'cert', path('trust/issuing.DER'), '--trust', trust, '--json');
    expect([unknown.exit, unknown.json()]).toMatchObject([2, { reason: 'crl-missing' }]);
    const anchor = await judge('trust/root.crt');
    expect([anchor.exit, anchor.json()]).toMatchObject([0, { verdict: 'VALID' }]);
    expect(anchor.json()['stages']).toContainEqual(expect.objectContaining({ reason: 'revocation-not-demanded' }));
  });

  test('judges every certificate of a file, and by the holder, wherever he stands in it', async () => {
    const stranger = makeSigner(makeCa());
    file('chain.pem', pem('CERTIFICATE', ca.issuingCertificate) + pem('CERTIFICATE', stranger.certificate));
    const said = await judge('chain.pem');
    expect([said.exit, said.json()]).toMatchObject([
      2,
      { reason: 'issuer-unknown', certificates: [{ reason: 'issuer-unknown' }, { verdict: 'VALID' }] },
    ]);
  });

  test('says of an identity number whether its control digit is right, and that the verdict is not about it', async () => {
    const wrong = makeSigner(ca, 'ec-p256', { holder: { ...holder, iin: '123456789011' } });
    file('wrong.cer', wrong.certificate);
    expect((await judge('wrong.cer')).json()).toMatchObject({
      verdict: 'VALID',
      signers: [{ iin: '123456789011', iinCheck: 'wrong', binCheck: 'right' }],
    });
    const said = await qorgan('eds', 'cert', path('wrong.cer'), '--trust', trust);
    expect(said.out).toContain('IIN: 123456789011 (wrong control digit)');
  });

  test('refuses what is neither a certificate nor a key file, without asking for a password', async () => {
    for (const name of ['content', 'signature.p7s']) {
      const said = await judge(name);
      expect([said.exit, said.json()], name).toMatchObject([2, { problem: 'certificate-unreadable' }]);
    }
  });
});

describe('qorgan eds explain', () => {
  test('says what a file is, its fields first and then its elements, in each language', async () => {
    const english = await qorgan('eds', 'explain', path('signature.p7s'));
    expect(english.exit).toBe(0);
    const lines = english.out.split('\n');
    expect(lines.slice(0, 4)).toEqual([
      'What the file claims; nothing was checked',
      '',
      'Electronic signature (CMS SignedData)',
      'Type of content: id-data',
    ]);
    expect(lines).toContain('Signer: ӘЛІМҚҰЛОВА ҒАЗИЗА');
    expect(lines).toContain('  Hash algorithm: sha256');
    expect(english.out.indexOf('Signer:')).toBeLessThan(english.out.indexOf('      0 4+'));
    expect((await qorgan('eds', 'explain', path('root.crl'), '--locale', 'ru')).out).toContain(
      '\nСписок отозванных свидетельств',
    );
    expect((await qorgan('eds', 'explain', path('trust/root.crt'), '--locale', 'kk')).out).toContain(
      '\nКуәлік (X.509)\n',
    );
  });

  test('ends with 2 for what has no structure', async () => {
    for (const octets of ['a text', '', Buffer.of(0xff, 0xff, 0x00)]) {
      const said = await qorgan('eds', 'explain', file('nothing', octets), '--json');
      expect([said.exit, said.json()]).toMatchObject([2, { structures: [{ form: 'octets' }] }]);
    }
  });
});
