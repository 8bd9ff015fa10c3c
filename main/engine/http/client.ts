import type * as z from 'zod';
import { ok, refuse, toBase64, type DeviceId, type Refusal, type Result } from '../../../core/kernel/index.ts';
import { sha256 } from '../../../eds/index.ts';
import {
  changesSignal,
  contentDigest,
  coveredHeaders,
  endpoints,
  refusalBody,
  sessionEndedData,
  sessionEndedEvent,
  signatureBase,
  signatureHeaders,
  type Endpoint,
  type EndpointBodyInput,
  type EndpointName,
  type EndpointResponse,
  type SignatureParameters,
} from '../../../contracts/http/index.ts';
import { isRefusalCode } from '../../../contracts/refusals/index.ts';
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

type Texts = Readonly<Record<string, string>>;

/** What one call of a door may carry; `params` fill the `:name`s of its path. */
export type CallOptions<E extends Endpoint> = {
  readonly params?: Texts;
  readonly query?: Texts;
  readonly body?: EndpointBodyInput<E>;
};

/** Doors of uploads, whose answer stands in its headers. */
export type UploadDoor = 'createUpload' | 'uploadOffset' | 'uploadChunk' | 'endUpload';

/** Typed calls to the doors of `contracts/http`. Answers are parsed; a refusal of the server arrives as a refusal. */
export type ServerClient = {
  call<Name extends EndpointName>(
    name: Name,
    options?: CallOptions<Endpoints[Name]>,
  ): Promise<Result<EndpointResponse<Endpoints[Name]>>>;
  /** Calls a door of uploads; answers the headers. Every header that a signature covers is signed. */
  upload(
    name: UploadDoor,
    options: {
      readonly params?: Texts;
      readonly headers: Texts;
      readonly bytes?: Uint8Array;
      /** Told when the whole request has left; the next one may then be on its way while this one is answered. */
      readonly onLeft?: () => void;
    },
  ): Promise<Result<HttpAnswer['headers']>>;
  /** The bytes of a tile of the public log by its C2SP path. */
  readTile(path: string): Promise<Result<Uint8Array>>;
  /** Calls back for each event of the change stream until the stop is called; `onEnd` when the line is lost. */
  listen(options: {
    /** `policyVersion`: of the newest policy; 0 where the server does not say. */
    readonly onSignal: (signal: { readonly policyVersion: number }) => void;
    /** The server ended the session, and says why. */
    readonly onSessionEnded: (code: string) => void;
    readonly onEnd: () => void;
  }): Promise<Result<() => void>>;
  /** The session that `session` doors are called with; `undefined` for none. */
  setSession(token: string | undefined): void;
  readonly hasSession: boolean;
  close(): void;
};

/** What the server says of when to ask again (RFC 9110, 10.2.3), in seconds; nothing where it says no number. */
function retryAfterOf({ headers }: HttpAnswer): { readonly retryAfterSeconds?: number } {
  const told = headers['retry-after'];
  return typeof told === 'string' && /^\d{1,9}$/u.test(told) ? { retryAfterSeconds: Number(told) } : {};
}

function readRefusal(answer: HttpAnswer): Refusal {
  const { details, ...refusal } = nameRefusal(answer);
  const told = { ...details, ...retryAfterOf(answer) };
  return Object.keys(told).length === 0 ? refusal : { ...refusal, details: told };
}

function nameRefusal(answer: HttpAnswer): Refusal {
  const named = answer.headers['qorgan-refusal'];
  if (answer.body.length === 0 && typeof named === 'string' && isRefusalCode(named)) return { code: named };
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

type Body = string | Uint8Array | undefined;
type Given = {
  readonly params?: Texts | undefined;
  readonly query?: Texts | undefined;
  readonly headers?: Texts | undefined;
  readonly body?: Body;
  readonly onLeft?: (() => void) | undefined;
};
type Prepared = { readonly path: string; readonly headers: Record<string, string>; readonly body: Body };

function pathOf({ path }: Endpoint, params: Texts): string {
  return path.replace(/:([a-z0-9]+)/giu, (_whole, name: string) => encodeURIComponent(params[name] ?? ''));
}

/** Signs a request by the device key where its door asks for a device. */
async function prepareRequest(
  options: ClientOptions,
  endpoint: Endpoint,
  {
    params = {},
    query: asked = {},
    headers: own = {},
    body,
    session,
  }: Given & { readonly session: string | undefined },
): Promise<Result<Prepared>> {
  const query = new URLSearchParams(asked).toString();
  const headers: Record<string, string> = { accept: endpoint.media ?? 'application/json', ...own };
  if (body !== undefined) headers['content-type'] = endpoint.bytes ?? 'application/json';
  const bare = pathOf(endpoint, params);
  const path = bare + (query === '' ? '' : `?${query}`);
  if (endpoint.auth === 'none') return ok({ path, headers, body });
  if (options.identity === undefined) return refuse('device-unknown');
  const authorization = endpoint.auth === 'session' && session !== undefined ? `Bearer ${session}` : undefined;
  if (endpoint.auth === 'session' && authorization === undefined) return refuse('session-missing');
  const covered = {
    ...(authorization === undefined ? {} : { authorization }),
    ...Object.fromEntries(Object.entries(own).filter(([name]) => coveredHeaders.some((each) => each === name))),
  };
  const digest = contentDigest(sha256, body ?? '');
  const parameters: SignatureParameters = {
    createdSeconds: Math.floor(options.serverNowMs() / 1_000),
    nonce: toBase64(options.random(16)),
    device: options.identity.device,
  };
  const base = signatureBase(
    { method: endpoint.method, path: bare, query: `?${query}`, contentDigest: digest, covered },
    parameters,
  );
  const signed = await options.identity.sign(new TextEncoder().encode(base));
  if (!signed.ok) return signed;
  Object.assign(headers, { 'content-digest': digest }, covered);
  Object.assign(headers, signatureHeaders({ parameters, covered, signature: signed.value }));
  return ok({ path, headers, body });
}

/** What the data of an event says by this schema; `undefined` where it says something else. */
function readData<T extends z.ZodType>(schema: T, data: string): z.output<T> | undefined {
  try {
    return schema.safeParse(JSON.parse(data)).data;
  } catch {
    return undefined;
  }
}

/** One client of one server for one device. */
export function createClient(options: ClientOptions): ServerClient {
  let session: string | undefined;
  const send = async (endpoint: Endpoint, given: Given): Promise<Result<HttpAnswer>> => {
    const prepared = await prepareRequest(options, endpoint, { ...given, session });
    return prepared.ok
      ? options.transport.send({ method: endpoint.method, ...prepared.value, onLeft: given.onLeft })
      : prepared;
  };
  const call = async (
    name: EndpointName,
    given: { readonly params?: Texts; readonly query?: Texts; readonly body?: unknown } = {},
  ): Promise<Result<unknown>> => {
    const endpoint: Endpoint = endpoints[name];
    const body = given.body === undefined ? undefined : JSON.stringify(given.body);
    const answer = await send(endpoint, { params: given.params, query: given.query, body });
    return answer.ok ? readAnswer(answer.value, endpoint.response) : answer;
  };
  return {
    // The table ties each answer to the schema of its own door; the loop over names cannot show that to the compiler.
    call: call as unknown as ServerClient['call'],
    async upload(name, { params, headers, bytes, onLeft }) {
      const answer = await send(endpoints[name], { params, headers, body: bytes, onLeft });
      if (!answer.ok) return answer;
      const read = readAnswer(answer.value, undefined);
      return read.ok ? ok(answer.value.headers) : read;
    },
    readTile: async (path) => {
      // The door's path ends where the tile's begins: `/v1/log/tile/*`.
      const address = endpoints.tile.path.replace(/tile\/\*$/u, path);
      const answer = await send({ ...endpoints.tile, path: address }, {});
      if (!answer.ok) return answer;
      const read = readAnswer(answer.value, undefined);
      return read.ok ? ok(new Uint8Array(answer.value.body)) : read;
    },
    async listen({ onSignal, onSessionEnded, onEnd }) {
      const prepared = await prepareRequest(options, endpoints.changesStream, { session });
      if (!prepared.ok) return prepared;
      const { path, headers } = prepared.value;
      let event = '';
      const onLine = (line: string): void => {
        if (line.startsWith('event:')) event = line.slice('event:'.length).trim();
        if (!line.startsWith('data:')) return;
        const data = line.slice('data:'.length);
        const code = event === sessionEndedEvent ? readData(sessionEndedData, data)?.code : undefined;
        if (code === undefined) onSignal({ policyVersion: readData(changesSignal, data)?.policyVersion ?? 0 });
        else onSessionEnded(code);
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
