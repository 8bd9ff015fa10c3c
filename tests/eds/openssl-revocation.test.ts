import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createTestCa, extensions, makeKey, writeKey, writeOcspResponse, type KeyKind } from '../../dev/ca/index.ts';
import { createVerifier, nodeSuite, readOcspReply, writeOcspRequest } from '../../eds/index.ts';
import { publicKeyBits } from '../../eds/ocsp/index.ts';
import { idOf } from './certificate-id.ts';
import { hierarchy, list, verifierFor } from './hierarchy.ts';
import { certificateOf, holder, nowMs, storeOf, trustOf, unwrap } from './world.ts';

const folder = mkdtempSync(join(tmpdir(), 'eds-openssl-revocation-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
if (!hasOpenssl)
  process.stderr.write(
    'SKIPPED: the openssl program is absent, so nothing independent judged what we say about revocation\n',
  );

const file = (name: string, bytes: Uint8Array | string): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};
const pem = (label: string, der: Uint8Array): string =>
  `-----BEGIN ${label}-----\n${Buffer.from(der).toString('base64').replaceAll(/.{64}/gu, '$&\n').trimEnd()}\n-----END ${label}-----\n`;
const openssl = (...args: readonly string[]): string => {
  const { stdout, stderr } = spawnSync('openssl', args);
  return `${stdout.toString()}${stderr.toString()}`;
};

/** openssl compares the times of a status with the clock of the machine, which nothing can set, so these tests run in the present. */
const presentMs = Math.floor(Date.now() / 1000) * 1000;
const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** The kinds of keys that authority and responder have, and what both tools are asked about each. */
const kinds: readonly KeyKind[] = ['ec-p256', 'rsa-2048'];

function world(kind: KeyKind) {
  const ca = createTestCa({ demo: false, now: () => presentMs, keys: kind });
  const issue = () =>
    ca.issue({ subjectPublicKeyInfo: makeKey('ec-p256').subjectPublicKeyInfo, holder, roles: ['employee'] });
  const service = (purpose: 'ocsp' | 'time-stamps') => {
    const key = makeKey(kind);
    return { key, ...ca.issueService({ subjectPublicKeyInfo: key.subjectPublicKeyInfo, purpose }) };
  };
  const chain = file(`${kind}.pem`, pem('CERTIFICATE', ca.rootCertificate) + pem('CERTIFICATE', ca.issuingCertificate));
  const issuer = file(`${kind}-issuer.pem`, pem('CERTIFICATE', ca.issuingCertificate));
  const [rootList] = ca.crls();
  const reasonOf = (certificate: Uint8Array, response: Uint8Array): string => {
    const store = storeOf([rootList], [response]);
    const verifier = createVerifier(trustOf(ca, { revocation: () => store, ocspAgeMaxMs: dayMs }));
    const report = verifier.verifyCertificate({ certificate, atMs: presentMs });
    return report.stages.find(({ name }) => name === 'revocation')?.reason ?? '';
  };
  return { ca, issue, service, chain, issuer, reasonOf };
}

describe.skipIf(!hasOpenssl)('openssl judges the responses that we judge, and we agree', () => {
  const reasons = [undefined, 0, 1, 3, 4, 5, 6, 9];
  const statuses = [
    { status: 'good' as const, told: 'good' },
    { status: 'unknown' as const, told: 'unknown' },
    ...reasons.map((reason) => ({
      status: { revokedAtMs: presentMs - dayMs, ...(reason === undefined ? {} : { reason }) },
      told: 'revoked',
    })),
  ];
  const times = [
    { it: 'fresh', thisUpdateMs: presentMs - minuteMs, nextUpdateMs: presentMs + dayMs },
    { it: 'stale', thisUpdateMs: presentMs - 40 * minuteMs, nextUpdateMs: presentMs - 20 * minuteMs },
  ];
  const ours: Readonly<Record<string, string>> = {
    'good fresh': 'not-revoked',
    'good stale': 'ocsp-stale',
    'unknown fresh': 'certificate-unknown-to-authority',
    'unknown stale': 'ocsp-stale',
    // A stale answer that says revoked still accuses here; openssl warns about its times and says revoked too.
    'revoked fresh': 'revoked',
    'revoked stale': 'revoked',
  };

  /** Who may sign for the authority, and who may not. */
  function signersOf({ service }: ReturnType<typeof world>, kind: KeyKind) {
    const delegate = service('ocsp');
    const name = [['2.5.4.3', 'ocsp']] as const;
    return [
      { it: 'delegate', ...delegate, name, isRight: true },
      { it: 'another service', ...service('time-stamps'), name: [['2.5.4.3', 'time-stamps']] as const, isRight: false },
      { it: 'a stranger’s key', ...delegate, key: makeKey(kind), name, isRight: false },
    ];
  }

  test.each(kinds)('about every status, time, digest and way to name the responder (%s)', (kind) => {
    const made = world(kind);
    const { ca, issue, chain, issuer, reasonOf } = made;
    const person = issue();
    const personFile = file(`${kind}-person.pem`, pem('CERTIFICATE', person.certificate));
    const combinations = signersOf(made, kind).flatMap((signer) =>
      statuses.flatMap((status) =>
        times.flatMap((time) => (['sha256', 'sha1'] as const).map((digest) => ({ signer, ...status, time, digest }))),
      ),
    );
    const differ: string[] = [];
    for (const { signer, status, told, time, digest } of combinations) {
      const { it, ...span } = time;
      const response = writeOcspResponse(
        {
          responder: digest === 'sha1' ? { name: signer.name } : { keyHash: sha1OfKey(signer.certificate) },
          producedAtMs: span.thisUpdateMs,
          answers: [{ id: idOf(person.certificate, ca.issuingCertificate, digest), status, ...span }],
          certificates: [signer.certificate],
        },
        signer.key,
      );
      const asked = ['-CAfile', chain, '-issuer', issuer, `-${digest}`, '-cert', personFile];
      const theirs = openssl('ocsp', '-respin', file('r.der', response), ...asked);
      const reason = reasonOf(person.certificate, response);
      const isVerified = theirs.includes('Response verify OK');
      const isSame = isVerified
        ? new RegExp(`(?:^|: )${told}$`, 'mu').test(theirs) &&
          theirs.includes('Status times invalid') === (it === 'stale') &&
          reason === ours[`${told} ${it}`]
        : reason === 'ocsp-responder-untrusted' || reason === 'ocsp-signature-wrong';
      if (!isSame || isVerified !== signer.isRight) differ.push(`${signer.it} ${told} ${it}: ${reason} / ${theirs}`);
    }
    expect([combinations.length, differ]).toEqual([120, []]);
  });
});

describe.skipIf(!hasOpenssl)('openssl answers our requests, and we believe it', () => {
  test.each(kinds)('about good, revoked, held and unknown certificates, with and without a nonce (%s)', (kind) => {
    const { ca, issue, service, issuer, reasonOf } = world(kind);
    const signer = service('ocsp');
    const rsigner = file(`${kind}-r.pem`, pem('CERTIFICATE', signer.certificate));
    const rkey = file(`${kind}-r.key`, writeKey(signer.key));
    const date = (timeMs: number) => `${new Date(timeMs).toISOString().replaceAll(/[-:T]/gu, '').slice(2, 14)}Z`;
    const people = ['', 'keyCompromise', 'superseded', 'certificateHold', 'unknown', 'good'].map((kept) => ({
      kept,
      ...issue(),
    }));
    const index = people.flatMap(({ kept, serial }) => {
      const end = date(presentMs + 300 * dayMs);
      if (kept === 'unknown') return [];
      const number = serial.toUpperCase();
      const revoked = `${date(presentMs - dayMs)}${kept === '' ? '' : `,${kept}`}`;
      return [
        kept === 'good' ? `V\t${end}\t\t${number}\tunknown\t/CN=x` : `R\t${end}\t${revoked}\t${number}\tunknown\t/CN=x`,
      ];
    });
    const database = file(`${kind}-index.txt`, `${index.join('\n')}\n`);
    file(`${kind}-index.txt.attr`, 'unique_subject = no\n');
    let agreed = 0;
    for (const { kept, certificate } of people)
      for (const digest of ['sha256', 'sha1'] as const)
        for (const nonce of [undefined, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)])
          for (const more of [['-ndays', '1'], ['-nmin', '5', '-resp_key_id'], []]) {
            const question = {
              certificate: certificateOf(certificate),
              issuer: certificateOf(ca.issuingCertificate),
              digest,
              ...(nonce === undefined ? {} : { nonce }),
            };
            const request = file('q.der', unwrap(writeOcspRequest(question, nodeSuite)));
            const answer = join(folder, 'a.der');
            execFileSync(
              'openssl',
              ['ocsp', '-index', database, '-CA', issuer, '-rsigner', rsigner, '-rkey', rkey, '-rmd', 'sha256'].concat(
                more,
                ['-reqin', request, '-respout', answer],
              ),
              { stdio: 'pipe' },
            );
            const response = new Uint8Array(readFileSync(answer));
            const reply = unwrap(readOcspReply(question, response, nodeSuite));
            expect(reply.nonce).toEqual(nonce);
            const other = { ...question, nonce: Uint8Array.of(9, 9) };
            expect(readOcspReply(other, response, nodeSuite)).toMatchObject({
              refusal: { code: 'ocsp-nonce-differs' },
            });
            const expected = { good: 'not-revoked', unknown: 'certificate-unknown-to-authority' }[kept] ?? 'revoked';
            expect([kept, reasonOf(certificate, response)]).toEqual([kept, expected]);
            agreed += 1;
          }
    expect(agreed).toBe(72);
  });
});

/** Where openssl accepts and we do not, each the stricter reading. */
const explained = [
  // Only a hold can be removed (RFC 5280 §5.3.1): this authority contradicts itself, and the accusation stands.
  'revoked + removed',
  'stale, revoked + removed',
  // The delta list counts from an older base than the one at hand, yet it names the certificate.
  'too new + revoked',
];

describe.skipIf(!hasOpenssl)('openssl and we agree on base and delta lists', () => {
  // openssl looks for delta lists only where the certificate says that there are some.
  const made = hierarchy({ signer: { extensions: [extensions.freshestCrl('http://crl.test/delta.crl')] } });
  const named = (reason: number) => [{ serial: '4711', revokedAtMs: nowMs - 3 * dayMs, reason }];
  const bases = [
    { it: 'clear', revoked: [] },
    { it: 'revoked', revoked: named(1) },
    { it: 'held', revoked: named(6) },
    { it: 'stale', revoked: [], nextUpdateMs: nowMs - 1000 },
    { it: 'stale, revoked', revoked: named(4), nextUpdateMs: nowMs - 1000 },
    { it: 'too new', revoked: [], number: 12 },
  ];
  const deltas = [
    { it: 'none' },
    { it: 'clear', revoked: [] },
    { it: 'revoked', revoked: named(1) },
    { it: 'removed', revoked: named(8) },
    { it: 'stale', revoked: [], nextUpdateMs: nowMs - 1000 },
    { it: 'from a later base', revoked: [], baseNumber: 11 },
  ];

  test('over every pair of a base list and a delta list, but for those explained', () => {
    const chain = file('lists-chain.pem', pem('CERTIFICATE', made.root) + pem('CERTIFICATE', made.issuing));
    const person = file('lists-person.pem', pem('CERTIFICATE', made.signer));
    const differ: string[] = [];
    const tell = (lists: readonly Uint8Array[]) =>
      openssl(
        ...['verify', '-crl_check_all', '-use_deltas', '-extended_crl', '-attime', String(nowMs / 1000)],
        ...['-CAfile', chain, '-CRLfile', file('lists.pem', lists.map((one) => pem('X509 CRL', one)).join('')), person],
      );
    for (const { it: baseIt, ...base } of bases)
      for (const { it: deltaIt, ...delta } of deltas) {
        const lists = [
          list('root'),
          list('issuing', { number: 10, thisUpdateMs: nowMs - 2 * dayMs, ...base }),
          ...(deltaIt === 'none' ? [] : [list('issuing', { number: 12, baseNumber: 10, ...delta })]),
        ];
        const isGood = tell(lists).includes(': OK');
        const { verdict } = verifierFor(made, { lists }).verifyCertificate({ certificate: made.signer, atMs: nowMs });
        if (isGood !== (verdict === 'VALID')) differ.push(`${baseIt} + ${deltaIt}`);
        expect(verdict === 'VALID' && !isGood).toBe(false);
      }
    expect(differ).toEqual(explained);
  });
});

function sha1OfKey(certificate: Uint8Array): Uint8Array {
  return nodeSuite.digest('1.3.14.3.2.26', publicKeyBits(certificateOf(certificate))) ?? new Uint8Array(0);
}
