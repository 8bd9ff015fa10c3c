import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { ActItem } from '../../contracts/http/index.ts';
import { startActChecker, type ActChecker, type RequestProof } from '../../server/checks/index.ts';
import { codeOf } from './support/client.ts';
import { testForm } from './support/forms.ts';
import { must, startTestPlatform, type TestPlatform } from './support/platform.ts';
import { enrolled, newCase, resultsOf, type Workstation } from './support/workstation.ts';

type Told = { readonly kind: string; readonly version: number };

let platform: TestPlatform;
let station: Workstation;
/** Threads of this process, the newest last. */
const threads: Worker[] = [];
const remember = (thread: Worker): void => void threads.push(thread);

function newestThread(): Worker {
  const thread = threads.at(-1);
  if (thread === undefined) throw new Error('the server has a thread');
  return thread;
}

/** Stands between the server and its thread; answers how to let go again. */
function intercept(change: (told: Told, pass: (told: Told) => void) => void): () => void {
  const thread = newestThread();
  const post = thread.postMessage.bind(thread);
  const spy = vi.spyOn(thread, 'postMessage').mockImplementation((told: Told) => change(told, post));
  return () => spy.mockRestore();
}

function submission(): ActItem {
  const form = testForm();
  return station.act(platform.registrar, newCase(form), 'registration.submit', { form });
}

/** Sends until the server takes it; a workstation does the same. */
async function sendUntilTaken(items: readonly ActItem[]): Promise<string[]> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const answer = await station.send(items);
    if (answer.status === 200)
      return resultsOf(answer).map((result) => ('promise' in result ? result.promise.document : result.refusal.code));
    expect(codeOf(answer)).toBe('server-busy');
    await sleep(100);
  }
  throw new Error('the server takes acts again');
}

beforeAll(async () => {
  process.on('worker', remember);
  platform = await startTestPlatform();
});

beforeEach(async () => {
  station = await enrolled(platform.server);
});

afterEach(() => {
  vi.useRealTimers();
});

afterAll(async () => {
  process.off('worker', remember);
  await platform.remove();
});

test('a thread that dies under load costs nothing that was acknowledged: the rest is refused as busy and taken when sent again', async () => {
  const promised: { readonly items: readonly ActItem[]; readonly documents: readonly string[] }[] = [];
  let refused = 0;
  const died = 2;
  for (let round = 0; round < 6; round += 1) {
    const items = [submission(), submission(), submission()];
    const thread = newestThread();
    const letGo = intercept((told, pass) => {
      // Ended first, since a thread that still lives may answer before it dies; what it is told then is lost with it.
      if (round % 3 === 0 && told.kind === 'request') void thread.terminate();
      pass(told);
    });
    const answer = await station.send(items);
    letGo();
    if (answer.status !== 200) {
      refused += 1;
      expect([answer.status, codeOf(answer)]).toEqual([503, 'server-busy']);
    }
    const documents = await sendUntilTaken(items);
    expect(documents.every((text) => text.includes('"outcome":"accepted"'))).toBe(true);
    promised.push({ items, documents });
  }
  expect(refused).toBe(died);
  expect(platform.lines.filter((line) => line.includes('the thread that checks acts was lost')).length).toBe(died);
  await platform.restart();
  expect(platform.server.state()).toBe('accepting');
  station.reconnect(platform.server);
  for (const { items, documents } of promised) expect(await sendUntilTaken(items)).toEqual(documents);
});

test('what was checked by a trust that has changed meanwhile is not taken', async () => {
  const item = submission();
  const waiting: (() => void)[] = [];
  const letGo = intercept((told, pass) => (told.kind === 'request' ? waiting.push(() => pass(told)) : pass(told)));
  const sent = station.send([item]);
  await vi.waitFor(() => expect(waiting.length).toBe(1));
  platform.ca.revoke(platform.other.serial);
  for (const list of platform.ca.crls()) must(await platform.server.administration.importCrl(list));
  letGo();
  for (const pass of waiting) pass();
  const answer = await sent;
  expect([answer.status, codeOf(answer)]).toEqual([503, 'server-busy']);
  expect((await sendUntilTaken([item])).join('')).toContain('"outcome":"accepted"');
});

test('an enrolment changes no trust: what is being checked meanwhile is taken', async () => {
  const item = submission();
  const waiting: (() => void)[] = [];
  const letGo = intercept((told, pass) => (told.kind === 'request' ? waiting.push(() => pass(told)) : pass(told)));
  const sent = station.outcomes([item]);
  await vi.waitFor(() => expect(waiting.length).toBe(1));
  await enrolled(platform.server);
  letGo();
  for (const pass of waiting) pass();
  expect(await sent).toEqual(['accepted']);
});

test('a request that names another trust than the thread has is read by none', async () => {
  const item = submission();
  const letGo = intercept((told, pass) =>
    pass(told.kind === 'request' ? { ...told, version: told.version + 1 } : told),
  );
  const answer = await station.send([item]);
  letGo();
  expect([answer.status, codeOf(answer)]).toEqual([500, 'internal']);
  expect(platform.lines.some((line) => line.includes('checks: a request could not be read'))).toBe(true);
  expect((await sendUntilTaken([item])).join('')).toContain('"outcome":"accepted"');
});

test('a recorded request costs the thread nothing', async () => {
  const call = {
    method: 'POST',
    path: '/v1/acts',
    body: { items: [submission()] },
    nonce: randomBytes(16).toString('base64'),
  };
  expect((await station.client.call(call)).status).toBe(200);
  let asked = 0;
  const letGo = intercept((told, pass) => {
    asked += told.kind === 'request' ? 1 : 0;
    pass(told);
  });
  expect(codeOf(await station.client.call(call))).toBe('request-replayed');
  const createdSeconds = Math.floor(Date.now() / 1_000) - 600;
  expect(
    codeOf(await station.client.call({ ...call, nonce: randomBytes(16).toString('base64'), createdSeconds })),
  ).toBe('request-clock-drift');
  letGo();
  expect(asked).toBe(0);
});

test('a request that nobody signed uses up no nonce', async () => {
  const call = {
    method: 'POST',
    path: '/v1/acts',
    body: { items: [submission()] },
    nonce: randomBytes(16).toString('base64'),
  };
  const tamper = (headers: Record<string, string>): void =>
    void (headers['signature'] = (headers['signature'] ?? '').replace(/:..../u, ':AAAA'));
  expect(codeOf(await station.client.call({ ...call, tamper }))).toBe('device-signature-invalid');
  expect((await station.client.call(call)).status).toBe(200);
});

const proof: RequestProof = { publicKey: Buffer.alloc(32), base: '', signature: Buffer.alloc(64), contentDigest: '' };

function checkerOf(body: string, lost: string[]): ActChecker {
  return startActChecker({
    registry: { trust: () => ({ source: 'none' }) as never },
    nowMs: () => 0,
    onLost: (error) => lost.push(error.message),
    threadFile: new URL(`data:text/javascript,${encodeURIComponent(body)}`),
  });
}

test('a thread that hangs is ended, what it was asked is refused as busy, and another is started', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout', 'performance'] });
  const lost: string[] = [];
  const before = threads.length;
  const checker = checkerOf(
    "import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => { for (;;); });",
    lost,
  );
  const asked = checker.check(proof, Buffer.from('{}'));
  vi.advanceTimersByTime(9_000);
  expect(lost).toEqual([]);
  vi.advanceTimersByTime(3_000);
  expect(await asked).toMatchObject({ ok: false, refusal: { code: 'server-busy' } });
  expect(lost).toEqual(['checks: the thread hangs']);
  expect(await checker.check(proof, Buffer.from('{}'))).toMatchObject({ refusal: { code: 'server-busy' } });
  vi.advanceTimersByTime(1_000);
  await new Promise((resolve) => setImmediate(resolve));
  expect(threads.length).toBe(before + 2);
  await checker.close();
});

test('a thread that cannot start takes nothing and is tried again after a pause, not at once', async () => {
  const lost: string[] = [];
  const checker = checkerOf("throw new Error('no start');", lost);
  expect(await checker.check(proof, Buffer.from('{}'))).toMatchObject({ refusal: { code: 'server-busy' } });
  await sleep(1_200);
  await checker.close();
  expect(lost.length).toBeGreaterThan(1);
  expect(lost.length).toBeLessThan(4);
});

test('a device over whose requests the thread is lost again and again rests, and the others are served', async () => {
  const body = `import { parentPort } from 'node:worker_threads';
    parentPort.on('message', ({ id, body }) => {
      if (body === 'poison') throw new Error('poison');
      if (id !== undefined) parentPort.postMessage({ id, read: { ok: true, value: [] } });
    });`;
  vi.useFakeTimers({ toFake: ['performance'] });
  const checker = checkerOf(body, []);
  const device = { ...proof, publicKey: Buffer.alloc(32, 7) };
  const busy = { ok: false, refusal: { code: 'server-busy' } };
  /** Once there is a thread. */
  const good = (of: RequestProof) =>
    vi.waitFor(async () => expect(await checker.check(of, Buffer.from('good'))).toMatchObject({ ok: true }), 5_000);
  for (let loss = 0; loss < 3; loss += 1) {
    await good(device);
    expect(await checker.check(device, Buffer.from('poison'))).toEqual(busy);
  }
  await good(proof);
  const resting = { ok: false, refusal: { code: 'server-busy', details: { retryAfterSeconds: 300 } } };
  expect(await checker.check(device, Buffer.from('good'))).toEqual(resting);
  vi.advanceTimersByTime(300_000);
  await good(device);
  // Another loss, however much went well before it, is another rest.
  expect(await checker.check(device, Buffer.from('poison'))).toEqual(busy);
  await good(proof);
  expect(await checker.check(device, Buffer.from('good'))).toEqual(resting);
  await checker.close();
});

test('requests of no size at all are bounded too', async () => {
  const checker = checkerOf(
    "import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => {});",
    [],
  );
  const answers: Promise<unknown>[] = [];
  for (let n = 0; n < 20_000; n += 1) answers.push(checker.check(proof, Buffer.alloc(0)));
  expect(await answers.at(-1)).toMatchObject({ refusal: { code: 'server-busy' } });
  await checker.close();
  await Promise.all(answers);
}, 3_000);

test('more bodies than may wait are refused as busy at once', async () => {
  const lost: string[] = [];
  const checker = checkerOf(
    "import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => {});",
    lost,
  );
  const body = Buffer.alloc(9_000_000);
  const first = checker.check(proof, body);
  expect(await checker.check(proof, body)).toMatchObject({ refusal: { code: 'server-busy' } });
  // At once, and not because the thread was taken for one that hangs.
  expect(lost).toEqual([]);
  await checker.close();
  expect(await first).toMatchObject({ refusal: { code: 'server-busy' } });
});
