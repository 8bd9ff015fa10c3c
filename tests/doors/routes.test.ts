import { fastify } from 'fastify';
import { expect, test } from 'vitest';
import { guardRoutes } from '../../server/http/route-guard.ts';

const table = [
  { method: 'GET', path: '/v1/one' },
  { method: 'POST', path: '/v1/two' },
] as const;
const answer = () => Promise.resolve('answer');

function guarded() {
  const app = fastify({ exposeHeadRoutes: false });
  const allow = guardRoutes(app, table);
  const open = (method: 'GET' | 'POST', url: string): void =>
    void app.route({ method, url, handler: allow(() => answer()) });
  return { app, open };
}

test('a server with exactly the doors of its table is built', async () => {
  const { app, open } = guarded();
  open('GET', '/v1/one');
  open('POST', '/v1/two');
  await app.ready();
});

test('a route that the table does not list stops the building of the server', async () => {
  const { open } = guarded();
  expect(() => open('GET', '/v1/hidden')).toThrow('GET /v1/hidden is a door of the table');
  expect(() => open('POST', '/v1/one')).toThrow('POST /v1/one is a door of the table');
});

test('a handler that did not come through the router, which asks who comes, stops it', () => {
  const { app } = guarded();
  expect(() => app.get('/v1/one', answer)).toThrow('GET /v1/one is opened by the router');
});

test('a door of the table that nobody opened stops it', async () => {
  const { app, open } = guarded();
  open('GET', '/v1/one');
  await expect(app.ready()).rejects.toThrow('POST /v1/two is open');
});
