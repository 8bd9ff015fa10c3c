import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { ok, refuse, type Result } from '../../core/kernel/index.ts';
import { allowedAddress } from './addresses.ts';
import { createGate } from './gate.ts';

/** What is asked of an authority. */
export type AuthorityService = 'ocsp' | 'time-stamp' | 'crl' | 'delta-crl';

export type AuthorityCall = {
  readonly service: AuthorityService;
  readonly address: string;
  /** The request, DER; lists have none. */
  readonly body?: Uint8Array;
};

export type AuthorityRefusal =
  | 'authority-address-refused'
  | 'authority-busy'
  | 'authority-unreachable'
  | 'authority-too-slow'
  | 'authority-answer-too-large'
  | 'authority-answer-unexpected';

/** Fetches octets from authorities. What they say is verified by nobody here. */
export type AuthorityClient = {
  /** The answer's octets. Refuses everything that is no plain 200 of the expected kind within its bounds; never follows a redirect. */
  readonly call: (call: AuthorityCall) => Promise<Result<Uint8Array, AuthorityRefusal>>;
};

export type AuthorityClientOptions = {
  /** The only origins that are ever contacted, such as `http://ocsp.pki.gov.kz`; whatever a certificate names must be among them. */
  readonly origins: readonly string[];
  readonly waitMs: (delayMs: number) => Promise<void>;
  /** In [0, 1). */
  readonly jitter: () => number;
  /** Ends calls that are under way, and refuses all later ones as `authority-unreachable`. */
  readonly signal?: AbortSignal;
  /** Shorter bounds for tests. */
  readonly limits?: Partial<Readonly<Record<AuthorityService, Partial<ServiceLimits>>>>;
};

type ServiceLimits = {
  readonly sizeMaxBytes: number;
  /** From the call to the last octet of the answer. */
  readonly timeoutMs: number;
};

type ServiceProfile = ServiceLimits & { readonly sends?: string; readonly takes: readonly string[] };

const listTypes = ['application/pkix-crl', 'application/x-pkcs7-crl', 'application/octet-stream'];

/** Content types of RFC 6960 §A, RFC 3161 §3.4 and RFC 2585 §4.2; list servers in use also say octet-stream. */
const profiles: Readonly<Record<AuthorityService, ServiceProfile>> = {
  // Answers are 1–3 kB; a responder that needs longer than a person waits is down.
  ocsp: {
    sends: 'application/ocsp-request',
    takes: ['application/ocsp-response'],
    sizeMaxBytes: 64 * 1024,
    timeoutMs: 10_000,
  },
  'time-stamp': {
    sends: 'application/timestamp-query',
    takes: ['application/timestamp-reply'],
    sizeMaxBytes: 64 * 1024,
    timeoutMs: 10_000,
  },
  // Several million entries of 40 octets over a slow line.
  crl: { takes: listTypes, sizeMaxBytes: 256 * 1024 * 1024, timeoutMs: 180_000 },
  'delta-crl': { takes: listTypes, sizeMaxBytes: 32 * 1024 * 1024, timeoutMs: 60_000 },
};

/** Calls under way at once, and those that wait: more than authorities bear, and what a burst of intake can ask for. */
const callsMax = 8;
const waitingMax = 256;
const attemptsMax = 3;
const delayFirstMs = 250;

/** Makes a client. Refusals that waiting may cure (`authority-unreachable`, `authority-too-slow`) are tried again, three times in all. */
export function createAuthorityClient(options: AuthorityClientOptions): AuthorityClient {
  const gate = createGate({ runningMax: callsMax, waitingMax });
  const attempt = async (url: URL, call: AuthorityCall): Promise<Result<Uint8Array, AuthorityRefusal>> => {
    const profile = { ...profiles[call.service], ...options.limits?.[call.service] };
    for (let failures = 0; ; failures += 1) {
      const answer = await exchange(url, profile, call.body, options.signal);
      if (options.signal?.aborted === true) return refuse('authority-unreachable');
      if (answer.ok || !isPassing(answer.refusal.code) || failures + 1 === attemptsMax) return answer;
      // Between half and all of a doubling delay, so that those who failed together do not return together.
      await options.waitMs(delayFirstMs * 2 ** failures * (0.5 + options.jitter() / 2));
    }
  };
  return {
    call: async (call) => {
      const url = allowedAddress(call.address, options.origins);
      if (!url.ok) return url;
      const answer = await gate.run(() => attempt(url.value, call));
      return answer ?? refuse('authority-busy');
    },
  };
}

function isPassing(code: AuthorityRefusal): boolean {
  return code === 'authority-unreachable' || code === 'authority-too-slow';
}

type Settle = (result: Result<Uint8Array, AuthorityRefusal>) => void;

/** One request and its answer. A new connection each time: no state of one call can leak into another. */
function exchange(
  url: URL,
  profile: ServiceProfile,
  body: Uint8Array | undefined,
  signal: AbortSignal | undefined,
): Promise<Result<Uint8Array, AuthorityRefusal>> {
  return new Promise((resolve) => {
    const headers = {
      accept: profile.takes.join(', '),
      // A packed answer could be small on the way and huge here.
      'accept-encoding': 'identity',
      ...(profile.sends === undefined ? {} : { 'content-type': profile.sends, 'content-length': body?.length ?? 0 }),
    };
    const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const call = request(url, {
      method: profile.sends === undefined ? 'GET' : 'POST',
      headers,
      agent: false,
      ...(signal === undefined ? {} : { signal }),
    });
    const settle: Settle = (result) => {
      clearTimeout(timer);
      resolve(result);
      call.destroy();
    };
    const timer = setTimeout(() => settle(refuse('authority-too-slow')), profile.timeoutMs);
    call.on('response', (answer) => receive(answer, profile, settle));
    call.on('error', (error) => settle(refuse('authority-unreachable', { why: error.message })));
    call.end(body);
  });
}

function receive(answer: IncomingMessage, profile: ServiceProfile, settle: Settle): void {
  const { statusCode: status = 0, headers } = answer;
  const contentType = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (status === 429 || status >= 500) return settle(refuse('authority-unreachable', { status }));
  if (
    status !== 200 ||
    !profile.takes.includes(contentType) ||
    (headers['content-encoding'] ?? 'identity') !== 'identity'
  )
    return settle(refuse('authority-answer-unexpected', { status, contentType }));
  if (Number(headers['content-length'] ?? 0) > profile.sizeMaxBytes)
    return settle(refuse('authority-answer-too-large'));
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  answer.on('data', (chunk: Buffer) => {
    sizeBytes += chunk.length;
    if (sizeBytes > profile.sizeMaxBytes) settle(refuse('authority-answer-too-large'));
    else chunks.push(chunk);
  });
  answer.on('end', () => settle(ok(Uint8Array.from(Buffer.concat(chunks)))));
  answer.on('error', (error) => settle(refuse('authority-unreachable', { why: error.message })));
  // An answer that breaks off is no answer, whatever length it promised.
  answer.on('aborted', () => settle(refuse('authority-unreachable', { why: 'aborted' })));
}
