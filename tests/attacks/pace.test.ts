import { afterAll, beforeAll, expect, test } from 'vitest';
import { endpoints } from '../../contracts/http/index.ts';
import { realSurroundings } from '../../server/boot/index.ts';
import { codeOf, TestClient, type Answer } from '../server/support/client.ts';
import { testForm } from '../server/support/forms.ts';
import { startIn, startTestPlatform, type TestPlatform } from '../server/support/platform.ts';
import { base64Of, enrolled, newCase, type Workstation } from '../server/support/workstation.ts';

let platform: TestPlatform;
let desk: Workstation;
let otherDesk: Workstation;
/** Stands still unless it is moved, so that a share does not grow back while it is spent. */
let nowMs = Date.now();

beforeAll(async () => {
  platform = await startTestPlatform();
  await platform.server.close();
  nowMs = Date.now();
  const surroundings = { ...realSurroundings, nowMs: () => nowMs };
  platform.server = await startIn(platform.directory, platform.lines, undefined, undefined, surroundings);
  desk = await enrolled(platform.server);
  otherDesk = await enrolled(platform.server);
  for (const { client } of [desk, otherDesk]) client.nowMs = () => nowMs;
}, 120_000);
afterAll(() => platform.remove());

const receipts = { method: 'GET', path: '/v1/receipts?ids=01920000-0000-7000-8000-000000000000' } as const;

/** Spends the share of a device, and answers how often it was let in and what it read then. */
async function spend({ client }: Workstation): Promise<{ readonly letIn: number; readonly last: Answer }> {
  for (let letIn = 0; letIn <= 1_100; letIn += 1) {
    const answer = await client.call(receipts);
    if (codeOf(answer) === 'too-many-requests') return { letIn, last: answer };
  }
  throw new Error('a share has an end');
}

test('a device that asks without end is told to wait, others are served, and what it had to send is taken when its time comes', async () => {
  const form = testForm();
  const item = desk.act(platform.registrar, newCase(form), 'registration.submit', { form });
  const { letIn, last } = await spend(desk);
  expect(letIn).toBeGreaterThan(900);
  expect(letIn).toBeLessThanOrEqual(1_000);
  expect([last.status, last.headers['retry-after']]).toEqual([429, '1']);
  expect(await desk.outcomes([item])).toEqual(['too-many-requests']);
  expect((await otherDesk.client.call(receipts)).status).toBe(200);
  // So many more are let in after the second that it was told to wait.
  nowMs += 1_000;
  expect(await desk.outcomes([item])).toEqual(['accepted']);
  expect((await spend(desk)).letIn).toBe(99);
});

test('nobody spends the share of a device whose key he lacks', async () => {
  nowMs += 60_000;
  const thief = new TestClient(platform.server);
  thief.device = otherDesk.device;
  thief.nowMs = () => nowMs;
  for (let i = 0; i < 1_100; i += 1) expect(codeOf(await thief.call(receipts))).toBe('device-signature-invalid');
  thief.close();
  expect((await otherDesk.client.call(receipts)).status).toBe(200);
});

test('a device that tries many passwords at once fills no line: others sign in meanwhile', async () => {
  nowMs += 60_000;
  const proofs: Awaited<ReturnType<Workstation['cardProof']>>[] = [];
  for (let i = 0; i < 16; i += 1) proofs.push(await desk.cardProof(platform.reviewer));
  const clients = proofs.map(() => {
    const client = new TestClient(platform.server, desk.client.key);
    client.device = desk.device;
    client.nowMs = () => nowMs;
    return client;
  });
  const body = (i: number) => ({ ...proofs[i], password: base64Of(`guess ${i}`) });
  const tried = Promise.all(
    clients.map(async (client, i) => codeOf(await client.call({ method: 'POST', path: '/v1/sign-in', body: body(i) }))),
  );
  const meanwhile = await otherDesk.signIn(platform.registrar);
  const answers = await tried;
  for (const client of clients) client.close();
  expect(meanwhile.status).toBe(200);
  expect(answers).toContain('too-many-requests');
  expect(answers.filter((one) => one === 'sign-in-refused').length).toBeGreaterThanOrEqual(4);
});

test('no more than at the sign-in are compared at once where a session shows its password anew', async () => {
  nowMs += 60_000;
  const { token } = endpoints.signIn.response.parse((await desk.signIn(platform.other)).json);
  const clients = Array.from({ length: 16 }, () => {
    const client = new TestClient(platform.server, desk.client.key);
    client.device = desk.device;
    client.nowMs = () => nowMs;
    return client;
  });
  const body = { password: base64Of(platform.other.password) };
  const tried = Promise.all(
    clients.map(async (client) =>
      codeOf(await client.call({ method: 'POST', path: endpoints.stepUp.path, token, body })),
    ),
  );
  const meanwhile = await otherDesk.signIn(platform.registrar);
  const answers = await tried;
  for (const client of clients) client.close();
  expect(meanwhile.status).toBe(200);
  expect(answers).toContain('too-many-requests');
  expect(answers).toContain('status 204');
});
