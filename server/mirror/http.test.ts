import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { openHttp, readBody } from './http.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A server that answers its first requests so, and the next ones with a file. */
async function answering(
  first: readonly ((response: ServerResponse) => void)[],
): Promise<{ url: string; asked: number[] }> {
  const asked: number[] = [];
  server = createServer((_request, response) => {
    asked.push(performance.now());
    (first[asked.length - 1] ?? ((to) => to.end('file')))(response);
  });
  await new Promise<void>((done) => server?.listen(0, '127.0.0.1', done));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const turnedAway = (seconds: string) => (response: ServerResponse) =>
  void response.writeHead(429, { 'retry-after': seconds }).end();

it('waits where the server says that it asks too often, and has the file then', async () => {
  const { url, asked } = await answering([turnedAway('1'), turnedAway('no number')]);
  const http = openHttp(url, null);
  const answer = await http.open('/file', { timeoutMs: 5_000 });
  if (!answer.ok) throw new Error(answer.refusal.code);
  const body = await readBody('/file', answer.value, 100);
  expect(body.ok && Buffer.from(body.value).toString()).toBe('file');
  const [one = 0, two = 0, three = 0] = asked;
  for (const waitedMs of [two - one, three - two]) expect(waitedMs).toBeGreaterThanOrEqual(990);
  http.close();
});

it('waits for nobody who is away for another reason, and does not hang where it is closed meanwhile', async () => {
  const { url, asked } = await answering([(response) => void response.writeHead(503).end(), turnedAway('31536000')]);
  const http = openHttp(url, null);
  expect(await http.open('/file', { timeoutMs: 5_000 })).toMatchObject({
    ok: false,
    refusal: { code: 'mirror-origin-unreachable', details: { status: 503 } },
  });
  const waiting = http.open('/file', { timeoutMs: 5_000 });
  await expect.poll(() => asked.length).toBe(2);
  http.close();
  expect((await waiting).ok).toBe(false);
});
