import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  startAuthorityServices,
  type AuthorityServices,
  type ServiceFault,
} from '../../dev/authority-services/index.ts';
import { createTestCa, makeKey } from '../../dev/ca/index.ts';
import {
  createRevocationStore,
  createVerifier,
  defaultAlgorithmPolicy,
  defaultSuite,
  nationalPurposes,
  nationalRoleMappings,
  parseCertificate,
  type Certificate,
  type OcspResponse,
  type RevocationList,
} from '../../eds/index.ts';
import {
  createAuthorityClient,
  createOcspAsker,
  fetchRevocationList,
  isOrigin,
  type AuthorityClient,
  type AuthorityClientOptions,
  type OcspAskerOptions,
} from './index.ts';

const startMs = Date.UTC(2026, 10, 23, 9, 30);
const minuteMs = 60_000;
let nowMs = startMs;
let services: AuthorityServices;
let person: Certificate;
let issuer: Certificate;
let waits: number[] = [];

const read = (der: Uint8Array): Certificate => {
  const parsed = parseCertificate(der);
  if (!parsed.ok) throw new Error(parsed.refusal.code);
  return parsed.value;
};
const holder = { surname: 'ӘЛІМҚҰЛОВА', name: 'ҒАЗИЗА', iin: '900101400013' };
const issue = (): Certificate =>
  read(
    services.ca.issue({ subjectPublicKeyInfo: makeKey('ec-p256').subjectPublicKeyInfo, holder, roles: ['individual'] })
      .certificate,
  );

beforeAll(async () => {
  services = await startAuthorityServices({
    nowMs: () => nowMs,
    makeCa: (addresses) => createTestCa({ demo: false, now: () => nowMs, keys: 'ec-p256', addresses }),
  });
  person = issue();
  issuer = read(services.ca.issuingCertificate);
});
afterEach(() => {
  services.setFault(undefined);
  nowMs = startMs;
  waits = [];
});
afterAll(() => services.close());

const brief = { timeoutMs: 300, sizeMaxBytes: 256 * 1024 };

function clientOf(change: Partial<AuthorityClientOptions> = {}): AuthorityClient {
  return createAuthorityClient({
    origins: [services.origin],
    waitMs: async (delayMs) => void waits.push(delayMs),
    jitter: () => 0.5,
    limits: { ocsp: brief, 'time-stamp': brief, crl: brief, 'delta-crl': brief },
    ...change,
  });
}

const trust = { algorithmPolicy: defaultAlgorithmPolicy, suite: defaultSuite, refusedPolicies: [] };

function askerOf(change: Partial<OcspAskerOptions> = {}) {
  return createOcspAsker({
    client: clientOf(),
    origins: [services.origin],
    trust,
    nowMs: () => nowMs,
    randomBytes: (size) => randomBytes(size),
    ageMaxMs: 5 * minuteMs,
    ...change,
  });
}

/** What a verifier makes of these answers, with the issuing authority as its anchor. */
function reasonWith(
  held: { readonly lists?: readonly RevocationList[]; readonly responses?: readonly OcspResponse[] },
  of = person,
): string {
  const store = createRevocationStore(held);
  const verifier = createVerifier({
    ...trust,
    anchors: [issuer],
    intermediates: [],
    roleMappings: nationalRoleMappings,
    purposes: nationalPurposes,
    revocation: () => store,
    ocspAgeMaxMs: 5 * minuteMs,
  });
  const report = verifier.verifyCertificate({ certificate: of.der, atMs: nowMs });
  return report.stages.find(({ name }) => name === 'revocation')?.reason ?? '';
}

const codeOf = (
  result: { readonly ok: true } | { readonly ok: false; readonly refusal: { readonly code: string } },
): string => (result.ok ? 'ok' : result.refusal.code);

describe('the allow-list', () => {
  test.each([
    'http://127.0.0.1:1/ocsp/',
    'http://localhost/ocsp/',
    'https://ORIGIN/ocsp/',
    'http://user@ORIGIN/ocsp/',
    'http://user:password@ORIGIN/ocsp/',
    'http://ORIGIN.example.org/ocsp/',
    'http://example.org/?http://ORIGIN/',
    'ftp://ORIGIN/issuing.crl',
    'file:///etc/passwd',
    'ldap://ORIGIN/cn=crl',
    'ORIGIN/ocsp/',
    '',
  ])('lets nobody be sent to %s', async (template) => {
    const before = services.served();
    const address = template.replace('ORIGIN', new URL(services.origin).host);
    expect(codeOf(await clientOf().call({ service: 'ocsp', address }))).toBe('authority-address-refused');
    expect(services.served()).toBe(before);
  });

  test('keeps a certificate from naming its own responder', async () => {
    const asked = await askerOf({ origins: ['http://ocsp.example.org'] }).ask({ certificate: person, issuer });
    expect([codeOf(asked), person.extensions.ocspUrls]).toEqual([
      'authority-address-refused',
      [services.addresses.ocsp],
    ]);
  });

  test('takes no name that only begins like a listed one', async () => {
    const client = clientOf({
      origins: ['http://ocsp.example.org'],
      waitMs: () => Promise.reject(new Error('it was contacted')),
    });
    for (const address of [
      'http://ocsp.example.org.invalid/',
      'http://ocsp.example.org:81/',
      'https://ocsp.example.org/',
    ])
      expect(codeOf(await client.call({ service: 'ocsp', address }))).toBe('authority-address-refused');
  });

  test('is written in origins, and nothing else is one', () => {
    expect(['http://ocsp.pki.gov.kz', 'https://a.kz:8443'].every(isOrigin)).toBe(true);
    for (const text of ['http://a.kz/', 'http://a.kz:80', 'a.kz', '*', 'http://A.kz', 'ftp://a.kz', 'null', ''])
      expect(isOrigin(text)).toBe(false);
  });
});

describe('asking about a certificate', () => {
  test('gives a response that the verifier believes, good or revoked, and asks again only when it is old', async () => {
    const asker = askerOf();
    const certificate = issue();
    const before = services.served();
    const ask = async () => {
      const asked = await asker.ask({ certificate, issuer });
      if (!asked.ok) throw new Error(asked.refusal.code);
      return asked.value;
    };
    expect(reasonWith({ responses: [await ask()] }, certificate)).toBe('not-revoked');
    services.ca.revoke(certificate.serial, 1);
    nowMs += 4 * minuteMs;
    await ask();
    expect(services.served()).toBe(before + 1);
    nowMs += minuteMs;
    expect(reasonWith({ responses: [await ask()] }, certificate)).toBe('revoked');
    expect([services.served(), asker.kept().length]).toEqual([before + 2, 1]);
  });

  test('once for all who ask at the same time', async () => {
    const asker = askerOf();
    const certificate = issue();
    const before = services.served();
    const answers = await Promise.all(Array.from({ length: 20 }, () => asker.ask({ certificate, issuer })));
    expect([new Set(answers.map((one) => (one.ok ? one.value.sha256 : ''))).size, services.served()]).toEqual([
      1,
      before + 1,
    ]);
  });

  test('again as soon as the answer itself says so', async () => {
    const short = await startAuthorityServices({
      nowMs: () => nowMs,
      ocspLifetimeMs: minuteMs,
      makeCa: () => services.ca,
    });
    const addresses = { [issuer.extensions.subjectKeyIdentifier ?? '']: [short.addresses.ocsp] };
    const origins = [short.origin];
    const asker = askerOf({ client: clientOf({ origins }), origins, addresses });
    for (const afterMs of [0, minuteMs - 1000, 1000]) {
      nowMs += afterMs;
      expect(codeOf(await asker.ask({ certificate: person, issuer }))).toBe('ok');
    }
    expect(short.served()).toBe(2);
    await short.close();
  });

  test('by SHA-1 where the responder wants that', async () => {
    const asked = await askerOf({ digest: 'sha1' }).ask({ certificate: person, issuer });
    expect(asked.ok && asked.value.answers[0]?.id.digestOid).toBe('1.3.14.3.2.26');
    expect(asked.ok && reasonWith({ responses: [asked.value] })).toBe('not-revoked');
  });

  test('at configured addresses, one after the other', async () => {
    const addresses = [`${services.origin}/gone/`, services.addresses.ocsp];
    const asker = askerOf({ addresses: { [issuer.extensions.subjectKeyIdentifier ?? '']: addresses } });
    expect(codeOf(await asker.ask({ certificate: person, issuer }))).toBe('ok');
  });

  const faults: readonly (readonly [fault: ServiceFault, code: string])[] = [
    ['wrong-nonce', 'ocsp-nonce-differs'],
    ['wrong-signer', 'ocsp-answer-foreign'],
    ['malformed', 'ocsp-malformed'],
    ['slow', 'authority-too-slow'],
    ['huge', 'authority-answer-too-large'],
    ['endless', 'authority-answer-too-large'],
    ['broken-off', 'authority-unreachable'],
    ['error-status', 'ocsp-refused'],
    ['server-error', 'authority-unreachable'],
    ['redirect', 'authority-answer-unexpected'],
    ['wrong-type', 'authority-answer-unexpected'],
  ];
  test.each(faults)('of a responder that is %s ends with %s, and nothing is kept', async (fault, code) => {
    services.setFault(fault);
    const asker = askerOf();
    expect(codeOf(await asker.ask({ certificate: person, issuer }))).toBe(code);
    expect(asker.kept()).toEqual([]);
    services.setFault(undefined);
    expect(codeOf(await asker.ask({ certificate: person, issuer }))).toBe('ok');
  });

  test.each([
    ['stale', 'ocsp-stale'],
    ['unknown', 'certificate-unknown-to-authority'],
    ['never-issued', 'certificate-unknown-to-authority'],
  ] as const)('of a responder that says %s leaves the verifier with %s', async (fault, reason) => {
    services.setFault(fault);
    const asked = await askerOf().ask({ certificate: person, issuer });
    expect(asked.ok && reasonWith({ responses: [asked.value] })).toBe(reason);
  });
});

describe('the client', () => {
  test('tries three times what waiting may cure, with a growing delay, and nothing else twice', async () => {
    const before = services.served();
    services.setFault('server-error');
    await clientOf().call({ service: 'crl', address: services.addresses.crl });
    expect([services.served() - before, waits]).toEqual([3, [187.5, 375]]);
    services.setFault('redirect');
    await clientOf().call({ service: 'crl', address: services.addresses.crl });
    expect([services.served() - before, waits.length]).toEqual([4, 2]);
  });

  test('succeeds where the authority comes back in time', async () => {
    services.setFault('server-error');
    const client = clientOf({ waitMs: async () => services.setFault(undefined) });
    expect(codeOf(await client.call({ service: 'crl', address: services.addresses.crl }))).toBe('ok');
  });

  test('reports a closed port as unreachable', async () => {
    const client = clientOf({ origins: ['http://127.0.0.1:1'] });
    expect(codeOf(await client.call({ service: 'crl', address: 'http://127.0.0.1:1/a.crl' }))).toBe(
      'authority-unreachable',
    );
  });

  test('has eight calls under way at most, lets 256 wait, and refuses the rest at once', async () => {
    services.setFault('slow');
    // Long enough for a machine that does much else beside: only the first eight wait for it.
    const client = clientOf({ limits: { crl: { timeoutMs: 1_500 } } });
    const before = services.served();
    const calls = Array.from({ length: 8 + 256 + 5 }, () =>
      client.call({ service: 'crl', address: services.addresses.crl }),
    );
    expect((await Promise.all(calls.slice(-5))).map(codeOf)).toEqual(Array.from({ length: 5 }, () => 'authority-busy'));
    await expect.poll(() => services.served() - before).toBe(8);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(services.served() - before).toBe(8);
    services.setFault(undefined);
    const ended = (await Promise.all(calls.slice(0, -5))).map(codeOf);
    expect(ended.filter((code) => code === 'ok').length).toBe(264);
  });
});

describe('fetching lists', () => {
  const wanted = (kind: 'crl' | 'delta-crl') => ({
    kind,
    address: kind === 'crl' ? services.addresses.crl : services.addresses.deltaCrl,
    authority: issuer,
  });

  test('gives base and delta, which together tell who was revoked in between', async () => {
    const certificate = issue();
    const base = await fetchRevocationList(clientOf(), wanted('crl'), trust);
    nowMs += minuteMs;
    services.ca.revoke(certificate.serial, 4);
    const delta = await fetchRevocationList(clientOf(), wanted('delta-crl'), trust);
    if (!base.ok || !delta.ok) throw new Error('refused');
    nowMs += minuteMs;
    expect(reasonWith({ lists: [base.value] }, certificate)).toBe('not-revoked');
    expect(reasonWith({ lists: [base.value, delta.value] }, certificate)).toBe('revoked');
    expect(reasonWith({ lists: [base.value, delta.value] })).toBe('not-revoked');
    nowMs += 7 * 24 * 60 * minuteMs - 90_000;
    expect([reasonWith({ lists: [base.value] }), reasonWith({ lists: [base.value, delta.value] })]).toEqual([
      'crl-stale',
      'not-revoked',
    ]);
  });

  test.each([
    ['wrong-signer', 'revocation-list-foreign'],
    ['malformed', 'crl-malformed'],
    ['huge', 'authority-answer-too-large'],
    ['endless', 'authority-answer-too-large'],
    ['broken-off', 'authority-unreachable'],
    ['wrong-type', 'authority-answer-unexpected'],
  ] as const)('refuses one that is %s with %s', async (fault, code) => {
    services.setFault(fault);
    expect(codeOf(await fetchRevocationList(clientOf(), wanted('crl'), trust))).toBe(code);
  });

  test('takes no delta list for a base list, nor the other way round', async () => {
    const swapped = { ...wanted('crl'), address: services.addresses.deltaCrl };
    expect(codeOf(await fetchRevocationList(clientOf(), swapped, trust))).toBe('revocation-list-foreign');
    const other = { ...wanted('delta-crl'), address: services.addresses.crl };
    expect(codeOf(await fetchRevocationList(clientOf(), other, trust))).toBe('revocation-list-foreign');
  });

  test('leaves a stale one to the verifier', async () => {
    services.setFault('stale');
    const list = await fetchRevocationList(clientOf(), wanted('crl'), trust);
    expect(list.ok && reasonWith({ lists: [list.value] })).toBe('crl-stale');
  });
});
