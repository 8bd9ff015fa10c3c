import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sharedData } from '../../tests/shared-data.ts';
import { commandLine } from './command-line.ts';

const data = sharedData();
if (data === undefined)
  process.stderr.write(
    'SKIPPED: the data of the national authority is absent, so the commands met only our own files\n',
  );

const pki = join(data ?? '', 'pki');
const nowMs = Date.UTC(2026, 8, 1);
const qorgan = commandLine(nowMs, 'Qwerty12');

const base = join(pki, 'test-crl/nca_gost2022_test.2026-08.crl');
const delta = join(pki, 'test-crl/nca_gost2022_d_test.2026.crl');
const document = join(pki, 'test-cms/individual_document.txt');

/** Authorities of the two hierarchies together: the signatures are by a test key under a time-stamp of the real service. */
let both: string;
beforeAll(() => {
  if (data === undefined) return;
  both = mkdtempSync(join(tmpdir(), 'qorgan-trust-'));
  for (const part of ['prod', 'test-ca'])
    for (const name of readdirSync(join(pki, part)).filter((one) => !one.endsWith('.json')))
      symlinkSync(join(pki, part, name), join(both, name));
});
afterAll(() => {
  if (data !== undefined) rmSync(both, { recursive: true, force: true });
});

const exits: Readonly<Record<string, number>> = { VALID: 0, INVALID: 1, INDETERMINATE: 2 };

async function judged(...argv: readonly string[]): Promise<readonly unknown[]> {
  const { exit, json } = await qorgan(...argv, '--json');
  const said = json();
  expect(exit).toBe(exits[String(said['verdict'])]);
  const stages = said['stages'] as readonly { readonly outcome: string; readonly reason: string }[];
  const against = stages.filter(({ outcome }) => outcome !== 'PASS').map(({ reason }) => reason);
  return [said['verdict'], ...against];
}

describe.skipIf(data === undefined)('certificates of authorities, each judged as what it is', () => {
  const weak = 'certificate-algorithm-weak';
  test.each([
    ['prod/root_rsa_2020.cer', ['VALID']],
    ['prod/root_gost_2022.pem', ['VALID']],
    // GOST 34.310-2004 is accepted only under a time-stamp of its days.
    ['prod/root_gost_2020.cer', ['INDETERMINATE', weak]],
    ['prod/root_rsa.pem', ['INVALID', 'certificate-expired']],
    ['prod/root_gost.pem', ['INVALID', weak, 'certificate-expired']],
    // Nobody has the list of the root, and what is asked about is never excused.
    ['prod/nca_rsa_2022.cer', ['INDETERMINATE', 'crl-missing']],
    ['prod/nca_gost_2022.pem', ['INDETERMINATE', 'crl-missing']],
    ['prod/nca_rsa.pem', ['INVALID', 'crl-missing', 'certificate-expired']],
    ['prod/nca_gost.pem', ['INVALID', weak, 'crl-missing', 'certificate-expired']],
    ['prod/ucgo_gost.cer', ['INDETERMINATE', weak, 'crl-missing']],
    ['prod/btsd_gost.cer', ['INDETERMINATE', weak, 'crl-missing']],
    ['test-ca/root_test_gost_2022.cer', ['VALID']],
    ['test-ca/kuc_rsa_test.cer', ['VALID']],
    ['test-ca/nca_gost2022_test.cer', ['INDETERMINATE', 'crl-missing']],
    ['test-ca/nca_rsa_test.cer', ['INDETERMINATE', 'crl-missing']],
    // Issued by an older key of the authority whose name differs by one letter.
    ['test-ca/individual_valid_sign_2004_rsa.cer', ['INVALID', 'issuer-unknown', 'not-checked', 'certificate-expired']],
  ])('%s: %j', async (file, expected) => {
    expect(await judged('eds', 'cert', join(pki, file), '--trust', both)).toEqual(expected);
  });

  test('each folder stands by itself as trust', async () => {
    const file = join(pki, 'prod/nca_rsa_2022.cer');
    expect(await judged('eds', 'cert', file, '--trust', join(pki, 'prod'))).toEqual(['INDETERMINATE', 'crl-missing']);
    expect(await judged('eds', 'cert', file, '--trust', join(pki, 'test-ca'))).toEqual([
      'INDETERMINATE',
      'issuer-unknown',
      'not-checked',
    ]);
  });

  test('and were in force in their days', async () => {
    const then = ['--trust', both, '--at', '2020-01-01T00:00:00Z'];
    expect(await judged('eds', 'cert', join(pki, 'prod/root_rsa.pem'), ...then)).toEqual(['VALID']);
    expect(await judged('eds', 'cert', join(pki, 'prod/nca_rsa.pem'), ...then)).toEqual([
      'INDETERMINATE',
      'crl-missing',
    ]);
    expect(await judged('eds', 'cert', join(pki, 'prod/root_rsa_2020.cer'), ...then)).toEqual([
      'INVALID',
      'certificate-not-yet-valid',
    ]);
  });
});

describe.skipIf(data === undefined)('the twelve published key files', () => {
  const gone = ['INVALID', 'revoked'];
  const unfit = ['INVALID', 'purpose-wrong'];
  // Certificate; without a list; with the base list; with base and delta list; roles.
  const keys = [
    ['individual/valid/individual_valid', ['INDETERMINATE', 'crl-missing'], ['VALID'], ['individual']],
    ['individual/revoked/individual_revoked', ['INDETERMINATE', 'crl-missing'], gone, ['individual']],
    ['legal/valid/head', ['INDETERMINATE', 'crl-missing'], ['VALID'], ['legal-entity', 'head']],
    ['legal/revoked/head', ['INDETERMINATE', 'crl-missing'], gone, ['legal-entity', 'head']],
    ['legal/valid/employee_signright', ['INDETERMINATE', 'crl-missing'], ['VALID'], ['legal-entity', 'signing-right']],
    ['legal/revoked/employee_signright', ['INDETERMINATE', 'crl-missing'], gone, ['legal-entity', 'signing-right']],
    // Published as valid, and revoked (superseded) a month later.
    ['legal/valid/employee', ['INDETERMINATE', 'crl-missing'], gone, ['legal-entity', 'employee']],
    ['legal/revoked/employee', ['INDETERMINATE', 'crl-missing'], gone, ['legal-entity', 'employee']],
    // The file names are swapped: this one is of the treasury client, whose keys are for its own system.
    ['legal/valid/infosystem', [...unfit, 'crl-missing'], [...unfit, 'revoked'], ['legal-entity']],
    ['legal/revoked/infosystem', [...unfit, 'crl-missing'], [...unfit, 'revoked'], ['legal-entity']],
    // And this one of an information system: it signs, and names no person.
    [
      'legal/valid/treasury_client',
      ['INDETERMINATE', 'crl-missing'],
      ['VALID'],
      ['legal-entity', 'information-system'],
    ],
    ['legal/revoked/treasury_client', ['INDETERMINATE', 'crl-missing'], gone, ['legal-entity', 'information-system']],
  ] as const;

  test.each(keys)('%s: %j without a list, %j with one; %j', async (name, unlisted, listed, roles) => {
    const given = [
      'eds',
      'cert',
      join(pki, 'test-ee-p12/gost-2015-512', `${name}.p12`),
      '--trust',
      both,
      '--password',
      'Qwerty12',
    ];
    expect(await judged(...given)).toEqual(unlisted);
    expect(await judged(...given, '--crl', base)).toEqual(listed);
    // The delta list at hand is of the year before and completes another base: it changes nothing.
    expect(await judged(...given, '--crl', base, '--crl', delta)).toEqual(listed);
    expect((await qorgan(...given, '--json')).json()).toMatchObject({
      signers: [
        {
          roles,
          carrier: 'file-pkcs12',
          policies: ['1.2.398.3.3.2'],
          iinCheck: expect.stringMatching(/wrong|absent/u),
        },
      ],
    });
  });

  const employee = (at: string): Promise<readonly unknown[]> =>
    judged(
      'eds',
      'cert',
      join(pki, 'test-ee-p12/gost-2015-512/legal/valid/employee.p12'),
      '--trust',
      both,
      '--crl',
      base,
      '--password',
      'Qwerty12',
      '--at',
      at,
    );

  test('a certificate was good until the second in which it was revoked', async () => {
    expect(await employee('2026-06-02T11:39:08Z')).toEqual(['VALID']);
    expect(await employee('2026-06-02T11:39:09Z')).toEqual(['INVALID', 'revoked']);
  });

  test('a list past its next update acquits nobody and still accuses', async () => {
    const head = join(pki, 'test-ee-p12/gost-2015-512/legal/valid/head.p12');
    const later = ['--trust', both, '--crl', base, '--password', 'Qwerty12', '--at', '2027-03-01T00:00:00Z'];
    expect(await judged('eds', 'cert', head, ...later)).toEqual(['INDETERMINATE', 'crl-stale']);
    expect(await employee('2027-03-01T00:00:00Z')).toEqual(['INVALID', 'revoked']);
  });

  test('a password is taken from an option, a file or the keyboard, and a wrong one is told', async () => {
    const head = [
      'eds',
      'cert',
      join(pki, 'test-ee-p12/gost-2015-512/legal/valid/head.p12'),
      '--trust',
      both,
      '--crl',
      base,
    ];
    const file = join(both, 'password.txt');
    writeFileSync(file, 'Qwerty12\r\nsecond line\n');
    expect(await judged(...head, '--password-file', file)).toEqual(['VALID']);
    expect(await judged(...head)).toEqual(['VALID']);
    const wrong = await qorgan(...head, '--password', 'qwerty12', '--json');
    expect([wrong.exit, wrong.json()]).toMatchObject([2, { verdict: 'cannot-tell', reason: 'pkcs12-password-wrong' }]);
    const untyped = await commandLine(nowMs)(...head, '--json');
    expect([untyped.exit, untyped.json()]).toMatchObject([2, { reason: 'pkcs12-password-wrong' }]);
    const twice = await qorgan(...head, '--password', 'Qwerty12', '--password-file', file, '--json');
    expect([twice.exit, twice.json()]).toMatchObject([2, { problem: 'options-exclusive' }]);
    const said = await qorgan(...head, '--password', 'qwerty12', '--locale', 'ru');
    expect(said.out).toMatch(/^Неверный пароль файла ключа\n/u);
    for (const locale of ['kk', 'ru', 'en']) {
      const { out } = await qorgan(...head, '--password', 'qwerty12', '--locale', locale);
      expect(out).not.toContain('werty');
    }
  });
});

describe.skipIf(data === undefined)('the published signatures', () => {
  const files = ['individual_attached.der', 'individual_detached.der'];
  const verify = (file: string, ...options: readonly string[]): Promise<readonly unknown[]> =>
    judged('eds', 'verify', join(pki, 'test-cms', file), '--trust', both, ...options);
  const full = ['--content', document, '--crl', base];

  test.each(files)(
    '%s is VALID at the time of its time-stamp, long after the certificate expires too',
    async (file) => {
      for (const options of [full, [...full, '--crl', delta], [...full, '--at', '2029-12-31T00:00:00+05:00']])
        expect(await verify(file, ...options)).toEqual(['VALID']);
      const said = await qorgan('eds', 'verify', join(pki, 'test-cms', file), '--trust', both, ...full, '--json');
      expect(said.json()).toMatchObject({
        referenceTime: '2026-07-20T09:08:07Z',
        signers: [
          {
            commonName: 'ТЕСТОВ ТЕСТ',
            iin: '123456789011',
            iinCheck: 'wrong',
            bin: null,
            binCheck: 'absent',
            roles: ['individual'],
            carrier: 'file-pkcs12',
            algorithm: 'gost-34.10-2015-512',
            signedAt: '2026-07-20T09:08:06Z',
            referenceTime: '2026-07-20T09:08:07Z',
            timeStamps: [
              {
                verdict: 'VALID',
                genTime: '2026-07-20T09:08:07Z',
                policy: '1.2.398.3.3.2.6.4',
                isRevocationKnown: false,
              },
            ],
          },
        ],
      });
    },
  );

  test.each(files)('%s with another document is INVALID, without the list INDETERMINATE', async (file) => {
    expect(await verify(file, '--content', base, '--crl', base)).toEqual(['INVALID', 'content-differs']);
    expect(await verify(file, '--content', document)).toEqual(['INDETERMINATE', 'crl-missing']);
    expect(await verify(file, '--content', document, '--crl', delta)).toEqual(['INDETERMINATE', 'crl-unsupported']);
  });

  test.each(files)(
    '%s was not yet stamped before its time-stamp, and without the authority of the time-stamp it has no time',
    async (file) => {
      expect(await verify(file, ...full, '--at', '2026-07-20T09:08:06Z')).toEqual([
        'INDETERMINATE',
        'time-stamp-from-future',
      ]);
      const others = ['--trust', join(pki, 'test-ca'), ...full];
      expect(await judged('eds', 'verify', join(pki, 'test-cms', file), ...others)).toEqual([
        'INDETERMINATE',
        'time-stamp-authority-untrusted',
      ]);
    },
  );

  test('the detached one needs its document, the attached one does not', async () => {
    expect(await verify('individual_detached.der', '--crl', base)).toEqual(['INDETERMINATE', 'content-missing']);
    expect(await verify('individual_attached.der', '--crl', base)).toEqual(['VALID']);
  });

  test("the signer's certificate is VALID in its days and expires", async () => {
    const file = join(pki, 'test-cms/individual_signer.cer');
    const given = ['eds', 'cert', file, '--trust', both, '--crl', base];
    expect(await judged(...given)).toEqual(['VALID']);
    expect(await judged(...given, '--at', '2026-05-08T06:45:12Z')).toEqual(['INVALID', 'certificate-not-yet-valid']);
    expect(await judged(...given, '--at', '2027-05-08T06:45:14Z')).toEqual([
      'INVALID',
      'crl-stale',
      'certificate-expired',
    ]);
  });
});

describe.skipIf(data === undefined)('files that are no signatures', () => {
  const parse = ['INVALID', 'FORMAT_FAILURE'];
  test.each([
    ['test-tsp/tsp_token.bin', 'cms-content-type-unexpected'],
    ['test-tsp/tsp_response.bin', 'cms-malformed'],
    ['test-ocsp/ocsp_response_ceo_2015_revoked.bin', 'cms-malformed'],
    ['test-ocsp/ocsp_response_individual_2015.bin', 'cms-malformed'],
    ['test-crl/nca_gost2022_test.2026-08.crl', 'cms-malformed'],
    ['test-ee-p12/gost-2015-512/legal/valid/head.p12', 'cms-malformed'],
  ])('%s is INVALID: %s', async (file, reason) => {
    const said = await qorgan('eds', 'verify', join(pki, file), '--trust', both, '--json');
    expect([said.exit, said.json()]).toMatchObject([1, { verdict: parse[0], subIndication: parse[1], reason }]);
  });

  test.each(['test-cms/individual_document.txt', 'prod/MANIFEST.json'])('of %s nothing can be told', async (file) => {
    for (const command of ['verify', 'cert']) {
      const said = await qorgan('eds', command, join(pki, file), '--trust', both, '--json');
      expect([said.exit, said.json()]).toMatchObject([2, { verdict: 'cannot-tell' }]);
    }
  });

  test('OCSP responses about others answer nothing about this certificate', async () => {
    const responses = ['ceo_2015_revoked', 'individual_2015'].flatMap((name) => [
      '--ocsp',
      join(pki, `test-ocsp/ocsp_response_${name}.bin`),
    ]);
    const head = [
      'eds',
      'cert',
      join(pki, 'test-ee-p12/gost-2015-512/legal/valid/head.p12'),
      '--trust',
      both,
      '--password',
      'Qwerty12',
    ];
    expect(await judged(...head, ...responses)).toEqual(['INDETERMINATE', 'crl-missing']);
    expect(await judged(...head, ...responses, '--crl', base)).toEqual(['VALID']);
  });
});
