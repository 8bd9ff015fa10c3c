import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { shareOfAddress } from '../../core/access/index.ts';
import { endpoints, type Endpoint } from '../../contracts/http/index.ts';
import { createServerLog, realSurroundings, startServer } from '../../server/boot/index.ts';
import { parseTrustedProxies } from '../../server/http/index.ts';
import { codeOf, TestClient, type Answer } from '../server/support/client.ts';
import { must, startIn, startTestPlatform, type TestPlatform } from '../server/support/platform.ts';
import { enrolled, type Workstation } from '../server/support/workstation.ts';

let platform: TestPlatform;
let desk: Workstation;
/** The server's clock: it stands still unless it is moved, so that a share does not grow back while it is spent. */
let nowMs = Date.now();
const opened: TestClient[] = [];

const surroundings = { ...realSurroundings, nowMs: () => nowMs };
const { burstMax, perSecond } = shareOfAddress;

beforeAll(async () => {
  platform = await startTestPlatform();
  await platform.server.close();
  nowMs = Date.now();
  platform.server = await startIn(platform.directory, platform.lines, undefined, undefined, surroundings);
  desk = await enrolled(platform.server);
  desk.client.nowMs = () => nowMs;
}, 120_000);
afterAll(async () => {
  for (const client of opened) client.close();
  await platform.remove();
});

function strangerAt(address: string): TestClient {
  const client = new TestClient(platform.server, undefined, address);
  opened.push(client);
  return client;
}

const said = ({ headers, status }: Answer): string => String(headers['qorgan-refusal'] ?? `status ${status}`);
const ask = (client: TestClient, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
  client.call({ method: 'GET', path: endpoints.checkpoint.path, headers });

/** How many requests are let in until one is not; `headersOf` of each. */
async function spend(
  client: TestClient,
  headersOf: (n: number) => Readonly<Record<string, string>> = () => ({}),
): Promise<{ readonly letIn: number; readonly last: Answer }> {
  for (let letIn = 0; letIn <= burstMax + perSecond; letIn += 1) {
    const answer = await ask(client, headersOf(letIn));
    if (said(answer) === 'too-many-requests') return { letIn, last: answer };
  }
  throw new Error('a share has an end');
}

const publicDoors: readonly Endpoint[] = Object.values<Endpoint>(endpoints).filter(({ auth }) => auth === 'none');

test('an address that asks without end is told to wait at every door that anybody may knock at; others are served', async () => {
  const flooder = strangerAt('127.0.0.2');
  // Whatever he writes about himself into a header.
  const { letIn, last } = await spend(flooder, (n) => ({
    'x-forwarded-for': `198.51.100.${n % 250}`,
    forwarded: `for=198.51.100.${n % 250}`,
    'x-real-ip': `198.51.100.${n % 250}`,
  }));
  expect(letIn).toBe(burstMax);
  expect([last.status, last.headers['retry-after']]).toEqual([429, '1']);
  expect(publicDoors.length).toBeGreaterThan(8);
  for (const { method, path } of publicDoors) {
    const answer = await flooder.call({
      method,
      path: path.replace('*', '0/000'),
      ...(method === 'POST' ? { body: {} } : {}),
    });
    expect([path, said(answer)]).toEqual([path, 'too-many-requests']);
  }
  expect(said(await flooder.call({ method: 'GET', path: '/no/such/door' }))).toBe('too-many-requests');
  expect((await ask(strangerAt('127.0.0.3'))).status).toBe(200);
});

test('a device at such an address is served at its own doors, and what is given back each second is the address’s again', async () => {
  const neighbour = new TestClient(platform.server, desk.client.key, '127.0.0.2');
  opened.push(neighbour);
  neighbour.device = desk.device;
  neighbour.nowMs = () => nowMs;
  const receipts = { method: 'GET', path: '/v1/receipts?ids=01920000-0000-7000-8000-000000000000' };
  expect(codeOf(await neighbour.call(receipts))).toBe('status 200');
  nowMs += 1_000;
  expect((await spend(strangerAt('127.0.0.2'))).letIn).toBe(perSecond);
});

test('behind a proxy that the operator trusts each address has its own share, and no word of anybody else counts', async () => {
  await platform.server.close();
  const trustedProxies = must(parseTrustedProxies('127.0.0.9'));
  platform.server = must(
    await startServer({
      ...{ directory: platform.directory, profile: 'demo', surroundings, trustedProxies },
      ...{ listen: { host: '127.0.0.1', port: 0 }, log: createServerLog(() => undefined) },
    }),
  );
  const proxy = strangerAt('127.0.0.9');
  const through = (address: string) => ({ 'x-forwarded-for': address });
  expect((await spend(proxy, (n) => through(`192.0.2.${n % 250}, 203.0.113.7`))).letIn).toBe(burstMax);
  expect((await ask(proxy, through('203.0.113.8'))).status).toBe(200);
  // Not the proxy: his header is his own word.
  expect((await ask(strangerAt('127.0.0.4'), through('203.0.113.7'))).status).toBe(200);
});

test('wrong codes of a device are counted for the address that the proxy names', async () => {
  const proxy = strangerAt('127.0.0.9');
  const key = randomBytes(32).toString('base64');
  const proof = randomBytes(64).toString('base64');
  const enrol = async (address: string): Promise<string> => {
    const body = {
      ...{ code: 'AAAA-AAAA-AAAA-AAAA-AAAA-AAAA', publicKey: key, proof },
      ...{ name: 'АРМ', kind: 'workstation', epoch: desk.epoch },
    };
    return codeOf(
      await proxy.call({ method: 'POST', path: endpoints.enrol.path, body, headers: { 'x-forwarded-for': address } }),
    );
  };
  const codes: string[] = [];
  for (let i = 0; i < 12; i += 1) codes.push(await enrol('203.0.113.20'));
  expect(codes.at(-1)).toBe('too-many-requests');
  expect(await enrol('203.0.113.21')).toBe('enrolment-proof-invalid');
});
