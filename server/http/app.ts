import type { IncomingMessage } from 'node:http';
import { fastify, type FastifyInstance, type FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { createShares, networkOf, shareOfAddress } from '../../core/access/index.ts';
import { chunkMedia, endpoints, type LogCompromiseResponse } from '../../contracts/http/index.ts';
import { startChangeStream } from './change-stream.ts';
import { clientAddress } from './client-address.ts';
import { createChunkBodies } from './chunk-bodies.ts';
import type { DoorContext } from './context.ts';
import { openDoors } from './doors.ts';
import { describeError } from './log-format.ts';
import { pacedGuard } from './paced-guard.ts';
import { sendRefusal } from './refusals.ts';
import { createReplayGuard } from './replay-guard.ts';
import { createRouter, heldToShare } from './router.ts';

/** A request that is not complete by then is cut: nobody holds a connection by sending slowly. */
const requestTimeoutMs = 30_000;
/** Longer than the clients' own, so that they close first. */
const keepAliveTimeoutMs = 75_000;
const connectionsMax = 2_000;

/** Key and certificate of the TLS listener, PEM. */
export type TlsIdentity = { readonly key: string; readonly certificate: string };

const refusalOfFastify: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body-too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'input-malformed',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'input-malformed',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'input-malformed',
};

type Bare = { readonly newId: () => string; readonly log: Logger };

/** A server over TLS 1.2 or newer that has no door yet. */
function bareApp({ newId, log }: Bare, tls: TlsIdentity): FastifyInstance {
  const app: FastifyInstance = fastify({
    https: { key: tls.key, cert: tls.certificate, minVersion: 'TLSv1.2' },
    genReqId: newId,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    routerOptions: { caseSensitive: true, ignoreTrailingSlash: false, maxParamLength: 128 },
  }) as unknown as FastifyInstance;
  app.server.maxConnections = connectionsMax;
  app.removeAllContentTypeParsers();
  // Bytes first: the signature covers them, and nothing is parsed for somebody who is nobody.
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  // These two end at once: a promise for each would cost every request two turns.
  app.addHook('onSend', (_request, reply, payload, done) => {
    reply.header('strict-transport-security', 'max-age=31536000').header('x-content-type-options', 'nosniff');
    done(null, payload);
  });
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none';
    log.info(
      {
        incident: request.id,
        method: request.method,
        route,
        status: reply.statusCode,
        durationMs: Math.round(reply.elapsedTime),
      },
      'request',
    );
    done();
  });
  app.setErrorHandler(async (error, request, reply) => {
    const known = refusalOfFastify[(error as { readonly code?: string }).code ?? ''];
    if (known === undefined) log.error({ incident: request.id, error: describeError(error) }, 'incident');
    await sendRefusal(reply, { code: known ?? 'internal' }, request.id);
  });
  return app;
}

/** Builds the server. It listens to nobody before `listen`. */
export function createApp(context: DoorContext, tls: TlsIdentity): FastifyInstance {
  const { platform, registry, log } = context;
  const { uuid, nowMs } = platform.surroundings;
  const app = bareApp({ newId: uuid, log }, tls);
  const bodies = createChunkBodies();
  app.addContentTypeParser(chunkMedia, (request: FastifyRequest, payload: IncomingMessage) =>
    bodies.read(request, payload),
  );
  const stream = startChangeStream(context, (error) => log.error({ error: describeError(error) }, 'change stream'));
  registry.onChange(() => stream.recheck());
  app.addHook('onClose', async () => stream.close());
  const addresses = createShares(shareOfAddress, nowMs);
  const isLetIn = (request: FastifyRequest): boolean =>
    addresses.take(networkOf(clientAddress(request.raw, context.proxies)));
  app.setNotFoundHandler({ preValidation: heldToShare(isLetIn) }, (request, reply) =>
    sendRefusal(reply, { code: 'not-found' }, request.id),
  );
  openDoors(
    context,
    createRouter(app, context, { guard: pacedGuard(createReplayGuard(nowMs), nowMs), bodies, isLetIn }),
    stream,
  );
  return app;
}

/** Builds the server of a platform whose log is lost: it says so to whoever asks, and refuses all else. */
export function createLostApp({ statement, ...bare }: Bare & LogCompromiseResponse, tls: TlsIdentity): FastifyInstance {
  const app = bareApp(bare, tls);
  app.get(endpoints.logCompromise.path, async () => ({ statement }) satisfies LogCompromiseResponse);
  app.setNotFoundHandler((request, reply) => sendRefusal(reply, { code: 'log-compromised' }, request.id));
  return app;
}
