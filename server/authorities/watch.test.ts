import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startAuthorityServices, type AuthorityServices } from '../../dev/authority-services/index.ts';
import { createTestCa, makeKey } from '../../dev/ca/index.ts';
import { parseCertificate, type Certificate } from '../../eds/index.ts';
import { createAuthorityClient, createAuthorityWatch, type AuthorityWatch, type ServiceHealth } from './index.ts';

const startMs = Date.UTC(2026, 10, 23, 9, 30);
let nowMs = startMs;
let services: AuthorityServices;
let issuer: Certificate;
let watch: AuthorityWatch | undefined;
let told: ServiceHealth[] = [];
let imported: Uint8Array[] = [];

const read = (der: Uint8Array): Certificate => {
  const parsed = parseCertificate(der);
  if (!parsed.ok) throw new Error(parsed.refusal.code);
  return parsed.value;
};
const authority = (): string => issuer.extensions.subjectKeyIdentifier ?? '';
const issue = (): Certificate =>
  read(
    services.ca.issue({
      subjectPublicKeyInfo: makeKey('ec-p256').subjectPublicKeyInfo,
      holder: { surname: 'ӘЛІМҚҰЛОВА', name: 'ҒАЗИЗА', iin: '900101400013' },
      roles: ['individual'],
    }).certificate,
  );

beforeAll(async () => {
  services = await startAuthorityServices({
    nowMs: () => nowMs,
    makeCa: (addresses) => createTestCa({ demo: false, now: () => nowMs, keys: 'ec-p256', addresses }),
  });
  issuer = read(services.ca.issuingCertificate);
});
afterEach(async () => {
  services.setFault(undefined);
  await watch?.stop();
  nowMs = startMs;
  told = [];
  imported = [];
});
afterAll(() => services.close());

const brief = { timeoutMs: 150, sizeMaxBytes: 256 * 1024 };

/** A watch whose rounds follow each other after a second, over real HTTP; what it would record is kept in `imported`. */
function started(trusted: readonly Certificate[] = [issuer], importList?: () => Promise<never>): AuthorityWatch {
  const { crl, deltaCrl, ocsp } = services.addresses;
  const made = createAuthorityWatch({
    configuration: {
      form: 'qorgan.authority-services/1',
      origins: [services.origin],
      everySeconds: 1,
      authorities: [{ authority: authority(), crl: [crl], deltaCrl: [deltaCrl], ocsp: [ocsp] }],
      timeStamps: [],
    },
    client: createAuthorityClient({
      origins: [services.origin],
      waitMs: async () => undefined,
      jitter: () => 0.5,
      limits: { ocsp: brief, crl: brief, 'delta-crl': brief },
    }),
    nowMs: () => nowMs,
    randomBytes: (size) => randomBytes(size),
    tell: (health) => void told.push(health),
    onError: (error) => void told.push({ authority: '', service: 'crl', answeredAtMs: null, refusal: String(error) }),
  });
  made.start({
    trusted: () => trusted,
    importList:
      importList ??
      (async (der) => {
        imported.push(der);
        return { ok: true, value: null };
      }),
  });
  watch = made;
  return made;
}

const soon = { timeout: 10_000, interval: 50 };
const refusals = (made: AuthorityWatch): Record<string, string | null> =>
  Object.fromEntries(made.health().map(({ service, refusal }) => [service, refusal]));

test('hands on a base list, keeps a delta list, and asks about certificates in use alone', async () => {
  const person = issue();
  const made = started();
  await expect.poll(() => made.live.lists().length, soon).toBe(1);
  expect([imported.length > 0, made.live.responses().length]).toEqual([true, 0]);
  made.live.note([person, issuer]);
  await expect.poll(() => made.live.responses().length, soon).toBe(1);
  expect(refusals(made)).toEqual({ crl: null, 'delta-crl': null, ocsp: null });
  expect(made.live.certificateOf({ authority: authority(), serial: person.serial })).toBe(person);
  expect(told).toEqual([]);
});

test('another edition stands for each new answer, and a newer delta list takes the place of the older', async () => {
  const made = started();
  await expect.poll(() => made.live.lists().length, soon).toBe(1);
  const [first] = made.live.lists();
  const edition = made.live.edition();
  nowMs += 60_000;
  await expect.poll(() => made.live.lists()[0]?.thisUpdateMs, soon).toBe((first?.thisUpdateMs ?? 0) + 60_000);
  expect(made.live.edition()).toBeGreaterThan(edition);
  expect(made.live.lists().length).toBe(1);
});

test.each([
  ['wrong-signer', 'revocation-list-foreign', 'ocsp-answer-foreign'],
  ['malformed', 'crl-malformed', 'ocsp-malformed'],
  ['slow', 'authority-too-slow', 'authority-too-slow'],
  ['huge', 'authority-answer-too-large', 'authority-answer-too-large'],
  ['endless', 'authority-answer-too-large', 'authority-answer-too-large'],
  ['server-error', 'authority-unreachable', 'authority-unreachable'],
] as const)(
  'takes nothing from services that are %s, names it once, and goes on when they are well again',
  async (fault, ofLists, ofResponder) => {
    services.setFault(fault);
    const made = started();
    made.live.note([issue(), issuer]);
    const expected = { crl: ofLists, 'delta-crl': ofLists, ocsp: ofResponder };
    await expect.poll(() => refusals(made), soon).toEqual(expected);
    const before = services.served();
    await expect.poll(() => services.served(), soon).toBeGreaterThan(before + 3);
    expect([imported, made.live.lists(), made.live.responses()]).toEqual([[], [], []]);
    expect(told.map(({ service }) => service).toSorted()).toEqual(['crl', 'delta-crl', 'ocsp']);
    services.setFault(undefined);
    await expect.poll(() => refusals(made), soon).toEqual({ crl: null, 'delta-crl': null, ocsp: null });
    expect(told.filter(({ refusal }) => refusal === null).length).toBe(3);
  },
);

test('takes no list of an authority that is not trusted', async () => {
  const made = started([]);
  await expect
    .poll(() => refusals(made), soon)
    .toEqual({ crl: 'revocation-list-foreign', 'delta-crl': 'revocation-list-foreign' });
  expect([imported, made.live.lists()]).toEqual([[], []]);
});

test('a bug while recording is told, and the next round comes', async () => {
  let calls = 0;
  started([issuer], () => {
    calls += 1;
    return Promise.reject(new Error('planted'));
  });
  await expect.poll(() => calls, soon).toBeGreaterThan(1);
  expect(told.some(({ refusal }) => refusal === 'Error: planted')).toBe(true);
});

test('asks nothing more once it was stopped', async () => {
  const made = started();
  await expect.poll(() => imported.length, soon).toBeGreaterThan(0);
  await made.stop();
  const before = services.served();
  made.live.note([issue(), issuer]);
  await new Promise((resolve) => setTimeout(resolve, 1_300));
  expect(services.served()).toBe(before);
});
