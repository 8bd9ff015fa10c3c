import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { refuse, type Result } from '../../core/kernel/index.ts';
import type { Endpoint, EndpointBody, EndpointQuery, EndpointResponse } from '../../contracts/http/index.ts';
import { readerOf, type Reader, type RegisteredDevice } from '../accounts/index.ts';
import type { DoorContext } from './context.ts';
import { authenticateDevice } from './device-auth.ts';
import { sendRefusal } from './refusals.ts';
import type { ReplayGuard } from './replay-guard.ts';

type Auth<E extends Endpoint> = E['auth'] extends 'none'
  ? { readonly device: undefined; readonly reader: undefined }
  : E['auth'] extends 'device'
    ? { readonly device: RegisteredDevice; readonly reader: undefined }
    : { readonly device: RegisteredDevice; readonly reader: Reader };

/** What a handler is given: parsed once, at the door. */
export type Asked<E extends Endpoint> = Auth<E> & {
  readonly query: EndpointQuery<E>;
  readonly body: EndpointBody<E>;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
};

/** Answers a value by the endpoint's schema, or `sent` where the handler wrote the answer itself. */
export type Handler<E extends Endpoint> = (asked: Asked<E>) => Promise<Result<EndpointResponse<E> | 'sent', string>>;

export type Router = { readonly open: <E extends Endpoint>(endpoint: E, handler: Handler<E>) => void };

const emptyBody = new Uint8Array(0);

function bodyBytes(request: FastifyRequest): Uint8Array {
  return request.body instanceof Uint8Array ? request.body : emptyBody;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'));
  } catch {
    return undefined;
  }
}

async function identify(
  context: DoorContext,
  guard: ReplayGuard,
  endpoint: Endpoint,
  request: FastifyRequest,
): Promise<Result<{ device: RegisteredDevice | undefined; reader: Reader | undefined }, string>> {
  if (endpoint.auth === 'none') return { ok: true, value: { device: undefined, reader: undefined } };
  const wire = {
    method: request.method,
    url: request.raw.url ?? '',
    headers: request.headers,
    body: bodyBytes(request),
  };
  const device = await authenticateDevice({ registry: context.registry, guard }, wire);
  if (!device.ok) return device;
  if (endpoint.auth === 'device') return { ok: true, value: { device: device.value, reader: undefined } };
  const token = /^Bearer ([A-Za-z0-9_-]{43})$/u.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined) return refuse('session-missing');
  // A record that is missing may be the one that blocks this very person.
  if (context.registry.rejected() > 0) return refuse('server-read-only');
  const reader = await readerOf(context, { device: device.value.record.device, token });
  return reader.ok ? { ok: true, value: { device: device.value, reader: reader.value } } : reader;
}

/** Makes routes from endpoints: who asks, then what he asks, then the handler; every answer leaves by its schema. */
export function createRouter(app: FastifyInstance, context: DoorContext, guard: ReplayGuard): Router {
  return {
    open: <E extends Endpoint>(endpoint: E, handler: Handler<E>) => {
      app.route({
        method: endpoint.method,
        url: endpoint.path,
        bodyLimit: endpoint.bodySizeMaxBytes,
        handler: async (request, reply) => {
          const identified = await identify(context, guard, endpoint, request);
          if (!identified.ok) return sendRefusal(reply, identified.refusal, request.id);
          const query = endpoint.query?.safeParse(request.query);
          const body = endpoint.body?.safeParse(parseJson(bodyBytes(request)));
          if (query?.success === false || body?.success === false)
            return sendRefusal(reply, { code: 'input-malformed' }, request.id);
          const asked = {
            ...identified.value,
            query: query?.data,
            body: body?.data,
            request,
            reply,
          } as unknown as Asked<E>;
          const answer = await handler(asked);
          if (!answer.ok) return sendRefusal(reply, answer.refusal, request.id);
          if (answer.value === 'sent') return;
          if (endpoint.response === undefined) await reply.code(204).send();
          else await reply.type('application/json; charset=utf-8').send(JSON.stringify(answer.value));
        },
      });
    },
  };
}
