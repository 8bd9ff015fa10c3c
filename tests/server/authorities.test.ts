import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { endpoints } from '../../contracts/http/index.ts';
import { parseCertificate } from '../../eds/index.ts';
import { createTestCa } from '../../dev/ca/index.ts';
import { startAuthorityServices, type AuthorityServices } from '../../dev/authority-services/index.ts';
import {
  createServerLog,
  initPlatform,
  realSurroundings,
  startServer,
  type RunningServer,
} from '../../server/boot/index.ts';
import { testForm } from './support/forms.ts';
import { issuePerson, type TestPerson } from './support/people.ts';
import { addStaff, must, startIn, testFolder } from './support/platform.ts';
import { TestClient } from './support/client.ts';
import { enrolled, newCase, type Workstation } from './support/workstation.ts';

const dayMs = 86_400_000;
/** Longer than a test takes, and shorter than the clock of a request may be wrong. */
const crlAgeMaxMs = 60_000;
/** How far the clock of the server is from that of the machine; the authority keeps the server's time. */
let aheadMs = 0;
const nowMs = (): number => Date.now() + aheadMs;

let services: AuthorityServices;
let directory: string;
let server: RunningServer;
let workstation: Workstation;
const lines: string[] = [];

const issuingKey = (): string => {
  const parsed = parseCertificate(services.ca.issuingCertificate);
  if (!parsed.ok) throw new Error(parsed.refusal.code);
  return parsed.value.extensions.subjectKeyIdentifier ?? '';
};

function configure(change: object = {}): void {
  const { crl, deltaCrl, ocsp } = services.addresses;
  const authority = { authority: issuingKey(), crl: [crl], deltaCrl: [deltaCrl], ocsp: [ocsp] };
  const document = {
    form: 'qorgan.authority-services/1',
    origins: [services.origin],
    everySeconds: 1,
    authorities: [{ ...authority, ...change }],
  };
  writeFileSync(join(directory, 'authorities.json'), JSON.stringify(document));
}

async function restart(change?: object): Promise<void> {
  await server.close();
  if (change !== undefined) configure(change);
  lines.length = 0;
  server = await start();
  workstation = await enrolled(server);
}

const start = (): Promise<RunningServer> =>
  startIn(directory, lines, undefined, undefined, { ...realSurroundings, nowMs });

let people = 30;
async function newPerson(): Promise<TestPerson> {
  people += 1;
  const person = issuePerson({
    ca: services.ca,
    n: people,
    name: 'Серікова Айгүл',
    roles: ['registrar'],
    notAfterMs: nowMs() + 90 * dayMs,
  });
  must(await addStaff(server, person));
  return person;
}

async function outcomeOf(person: TestPerson): Promise<string> {
  const view = newCase(testForm());
  const item = workstation.act(
    person,
    view,
    'registration.submit',
    { form: view.form },
    { change: (envelope) => ({ ...envelope, claimedAtMs: nowMs() }) },
  );
  return (await workstation.outcomes([item]))[0] ?? '';
}

async function revocation() {
  const client = new TestClient(server);
  const answer = endpoints.status.response.parse((await client.call({ method: 'GET', path: '/v1/status' })).json);
  client.close();
  return answer.revocation;
}
const refusalOf = async (service: string): Promise<string | null | undefined> =>
  (await revocation()).services.find((one) => one.service === service)?.refusal;
const listTimeMs = async (): Promise<number> =>
  (await revocation()).lists.find(({ authority }) => authority === issuingKey())?.thisUpdateMs ?? 0;

const soon = { timeout: 15_000, interval: 200 };
/** Lists have whole seconds, so two of one second are the same age. */
const nextSecond = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 1_100));

beforeAll(async () => {
  directory = testFolder();
  services = await startAuthorityServices({
    nowMs,
    makeCa: (addresses) => createTestCa({ demo: true, now: nowMs, keys: 'ec-p256', addresses }),
  });
  must(
    await initPlatform({
      directory,
      profile: 'demo',
      operatorName: '«Қорған» АҚ',
      url: 'https://127.0.0.1:7443',
      surroundings: { ...realSurroundings, nowMs },
      policy: { signatures: { carriers: [], refusedPolicies: [], crlAgeMaxMs } },
    }),
  );
  configure({ deltaCrl: [], ocsp: [] });
  server = await start();
  const { ca } = services;
  must(
    await server.administration.importAnchors({
      anchors: [ca.rootCertificate],
      intermediates: [ca.issuingCertificate],
    }),
  );
  const [root] = ca.crls();
  must(await server.administration.importCrl(root ?? new Uint8Array()));
  workstation = await enrolled(server);
}, 120_000);
afterEach(() => services.setFault(undefined));
afterAll(async () => {
  await server.close();
  await services.close();
});

test('a fresh list comes by itself, counts from its leaf, and lets a signature in', async () => {
  await expect.poll(listTimeMs, soon).toBeGreaterThan(0);
  expect(await outcomeOf(await newPerson())).toBe('accepted');
  expect(await refusalOf('crl')).toBeNull();
}, 60_000);

test('whoever stands on the next list is refused from then on', async () => {
  const person = await newPerson();
  expect(await outcomeOf(person)).toBe('accepted');
  const before = await listTimeMs();
  services.ca.revoke(person.serial);
  await nextSecond();
  await expect.poll(listTimeMs, soon).toBeGreaterThan(before);
  expect(await outcomeOf(person)).toBe('refused:certificate-revoked');
}, 60_000);

test('a wrong signer, an answer without end, and an authority that is down change nothing and are named', async () => {
  const person = await newPerson();
  for (const [fault, code] of [
    ['wrong-signer', 'revocation-list-foreign'],
    ['malformed', 'crl-malformed'],
    ['huge', 'authority-answer-too-large'],
    ['server-error', 'authority-unreachable'],
  ] as const) {
    services.setFault(fault);
    await expect.poll(() => refusalOf('crl'), soon).toBe(code);
    const before = await listTimeMs();
    await nextSecond();
    expect([fault, await listTimeMs()]).toEqual([fault, before]);
  }
  expect(await outcomeOf(person)).toBe('accepted');
  const named = lines.filter((line) => line.includes('an authority gives no usable answer'));
  expect(named.some((line) => line.includes('"refusal":"revocation-list-foreign"'))).toBe(true);
  expect(named.some((line) => line.includes(person.iin) || line.includes(person.certificateHash))).toBe(false);
}, 120_000);

test('an authority that stays down until its list is too old has everybody refused by name, a good OCSP answer or not', async () => {
  await restart({ deltaCrl: [] });
  const person = await newPerson();
  expect(await outcomeOf(person)).toBe('accepted');
  await expect.poll(() => refusalOf('ocsp'), soon).toBeNull();
  await restart({ crl: [], deltaCrl: [] });
  aheadMs = crlAgeMaxMs;
  try {
    workstation = await enrolled(server);
    expect(await outcomeOf(person)).toBe('refused:signature-unknown');
  } finally {
    aheadMs = 0;
  }
}, 120_000);

test('a responder that says revoked, and a delta list, refuse what the list of the log still lets in', async () => {
  await restart({ deltaCrl: [] });
  await nextSecond();
  await expect.poll(async () => nowMs() - (await listTimeMs()), soon).toBeLessThan(5_000);
  for (const source of [
    { crl: [], deltaCrl: [] },
    { crl: [], ocsp: [] },
  ]) {
    await restart(source);
    const person = await newPerson();
    expect(await outcomeOf(person)).toBe('accepted');
    services.ca.revoke(person.serial);
    await expect.poll(() => outcomeOf(person), { timeout: 15_000, interval: 500 }).toBe('refused:certificate-revoked');
    const other = await newPerson();
    expect(await outcomeOf(other)).toBe('accepted');
  }
}, 120_000);

test('a file that cannot be read, or that names an address of another origin, keeps the server from starting', async () => {
  await server.close();
  configure({ ocsp: ['http://elsewhere.example/ocsp'] });
  const options = {
    directory,
    profile: 'demo',
    log: createServerLog(() => undefined),
    surroundings: realSurroundings,
  } as const;
  expect(await startServer({ ...options, listen: { host: '127.0.0.1', port: 0 } })).toMatchObject({
    ok: false,
    refusal: { code: 'authorities-malformed' },
  });
  configure();
  server = await start();
}, 60_000);
