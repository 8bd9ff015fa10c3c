import { createHash, randomBytes } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { makeKey, writeKey, type KeyKind } from '../../dev/ca/index.ts';
import { oids } from '../../eds/der/index.ts';
import {
  acceptTimeStampResponse,
  attachTimeStamp,
  parseSignedData,
  parseTimeStampToken,
  writeTimeStampRequest,
  type TimeStampRequest,
} from '../../eds/index.ts';
import { content, makeCa, makeSigner, pem, signBes, unwrap, verifierOf } from './world.ts';

const folder = mkdtempSync(join(tmpdir(), 'eds-stamps-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const openssl = (...args: readonly string[]): { readonly isOk: boolean; readonly output: string } => {
  try {
    return { isOk: true, output: execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'pipe'] }).toString() };
  } catch (error) {
    return { isOk: false, output: String((error as { stderr?: Buffer }).stderr) };
  }
};

const hasOpenssl = openssl('version').isOk;
if (!hasOpenssl)
  process.stderr.write('SKIPPED: the openssl program is absent, so nobody else made or judged a time-stamp\n');

const file = (name: string, bytes: Uint8Array | string): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};
const policy = '1.2.398.3.3.2.6.2';
const digests = { sha256: oids.sha256, sha384: oids.sha384, sha512: oids.sha512 } as const;
type Digest = keyof typeof digests;

// openssl stamps by the clock of the machine, so all of this world lives by it.
const ca = makeCa({ now: Date.now });
const root = file('root.pem', pem('CERTIFICATE', ca.rootCertificate));
const issuing = file('issuing.pem', pem('CERTIFICATE', ca.issuingCertificate));
const everything = file('all.pem', pem('CERTIFICATE', ca.rootCertificate) + pem('CERTIFICATE', ca.issuingCertificate));
const contentFile = file('content.json', content);

/** A time-stamping authority of openssl: asks it and gives its whole response. */
function authorityOf(kind: KeyKind, essDigest: 'sha1' | 'sha256'): (request: Uint8Array) => Uint8Array {
  const key = makeKey(kind);
  const { certificate } = ca.issueService({ subjectPublicKeyInfo: key.subjectPublicKeyInfo, purpose: 'time-stamps' });
  const id = `${kind}-${essDigest}`;
  const config = file(
    `${id}.cnf`,
    `[tsa]\ndefault_tsa=t\n[t]\nserial=${file(`${id}.serial`, '01')}\ncrypto_device=builtin
signer_cert=${file(`${id}.pem`, pem('CERTIFICATE', certificate))}\nsigner_key=${file(`${id}.key`, writeKey(key))}
certs=${issuing}\nsigner_digest=sha256\ndefault_policy=${policy}\nother_policies=1.2.3.4\ndigests=sha1,sha256,sha384,sha512
accuracy=secs:0\nordering=no\ntsa_name=yes\ness_cert_id_chain=no\ness_cert_id_alg=${essDigest}\n`,
  );
  return (request) => {
    const [query, reply] = [file(`${id}.tsq`, request), join(folder, `${id}.tsr`)];
    const made = openssl('ts', '-reply', '-config', config, '-queryfile', query, '-out', reply);
    if (!made.isOk) throw new Error(made.output);
    return readFileSync(reply);
  };
}

const signatureOf = (cms: Uint8Array): Uint8Array =>
  unwrap(parseSignedData(cms)).signers[0]?.signature ?? new Uint8Array(0);

function requestOver(octets: Uint8Array, digest: Digest = 'sha256', wanted?: string): TimeStampRequest {
  return {
    imprint: { digestOid: digests[digest], digest: createHash(digest).update(octets).digest() },
    nonce: randomBytes(8),
    ...(wanted === undefined ? {} : { policy: wanted }),
  };
}

const trust = { timeStamping: { policies: [policy], issuers: 'any', revocation: 'required' } } as const;
// A second after: the clock of tokens has whole seconds and the lists are as young as the tokens.
const judge = (cms: Uint8Array) => verifierOf(ca, trust).verify({ cms, content, atMs: Date.now() + 1000 });

const isStampOf = (token: Uint8Array, octets: Uint8Array): boolean =>
  openssl(
    ...['ts', '-verify', '-data', file('stamped.bin', octets), '-in', file('token.bin', token), '-token_in'],
    ...['-CAfile', root, '-untrusted', issuing],
  ).isOk;
const isCades = (cms: Uint8Array): boolean =>
  openssl(
    ...['cms', '-verify', '-cades', '-binary', '-inform', 'DER', '-in', file('signed.p7s', cms)],
    ...['-content', contentFile, '-CAfile', everything, '-out', '/dev/null'],
  ).isOk;

describe.skipIf(!hasOpenssl)('openssl stamps our signatures', () => {
  const signers = (['rsa-2048', 'ec-p256', 'ec-p384'] as const).map((kind) => ({
    kind,
    cms: signBes(makeSigner(ca, kind), { kind }),
  }));
  const kinds: readonly KeyKind[] = ['rsa-2048', 'rsa-3072', 'ec-p256', 'ec-p384'];
  const authorities = kinds.flatMap((kind) =>
    (['sha1', 'sha256'] as const).map((essDigest) => ({ kind, essDigest, ask: authorityOf(kind, essDigest) })),
  );

  test.each(authorities)('by a key of $kind named by $essDigest, and it and we agree', ({ ask }) => {
    for (const { cms } of signers)
      for (const digest of ['sha256', 'sha384', 'sha512'] as const) {
        const request = requestOver(signatureOf(cms), digest);
        const token = unwrap(acceptTimeStampResponse(ask(writeTimeStampRequest(request)), request));
        const stamped = unwrap(attachTimeStamp(cms, token));
        expect([isStampOf(token, signatureOf(cms)), isCades(stamped)]).toEqual([true, true]);
        const report = judge(stamped);
        expect(report).toMatchObject({
          verdict: 'VALID',
          timeStamps: [{ verdict: 'VALID', policy, authority: 'time-stamps', isRevocationKnown: true }],
        });
        expect(report.referenceTimeMs).toBe(unwrap(parseTimeStampToken(token)).info.genTimeMs);
      }
  });

  test('and neither takes the stamp of one signature for that of another', () => {
    const [{ ask } = { ask: (request: Uint8Array) => request }] = authorities;
    const [first, second] = signers.map(({ cms }) => cms);
    if (first === undefined || second === undefined) throw new Error('two signers');
    const request = requestOver(signatureOf(first));
    const token = unwrap(acceptTimeStampResponse(ask(writeTimeStampRequest(request)), request));
    expect([isStampOf(token, signatureOf(first)), isStampOf(token, signatureOf(second))]).toEqual([true, false]);
    expect(judge(unwrap(attachTimeStamp(second, token)))).toMatchObject({
      verdict: 'INVALID',
      reason: 'time-stamp-imprint-differs',
    });
  });

  test('and of two signatures in a file the stamped one is judged by its stamp, the other at the given time', () => {
    const [{ ask } = { ask: (request: Uint8Array) => request }] = authorities;
    const both = (['rsa-2048', 'ec-p256'] as const).map((kind) => {
      const signer = makeSigner(ca, kind);
      const id = `two-${kind}`;
      return [
        ...['-signer', file(`${id}.pem`, pem('CERTIFICATE', signer.certificate))],
        ...['-inkey', file(`${id}.key`, writeKey(signer.key))],
      ];
    });
    const out = join(folder, 'two.p7s');
    const options = ['-sign', '-binary', '-cades', '-in', contentFile, '-outform', 'DER', '-out', out];
    expect(openssl('cms', ...options, ...both.flat())).toMatchObject({ isOk: true });
    const cms = new Uint8Array(readFileSync(out));
    const [, second] = unwrap(parseSignedData(cms)).signers;
    const request = requestOver(second?.signature ?? cms);
    const token = unwrap(acceptTimeStampResponse(ask(writeTimeStampRequest(request)), request));
    const stamped = unwrap(attachTimeStamp(cms, token, 1));
    expect(isCades(stamped)).toBe(true);
    const atMs = Date.now() + 60_000;
    const report = verifierOf(ca, trust).verify({ cms: stamped, content, atMs });
    expect(report.verdict).toBe('VALID');
    expect(report.signers.map((one) => [one.verdict, one.referenceTimeMs, one.timeStamps.length])).toEqual([
      ['VALID', atMs, 0],
      ['VALID', unwrap(parseTimeStampToken(token)).info.genTimeMs, 1],
    ]);
    // On the other signature the same stamp is wrong, and a file is as weak as its weakest signature.
    const swapped = verifierOf(ca, trust).verify({ cms: unwrap(attachTimeStamp(cms, token, 0)), content, atMs });
    expect(swapped).toMatchObject({ verdict: 'INVALID', reason: 'time-stamp-imprint-differs' });
    expect(swapped.signers.map(({ verdict }) => verdict)).toEqual(['INVALID', 'VALID']);
  });

  test('as asked: under the policy that was wanted, with our nonce, and no answer to another request is taken', () => {
    const [{ ask } = { ask: (request: Uint8Array) => request }] = authorities;
    const wanted = requestOver(content, 'sha512', '1.2.3.4');
    const response = ask(writeTimeStampRequest(wanted));
    expect(unwrap(parseTimeStampToken(unwrap(acceptTimeStampResponse(response, wanted)))).info.policy).toBe('1.2.3.4');
    for (const other of [
      { ...wanted, nonce: Uint8Array.from(wanted.nonce, (octet) => octet ^ 1) },
      { ...wanted, policy },
      { ...wanted, imprint: requestOver(new Uint8Array(1), 'sha512').imprint },
      { ...wanted, imprint: { ...wanted.imprint, digestOid: oids.sha256 } },
    ])
      expect(acceptTimeStampResponse(response, other)).toMatchObject({ refusal: { code: 'time-stamp-differs' } });
  });

  test('or refuses, and we tell why', () => {
    const [{ ask } = { ask: (request: Uint8Array) => request }] = authorities;
    const unknown = requestOver(content, 'sha256', '1.2.3.5');
    expect(acceptTimeStampResponse(ask(writeTimeStampRequest(unknown)), unknown)).toMatchObject({
      refusal: { code: 'time-stamp-refused', details: { status: 2, reasons: 'unaccepted-policy' } },
    });
  });
});
