import type { FastifyInstance, RouteHandlerMethod } from 'fastify';
import { assert } from '../../core/kernel/index.ts';
import type { Endpoint } from '../../contracts/http/index.ts';

/**
 * From now on a route that the table does not list, that is there already, or whose handler did not come through `allow`, stops
 * the server while it is built; one that the table lists and nobody opened stops it when it is ready. Answers `allow`, which only
 * the router has: it asks who comes before any handler.
 */
export function guardRoutes(
  app: FastifyInstance,
  table: readonly Pick<Endpoint, 'method' | 'path'>[],
): (handler: RouteHandlerMethod) => RouteHandlerMethod {
  const closed = new Set(table.map(({ method, path }) => `${method} ${path}`));
  const allowed = new WeakSet<RouteHandlerMethod>();
  app.addHook('onRoute', ({ method, url, handler }) => {
    const name = `${String(method)} ${url}`;
    assert(allowed.has(handler), `http: ${name} is opened by the router`);
    assert(closed.delete(name), `http: ${name} is a door of the table`);
  });
  app.addHook('onReady', (done) => {
    assert(closed.size === 0, `http: ${[...closed].join(', ')} is open`);
    done();
  });
  return (handler) => {
    allowed.add(handler);
    return handler;
  };
}
