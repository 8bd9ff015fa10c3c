import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type * as z from 'zod';
import { ok, refuse, type DeviceId, type Result } from '../../core/kernel/index.ts';
import { mayRead, type Role } from '../../core/access/index.ts';
import { endpoints } from '../../contracts/http/index.ts';
import type {
  Endpoint,
  EndpointBody,
  EndpointHeaders,
  EndpointNeed,
  EndpointParams,
  EndpointQuery,
  EndpointResponse,
} from '../../contracts/http/index.ts';
import { checkPosture, readerOf, type Reader, type RegisteredDevice } from '../accounts/index.ts';
import { parseJson, type RequestProof } from '../checks/index.ts';
import { scopesOf } from '../intake/index.ts';
import type { ChunkBodies } from './chunk-bodies.ts';
import type { DoorContext } from './context.ts';
import { admitOnce, authenticateDevice, readClaim, type WireRequest } from './device-auth.ts';
import { sendRefusal } from './refusals.ts';
import { guardRoutes } from './route-guard.ts';
import type { ReplayGuard } from './replay-guard.ts';

type Auth<E extends Endpoint> = E['auth'] extends 'none' | 'keeper'
  ? { readonly device: undefined; readonly reader: undefined }
  : E['auth'] extends 'device'
    ? { readonly device: RegisteredDevice; readonly reader: undefined }
    : { readonly device: RegisteredDevice; readonly reader: Reader };

/** What a handler is given: parsed once, at the door. */
export type Asked<E extends Endpoint> = Auth<E> & {
  readonly params: EndpointParams<E>;
  readonly headers: EndpointHeaders<E>;
  readonly query: EndpointQuery<E>;
  readonly body: EndpointBody<E>;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
};

/** Answers a value by the endpoint's schema, or `sent` where the handler wrote the answer itself. */
export type Handler<E extends Endpoint> = (asked: Asked<E>) => Promise<Result<EndpointResponse<E> | 'sent', string>>;

/** Verifies the proof of a request and reads its body, in one go. */
export type ReadAside<T> = (proof: RequestProof, body: Uint8Array) => Promise<Result<T, string>>;

export type Router = {
  readonly open: <E extends Endpoint>(endpoint: E, handler: Handler<E>) => void;
  /** As `open`, for a busy door of devices whose requests are verified and read by another thread. */
  readonly openAside: <E extends DeviceEndpoint, T>(
    endpoint: E,
    read: ReadAside<T>,
    handler: (asked: {
      readonly device: RegisteredDevice;
      readonly body: T;
    }) => Promise<Result<EndpointResponse<E>, string>>,
  ) => void;
};

type DeviceEndpoint = Endpoint & { readonly auth: 'device'; readonly body: z.ZodType; readonly response: z.ZodType };

const emptyBody = new Uint8Array(0);

function bodyBytes(request: FastifyRequest): Uint8Array {
  return request.body instanceof Uint8Array ? request.body : emptyBody;
}

function wireOf(request: FastifyRequest): WireRequest {
  const { method, headers } = request;
  return { method, url: request.raw.url ?? '', headers, body: bodyBytes(request) };
}

/** By the policy in force at this moment. */
function mayCome({ registry }: DoorContext, needs: EndpointNeed, held: readonly Role[]): boolean {
  const { access } = registry.policy().policy;
  if (needs === 'own') return true;
  return needs === 'any-scope' ? scopesOf(access, held).length > 0 : mayRead(access, held, needs);
}

async function identify(
  context: DoorContext,
  guard: ReplayGuard,
  endpoint: Endpoint,
  request: FastifyRequest,
): Promise<Result<{ device: RegisteredDevice | undefined; reader: Reader | undefined }, string>> {
  if (endpoint.auth === 'none') return { ok: true, value: { device: undefined, reader: undefined } };
  if (endpoint.auth === 'keeper') {
    const { registry, mirrors } = context;
    const keepers = { device: (id: DeviceId) => registry.device(id) ?? mirrors.doorOf(id) };
    const keeper = await authenticateDevice({ registry: keepers, guard }, wireOf(request));
    return keeper.ok ? { ok: true, value: { device: undefined, reader: undefined } } : keeper;
  }
  const device = await authenticateDevice({ registry: context.registry, guard }, wireOf(request));
  if (!device.ok) return device;
  if (endpoint.auth !== 'session') return { ok: true, value: { device: device.value, reader: undefined } };
  const token = /^Bearer ([A-Za-z0-9_-]{43})$/u.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined) return refuse('session-missing');
  // A record that is missing may be the one that blocks this very person.
  if (context.registry.rejected() > 0) return refuse('server-read-only');
  const reader = await readerOf(context, { device: device.value.record.device, token });
  if (!reader.ok) return reader;
  const served = await checkPosture(context, device.value, 'read');
  if (!served.ok) return served;
  if (!mayCome(context, endpoint.needs, reader.value.roles)) return refuse('read-not-allowed');
  return { ok: true, value: { device: device.value, reader: reader.value } };
}

async function readAside<T>(
  { registry }: DoorContext,
  guard: ReplayGuard,
  read: ReadAside<T>,
  wire: WireRequest,
): Promise<Result<{ readonly device: RegisteredDevice; readonly body: T }, string>> {
  const claim = readClaim({ registry, guard }, wire);
  if (!claim.ok) return claim;
  const body = await read(claim.value.proof, wire.body);
  if (!body.ok) return body;
  const device = admitOnce(guard, claim.value);
  return device.ok ? ok({ device: device.value, body: body.value }) : device;
}

/** What a request says beside who sent it; `undefined` where a part is not what its door reads. */
function readRequest(endpoint: Endpoint, request: FastifyRequest): Record<string, unknown> | undefined {
  const params = endpoint.params?.safeParse(request.params);
  const headers = endpoint.headers?.safeParse(request.headers);
  const query = endpoint.query?.safeParse(request.query);
  const body = endpoint.body?.safeParse(parseJson(bodyBytes(request)));
  if ([params, headers, query, body].some((part) => part?.success === false)) return undefined;
  return {
    params: params?.data,
    headers: headers?.data,
    query: query?.data,
    body: endpoint.bytes === undefined ? body?.data : bodyBytes(request),
  };
}

async function sendAnswer(reply: FastifyReply, value: unknown): Promise<void> {
  await reply.type('application/json; charset=utf-8').send(JSON.stringify(value));
}

/** Takes one of the share of the address that asks; false where it has none left. */
export type IsLetIn = (request: FastifyRequest) => boolean;

/** Answers whoever asks beyond his share, unread. */
export function heldToShare(isLetIn: IsLetIn) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    if (isLetIn(request)) return undefined;
    await sendRefusal(reply, { code: 'too-many-requests', details: { retryAfterSeconds: 1 } }, request.id);
    return reply;
  };
}

/**
 * Makes routes from endpoints: who asks, then what he asks, then the handler; every answer leaves by its schema. From here on the
 * server takes no route but through this.
 */
export function createRouter(
  app: FastifyInstance,
  context: DoorContext,
  { guard, bodies, isLetIn }: { readonly guard: ReplayGuard; readonly bodies: ChunkBodies; readonly isLetIn: IsLetIn },
): Router {
  const allow = guardRoutes(app, Object.values(endpoints));
  const route = (
    endpoint: Endpoint,
    handler: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>,
  ): void => {
    const { method, path, bodySizeMaxBytes } = endpoint;
    const handleAndRelease = (request: FastifyRequest, reply: FastifyReply): Promise<unknown> =>
      handler(request, reply).finally(() => bodies.release(request));
    // Before the body is read: nobody says here who he is.
    const onRequest = endpoint.auth === 'none' ? { onRequest: heldToShare(isLetIn) } : {};
    app.route({ method, url: path, bodyLimit: bodySizeMaxBytes, handler: allow(handleAndRelease), ...onRequest });
  };
  return {
    open: <E extends Endpoint>(endpoint: E, handler: Handler<E>) =>
      route(endpoint, async (request, reply) => {
        const identified = await identify(context, guard, endpoint, request);
        if (!identified.ok) return sendRefusal(reply, identified.refusal, request.id);
        const parsed = readRequest(endpoint, request);
        if (parsed === undefined) return sendRefusal(reply, { code: 'input-malformed' }, request.id);
        const asked = { ...identified.value, ...parsed, request, reply } as unknown as Asked<E>;
        const answer = await handler(asked);
        if (!answer.ok) return sendRefusal(reply, answer.refusal, request.id);
        if (answer.value === 'sent') return;
        if (endpoint.response === undefined) await reply.code(204).send();
        else await sendAnswer(reply, answer.value);
      }),
    openAside: (endpoint, read, handler) =>
      route(endpoint, async (request, reply) => {
        const asked = await readAside(context, guard, read, wireOf(request));
        const answer = asked.ok ? await handler(asked.value) : asked;
        return answer.ok ? sendAnswer(reply, answer.value) : sendRefusal(reply, answer.refusal, request.id);
      }),
  };
}
