import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ok, refuse, Secret, toHex } from '../../core/kernel/index.ts';
import {
  fileSigner,
  makeKey,
  makeNationalKey,
  memorySigner,
  signNational,
  writeTimeStampRefusal,
  writeTimeStampResponse,
  writeTimeStampToken,
  type KeyKind,
} from '../../dev/ca/index.ts';
import {
  addTimeStamp,
  createVerifier,
  joinSignatures,
  parseSignedData,
  signBes,
  timeStampRequestFor,
  type Signer,
  type TimeStampRequest,
} from '../../eds/index.ts';
import { keysInPkcs12 } from '../../eds/pkcs12/keys/index.ts';
import { sharedData } from '../shared-data.ts';
import { certificateOf, content, holder, makeCa, makeSigner, nowMs, trustOf, unwrap, verifierOf } from './world.ts';

const folder = mkdtempSync(join(tmpdir(), 'eds-signing-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ca = makeCa({ keys: 'rsa-3072' });
const signing = { content, signingTimeMs: nowMs };
const stampPolicy = '1.2.398.3.3.2.6.4';

const codeOf = (result: { readonly ok: boolean; readonly refusal?: { readonly code: string } }): string =>
  result.ok ? 'ok' : (result.refusal?.code ?? '');

function signerOf(kind: KeyKind, options: { readonly isPss?: boolean } = {}): Signer<never> {
  const { key, certificate } = makeSigner(ca, kind);
  return memorySigner(certificate, key.privateKey, options);
}

function nationalSigner(family: 'gost-2004' | 'gost-2015-256' | 'gost-2015-512'): Signer<never> {
  const key = makeNationalKey(family);
  const { certificate } = ca.issue({ subjectPublicKeyInfo: key.subjectPublicKeyInfo, holder, roles: ['employee'] });
  return { certificate, algorithm: family, sign: (octets) => Promise.resolve(ok(signNational(key, octets))) };
}

const hasOpenssl = ((): boolean => {
  try {
    return execFileSync('openssl', ['version']).length > 0;
  } catch {
    return false;
  }
})();
if (!hasOpenssl)
  process.stderr.write('SKIPPED: the openssl program is absent, so nothing independent judged these signatures\n');

const pem = (label: string, der: Uint8Array): string =>
  `-----BEGIN ${label}-----\n${Buffer.from(der).toString('base64').replaceAll(/.{64}/gu, '$&\n')}\n-----END ${label}-----\n`;

function opensslAccepts(cms: Uint8Array, octets: Uint8Array = content): boolean {
  const chain = [ca.rootCertificate, ca.issuingCertificate].map((der) => pem('CERTIFICATE', der)).join('');
  writeFileSync(join(folder, 'chain.pem'), chain);
  writeFileSync(join(folder, 'signed.p7s'), cms);
  writeFileSync(join(folder, 'content'), octets);
  const files = ['-in', 'signed.p7s', '-content', 'content', '-CAfile', 'chain.pem', '-out', 'out'];
  const at = ['-attime', String(nowMs / 1000)];
  try {
    execFileSync('openssl', ['cms', '-verify', '-cades', '-binary', '-inform', 'DER', ...files, ...at], {
      cwd: folder,
      stdio: 'pipe',
    });
    return true;
  } catch {
    return false;
  }
}

describe('a signer', () => {
  test.each([
    ['rsa-2048', {}],
    ['rsa-2048', { isPss: true }],
    ['ec-p256', {}],
    ['ec-p384', {}],
  ] as const)('of %s %j makes a CAdES-BES that the verifier and openssl accept', async (kind, options) => {
    const signer = signerOf(kind, options);
    for (const form of ['detached', 'attached'] as const) {
      const cms = unwrap(await signBes(signer, { ...signing, form }));
      expect(verifierOf(ca).verify({ cms, content, atMs: nowMs })).toMatchObject({ verdict: 'VALID' });
      if (form === 'attached' || !hasOpenssl) continue;
      expect(opensslAccepts(cms)).toBe(true);
      expect(opensslAccepts(cms, Uint8Array.of(1))).toBe(false);
    }
  });

  test.each(['gost-2015-512', 'gost-2015-256', 'gost-2004'] as const)(
    'of %s makes what the verifier finds genuine',
    async (family) => {
      const cms = unwrap(await signBes(nationalSigner(family), { ...signing, form: 'attached' }));
      const report = verifierOf(ca).verify({ cms, atMs: nowMs });
      // Of 2004 nothing new is accepted: the signature is right and its algorithm is not.
      const [verdict, reason] =
        family === 'gost-2004' ? ['INDETERMINATE', 'digest-weak'] : ['VALID', 'carrier-not-demanded'];
      expect(report).toMatchObject({ verdict, reason });
      const other = unwrap(await signBes(nationalSigner(family), { ...signing, content: Uint8Array.of(1) }));
      expect(verifierOf(ca).verify({ cms: other, content, atMs: nowMs }).verdict).toBe('INVALID');
    },
  );

  test('that refuses, or whose answer is wrong, is refused by name', async () => {
    const right = signerOf('ec-p256');
    const answer = async (sign: Signer<'card-removed'>['sign']): Promise<string> =>
      codeOf(await signBes({ ...right, sign }, signing));
    expect(await answer(() => Promise.resolve(refuse('card-removed')))).toBe('card-removed');
    expect(await answer(() => Promise.resolve(ok(new Uint8Array(64).fill(1))))).toBe('signature-not-by-certificate');
    expect(await answer(() => Promise.resolve(ok(new Uint8Array(3))))).toBe('signature-malformed');
    expect(await answer((_, digest) => right.sign(digest, digest))).toBe('signature-not-by-certificate');
    expect(codeOf(await signBes({ ...right, algorithm: 'gost-2015-512' }, signing))).toBe('key-algorithm-differs');
    expect(codeOf(await signBes({ ...right, algorithm: 'rsa-pss-sha256' }, signing))).toBe('key-algorithm-differs');
  });
});

describe('signatures over one content', () => {
  test('join into one file that is VALID as a whole, in whatever order they are joined', async () => {
    const signers = [signerOf('rsa-2048'), signerOf('ec-p384'), nationalSigner('gost-2015-512')];
    const made = await Promise.all(signers.map(async (signer) => unwrap(await signBes(signer, signing))));
    const [a = new Uint8Array(0), b = a, c = a] = made;
    const joined = unwrap(joinSignatures(unwrap(joinSignatures(a, b)), c));
    expect(joined).toEqual(unwrap(joinSignatures(unwrap(joinSignatures(c, a)), b)));
    const report = verifierOf(ca).verify({ cms: joined, content, atMs: nowMs });
    expect(report).toMatchObject({ verdict: 'VALID' });
    expect(new Set(report.signers.map(({ signer }) => signer?.algorithm))).toEqual(
      new Set(['ecdsa-sha384', 'gost-34.10-2015-512', 'rsa-pkcs1-sha256']),
    );
    // The same signer again adds nothing.
    expect(unwrap(joinSignatures(joined, a))).toEqual(joined);
    if (hasOpenssl) expect(opensslAccepts(unwrap(joinSignatures(a, b)))).toBe(true);
  });

  test('do not join when the contents or the forms differ', async () => {
    const make = async (octets: Uint8Array, form: 'attached' | 'detached' = 'detached'): Promise<Uint8Array> =>
      unwrap(await signBes(signerOf('ec-p256'), { content: octets, signingTimeMs: nowMs, form }));
    const other = Uint8Array.of(1);
    expect(codeOf(joinSignatures(await make(content), await make(other)))).toBe('cms-content-differs');
    expect(codeOf(joinSignatures(await make(content, 'attached'), await make(other, 'attached')))).toBe(
      'cms-content-differs',
    );
    expect(codeOf(joinSignatures(await make(content, 'attached'), await make(content)))).toBe('cms-content-differs');
    expect(codeOf(joinSignatures(await make(content, 'attached'), await make(content, 'attached')))).toBe('ok');
    expect(codeOf(joinSignatures(await make(content), other))).toBe('cms-malformed');
  });

  test('join up to the bound of signers', async () => {
    const signer = signerOf('ec-p256');
    let all = unwrap(await signBes(signer, signing));
    for (let i = 1; i < 16; i += 1) all = unwrap(joinSignatures(all, unwrap(await signBes(signer, signing))));
    expect(unwrap(parseSignedData(all)).signers).toHaveLength(16);
    expect(codeOf(joinSignatures(all, unwrap(await signBes(signer, signing))))).toBe('cms-too-large');
  });
});

describe('a time-stamp', () => {
  const key = makeKey('ec-p256');
  const { certificate } = ca.issueService({ subjectPublicKeyInfo: key.subjectPublicKeyInfo, purpose: 'time-stamps' });
  const nonce = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);

  type Told = { readonly nonce?: Uint8Array; readonly by?: typeof key; readonly imprint?: TimeStampRequest['imprint'] };
  function answerTo({ imprint, ...request }: TimeStampRequest, told: Told = {}): Uint8Array {
    const said = { policy: stampPolicy, imprint, serial: '07', genTimeMs: nowMs, nonce: request.nonce, certificate };
    const { by = key, ...changed } = told;
    return writeTimeStampResponse(writeTimeStampToken({ ...said, ...changed }, by));
  }

  test.each(['ec-p256', 'gost-2015-512'] as const)(
    'that answers the request makes CAdES-T of a signature by %s',
    async (kind) => {
      const cms = unwrap(await signBes(kind === 'ec-p256' ? signerOf(kind) : nationalSigner(kind), signing));
      const request = unwrap(timeStampRequestFor({ cms }, { nonce, policy: stampPolicy }));
      const stamped = unwrap(addTimeStamp({ cms, request, response: answerTo(request) }));
      const trust = trustOf(ca, { timeStamping: { policies: [stampPolicy], issuers: 'any', revocation: 'required' } });
      const report = createVerifier(trust).verify({ cms: stamped, content, atMs: nowMs });
      expect(report).toMatchObject({ verdict: 'VALID', timeStamps: [{ verdict: 'VALID', genTimeMs: nowMs }] });
    },
  );

  test('goes to the signer that was meant', async () => {
    const [a, b] = [
      unwrap(await signBes(signerOf('ec-p256'), signing)),
      unwrap(await signBes(signerOf('rsa-2048'), signing)),
    ];
    const cms = unwrap(joinSignatures(a, b));
    const request = unwrap(timeStampRequestFor({ cms, signer: 1 }, { nonce }));
    const stamped = unwrap(addTimeStamp({ cms, signer: 1, request, response: answerTo(request) }));
    expect(unwrap(parseSignedData(stamped)).signers.map(({ unsignedAttributes }) => unsignedAttributes.length)).toEqual(
      [0, 1],
    );
    expect(codeOf(addTimeStamp({ cms, signer: 0, request, response: answerTo(request) }))).toBe('time-stamp-differs');
    expect(codeOf(timeStampRequestFor({ cms, signer: 2 }, { nonce }))).toBe('cms-malformed');
  });

  test('is refused where it answers another question or is signed by another key', async () => {
    const cms = unwrap(await signBes(signerOf('ec-p256'), signing));
    const request = unwrap(timeStampRequestFor({ cms }, { nonce, policy: stampPolicy }));
    const add = (response: Uint8Array): string => codeOf(addTimeStamp({ cms, request, response }));
    const digest = Uint8Array.from(request.imprint.digest).reverse();
    expect(add(answerTo(request, { nonce: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 9) }))).toBe('time-stamp-differs');
    expect(add(answerTo(request, { imprint: { ...request.imprint, digest } }))).toBe('time-stamp-differs');
    expect(add(answerTo(request, { by: makeKey('ec-p256') }))).toBe('time-stamp-signature-wrong');
    expect(add(writeTimeStampRefusal(14))).toBe('time-stamp-refused');
    expect(add(Uint8Array.of(0x30, 0))).toBe('time-stamp-malformed');
    expect(add(answerTo(request))).toBe('ok');
  });
});

const data = sharedData();
if (data === undefined)
  process.stderr.write('SKIPPED: the data of the national authority is absent, so no published key signed\n');
const engine = '/usr/lib/x86_64-linux-gnu/engines-3/gost.so';

describe.skipIf(data === undefined)('the published key of a head', () => {
  const pki = join(data ?? '', 'pki');
  const signer = async (): Promise<Signer<never>> => {
    const file = readFileSync(join(pki, 'test-ee-p12/gost-2015-512/legal/valid/head.p12'));
    const [key] = unwrap(keysInPkcs12(file, new Secret('password', Buffer.from('Qwerty12'))));
    if (key === undefined) throw new Error('the file has a key');
    return fileSigner(key);
  };

  test('signs what is written as the national tools write, to the order of octets', async () => {
    const cms = unwrap(await signBes(await signer(), signing));
    const sample = unwrap(parseSignedData(readFileSync(join(pki, 'test-cms/individual_detached.der'))));
    const ours = unwrap(parseSignedData(cms));
    const shape = ({ signers: [one], digestOids }: typeof ours) => ({
      digestOids,
      digestOid: one?.digestOid,
      algorithm: toHex(one?.signatureAlgorithm.der ?? new Uint8Array(0)),
      signatureBytes: one?.signature.length,
      binding: one?.signedAttributes?.signingCertificate?.digestOid,
      hasIssuerSerial: one?.signedAttributes?.signingCertificate?.issuerSerial !== undefined,
      attributesBytes: one?.signedAttributes?.signedOctets.length,
    });
    expect(shape(ours)).toEqual(shape(sample));
    // Up to the certificates the two files differ in lengths only: version, digest with its NULL, content type.
    expect(toHex(cms.subarray(23, 55))).toBe(
      toHex(readFileSync(join(pki, 'test-cms/individual_detached.der')).subarray(23, 55)),
    );
  });

  test('signs, and the verifier says VALID but for revocation, which nothing here knows', async () => {
    const cms = unwrap(await signBes(await signer(), signing));
    const root = certificateOf(readFileSync(join(pki, 'test-ca/root_test_gost_2022.cer')));
    const trust = { ...trustOf(ca), anchors: [root] };
    const [issuing] = [readFileSync(join(pki, 'test-ca/nca_gost2022_test.cer'))].map(certificateOf);
    if (issuing === undefined) throw new Error('the authority is there');
    const report = createVerifier({ ...trust, intermediates: [issuing] }).verify({ cms, content, atMs: nowMs });
    const unknown = report.stages.filter(({ outcome }) => outcome !== 'PASS');
    expect(unknown.map(({ name }) => name)).toEqual(['revocation']);
    expect(report.signer).toMatchObject({
      algorithm: 'gost-34.10-2015-512',
      roles: expect.arrayContaining(['head']) as unknown,
    });
  });

  const hasEngine = ((): boolean => {
    try {
      readFileSync(engine);
      return hasOpenssl;
    } catch {
      return false;
    }
  })();
  if (!hasEngine)
    process.stderr.write('SKIPPED: gost-engine is absent, so nothing independent judged the national signature\n');

  test.skipIf(!hasEngine)(
    'signs what gost-engine verifies, after its names and order of octets are put in place',
    async () => {
      const by = await signer();
      const [info] = unwrap(parseSignedData(unwrap(await signBes(by, signing)))).signers;
      const spki = Buffer.from(certificateOf(by.certificate).subjectPublicKeyInfo);
      // Names of RFC 9215 for key, curve and digest; the coordinates stand as they are, the signature from the last octet to the first.
      writeFileSync(join(folder, 'key.pem'), pem('PUBLIC KEY', relabelled(spki)));
      writeFileSync(join(folder, 'signature'), Buffer.from(info?.signature ?? []).reverse());
      writeFileSync(join(folder, 'message'), info?.signedAttributes?.signedOctets ?? new Uint8Array(0));
      writeFileSync(
        join(folder, 'gost.cnf'),
        `openssl_conf=a\n[a]\nengines=b\n[b]\ngost=c\n[c]\nengine_id=gost\ndynamic_path=${engine}\ndefault_algorithms=ALL\n`,
      );
      const verify = (): string =>
        execFileSync('openssl', ['dgst', '-streebog512', '-verify', 'key.pem', '-signature', 'signature', 'message'], {
          cwd: folder,
          env: { ...process.env, OPENSSL_CONF: join(folder, 'gost.cnf') },
          stdio: 'pipe',
        }).toString();
      expect(verify()).toContain('Verified OK');
      writeFileSync(join(folder, 'message'), 'another');
      expect(verify).toThrow();
    },
  );
});

/** The national SubjectPublicKeyInfo under the identifiers of RFC 9215. */
function relabelled(spki: Buffer): Buffer {
  const bits = spki.indexOf(Buffer.from('038184000481', 'hex'));
  const parameters = Buffer.from('301506092a850307010201020106082a85030701010203', 'hex');
  const algorithm = Buffer.concat([Buffer.from('06082a85030701010102', 'hex'), parameters]);
  const identifier = Buffer.concat([Buffer.from([0x30, algorithm.length]), algorithm]);
  const key = spki.subarray(bits);
  const length = identifier.length + key.length;
  return Buffer.concat([Buffer.from([0x30, 0x81, length]), identifier, key]);
}
