import type * as z from 'zod';
import { ok, refuse, toBase64, type DeviceId, type Refusal, type Result } from '../../../core/kernel/index.ts';
import { sha256 } from '../../../eds/index.ts';
import {
  contentDigest,
  endpoints,
  refusalBody,
  signatureBase,
  signatureHeaders,
  type Endpoint,
  type EndpointBodyInput,
  type EndpointName,
  type EndpointResponse,
  type SignatureParameters,
} from '../../../contracts/http/index.ts';
import type { HttpAnswer, Transport } from './transport.ts';

type Endpoints = typeof endpoints;

/** How this device proves who asks. `sign` is the vault's `device.sign`. */
export type DeviceIdentity = {
  readonly device: DeviceId;
  readonly sign: (message: Uint8Array) => Promise<Result<Uint8Array>>;
};

export type ClientOptions = {
  readonly transport: Transport;
  readonly random: (sizeBytes: number) => Uint8Array;
  /** The server's clock as far as it is known here. */
  readonly serverNowMs: () => number;
  readonly identity: DeviceIdentity | undefined;
};

/** What one call of a door may carry. */
export type CallOptions<E extends Endpoint> = {
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: EndpointBodyInput<E>;
};

/** Typed calls to the doors of `contracts/http`. Answers are parsed; a refusal of the server arrives as a refusal. */
export type ServerClient = {
  call<Name extends EndpointName>(
    name: Name,
    options?: CallOptions<Endpoints[Name]>,
  ): Promise<Result<EndpointResponse<Endpoints[Name]>>>;
  /** Calls back for each event of the change stream until the stop is called; `onEnd` when the line is lost. */
  listen(options: { readonly onSignal: () => void; readonly onEnd: () => void }): Promise<Result<() => void>>;
  /** The session that `session` doors are called with; `undefined` for none. */
  setSession(token: string | undefined): void;
  readonly hasSession: boolean;
  close(): void;
};

function readRefusal(answer: HttpAnswer): Refusal {
  try {
    const parsed = refusalBody.safeParse(JSON.parse(answer.body.toString('utf8')));
    if (parsed.success) {
      const { code, incidentId, details } = parsed.data.refusal;
      return { code, incidentId, ...(details === undefined ? {} : { details }) };
    }
  } catch {
    // Not our server's way of refusing: the status alone is left.
  }
  return {
    code: answer.status === 503 ? 'server-busy' : 'server-answer-malformed',
    details: { status: answer.status },
  };
}

function readAnswer(answer: HttpAnswer, response: z.ZodType | undefined): Result<unknown> {
  if (answer.status < 200 || answer.status > 299) return { ok: false, refusal: readRefusal(answer) };
  if (response === undefined) return ok(undefined);
  try {
    const parsed = response.safeParse(JSON.parse(answer.body.toString('utf8')));
    return parsed.success
      ? ok(parsed.data)
      : refuse('server-answer-malformed', { field: parsed.error.issues[0]?.path.join('.') ?? '' });
  } catch {
    return refuse('server-answer-malformed');
  }
}

type Prepared = { readonly path: string; readonly headers: Record<string, string>; readonly body: string | undefined };

/** Signs a request by the device key where its door asks for a device. */
async function prepareRequest(
  options: ClientOptions,
  endpoint: Endpoint,
  given: { readonly query: string; readonly body: string | undefined; readonly session: string | undefined },
): Promise<Result<Prepared>> {
  const { query, body, session } = given;
  const headers: Record<string, string> = { accept: endpoint.media ?? 'application/json' };
  if (body !== undefined) headers['content-type'] = 'application/json';
  const path = endpoint.path + (query === '' ? '' : `?${query}`);
  if (endpoint.auth === 'none') return ok({ path, headers, body });
  if (options.identity === undefined) return refuse('device-unknown');
  const authorization = endpoint.auth === 'session' && session !== undefined ? `Bearer ${session}` : undefined;
  if (endpoint.auth === 'session' && authorization === undefined) return refuse('session-missing');
  const covered = authorization === undefined ? {} : { authorization };
  const digest = contentDigest(sha256, body ?? '');
  const parameters: SignatureParameters = {
    createdSeconds: Math.floor(options.serverNowMs() / 1_000),
    nonce: toBase64(options.random(16)),
    device: options.identity.device,
  };
  const { method, path: bare } = endpoint;
  const base = signatureBase({ method, path: bare, query: `?${query}`, contentDigest: digest, covered }, parameters);
  const signed = await options.identity.sign(new TextEncoder().encode(base));
  if (!signed.ok) return signed;
  Object.assign(headers, { 'content-digest': digest }, covered);
  Object.assign(headers, signatureHeaders({ parameters, covered, signature: signed.value }));
  return ok({ path, headers, body });
}

/** One client of one server for one device. */
export function createClient(options: ClientOptions): ServerClient {
  let session: string | undefined;
  const call = async (
    name: EndpointName,
    given: { readonly query?: Readonly<Record<string, string>>; readonly body?: unknown } = {},
  ): Promise<Result<unknown>> => {
    const endpoint: Endpoint = endpoints[name];
    const body = given.body === undefined ? undefined : JSON.stringify(given.body);
    const query = new URLSearchParams(given.query ?? {}).toString();
    const prepared = await prepareRequest(options, endpoint, { query, body, session });
    if (!prepared.ok) return prepared;
    const answer = await options.transport.send({ method: endpoint.method, ...prepared.value });
    return answer.ok ? readAnswer(answer.value, endpoint.response) : answer;
  };
  return {
    // The table ties each answer to the schema of its own door; the loop over names cannot show that to the compiler.
    call: call as unknown as ServerClient['call'],
    async listen({ onSignal, onEnd }) {
      const prepared = await prepareRequest(options, endpoints.changesStream, { query: '', body: undefined, session });
      if (!prepared.ok) return prepared;
      const { path, headers } = prepared.value;
      const onLine = (line: string): void => {
        if (line.startsWith('data:')) onSignal();
      };
      return ok(options.transport.stream({ path, headers, onLine, onEnd }));
    },
    setSession(token) {
      session = token;
    },
    get hasSession() {
      return session !== undefined;
    },
    close: () => options.transport.close(),
  };
}
