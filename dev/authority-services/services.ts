import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeKey, type AuthorityAddresses, type KeyKind, type SigningKey, type TestCa } from '../ca/index.ts';
import { answerOcsp } from './ocsp-service.ts';
import { answerTimeStamp } from './time-stamp-service.ts';

/** What goes wrong from now on, in every service that it can go wrong in. */
export type ServiceFault =
  | 'stale'
  | 'wrong-nonce'
  | 'wrong-signer'
  | 'malformed'
  | 'slow'
  | 'huge'
  | 'endless'
  | 'broken-off'
  | 'unknown'
  | 'never-issued'
  | 'error-status'
  | 'server-error'
  | 'redirect'
  | 'wrong-type';

type ServiceKey = { readonly key: SigningKey; readonly certificate: Uint8Array };

/** Everything that a service answers from. */
export type Service = {
  readonly ca: TestCa;
  readonly ocsp: ServiceKey;
  readonly timeStamps: ServiceKey;
  /** A key that nobody vouches for. */
  readonly stranger: SigningKey;
  readonly nowMs: number;
  readonly ocspLifetimeMs: number | undefined;
  readonly fault: ServiceFault | undefined;
};

/** The test authority's services on the loopback interface: OCSP, time-stamps, revocation list and delta list. Never shipped. */
export type AuthorityServices = {
  readonly origin: string;
  readonly addresses: Required<AuthorityAddresses> & { readonly timeStamps: string };
  readonly ca: TestCa;
  /** Certificates of the services, DER. */
  readonly certificates: { readonly ocsp: Uint8Array; readonly timeStamps: Uint8Array };
  readonly setFault: (fault: ServiceFault | undefined) => void;
  /** Requests answered so far, faulty ones included. */
  readonly served: () => number;
  readonly close: () => Promise<void>;
};

export type AuthorityServicesOptions = {
  /** Makes the authority, whose certificates name these addresses. */
  readonly makeCa: (addresses: Required<AuthorityAddresses>) => TestCa;
  readonly nowMs: () => number;
  readonly keys?: KeyKind;
  /** How long OCSP answers hold; the national responder does not say. */
  readonly ocspLifetimeMs?: number;
  /** A port of the caller's choice; any free one without. */
  readonly port?: number;
};

const requestMaxBytes = 64 * 1024;
const paths = { ocsp: '/ocsp/', timeStamps: '/tsp/', crl: '/issuing.crl', deltaCrl: '/issuing-delta.crl' } as const;
const types: Readonly<Record<string, string>> = {
  [paths.ocsp]: 'application/ocsp-response',
  [paths.timeStamps]: 'application/timestamp-reply',
  [paths.crl]: 'application/pkix-crl',
  [paths.deltaCrl]: 'application/pkix-crl',
};

/** Starts the services on 127.0.0.1. */
export async function startAuthorityServices(options: AuthorityServicesOptions): Promise<AuthorityServices> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const addresses = {
    ocsp: origin + paths.ocsp,
    timeStamps: origin + paths.timeStamps,
    crl: origin + paths.crl,
    deltaCrl: origin + paths.deltaCrl,
  };
  const ca = options.makeCa(addresses);
  const certified = (purpose: 'ocsp' | 'time-stamps'): ServiceKey => {
    const key = makeKey(options.keys ?? 'ec-p256');
    const { certificate } = ca.issueService({ subjectPublicKeyInfo: key.subjectPublicKeyInfo, purpose });
    return { key, certificate };
  };
  const fixed = { ca, ocsp: certified('ocsp'), timeStamps: certified('time-stamps'), stranger: makeKey('ec-p256') };
  let fault: ServiceFault | undefined;
  let served = 0;
  server.on('request', (request, response) => {
    served += 1;
    collect(request, (body) =>
      respond(request.url ?? '', body, response, {
        ...fixed,
        ocspLifetimeMs: options.ocspLifetimeMs,
        nowMs: options.nowMs(),
        fault,
      }),
    );
  });
  return {
    origin,
    addresses,
    ca,
    certificates: { ocsp: fixed.ocsp.certificate, timeStamps: fixed.timeStamps.certificate },
    setFault: (next) => {
      fault = next;
    },
    served: () => served,
    close: () => close(server),
  };
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    // Those who were kept waiting by a fault are let go.
    server.closeAllConnections();
  });
}

function collect(request: IncomingMessage, onBody: (body: Uint8Array) => void): void {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  request.on('data', (chunk: Buffer) => {
    sizeBytes += chunk.length;
    if (sizeBytes > requestMaxBytes) request.destroy();
    else chunks.push(chunk);
  });
  request.on('end', () => onBody(Uint8Array.from(Buffer.concat(chunks))));
}

function respond(path: string, body: Uint8Array, response: ServerResponse, service: Service): void {
  const type = types[path];
  if (type === undefined) return void response.writeHead(404).end();
  switch (service.fault) {
    case 'slow':
      return;
    case 'server-error':
      return void response.writeHead(503).end();
    case 'redirect':
      return void response.writeHead(302, { location: path, 'content-type': type }).end();
    case 'malformed':
      return void response.writeHead(200, { 'content-type': type }).end('<html>sign in to the network</html>');
    case 'wrong-type':
      return void response.writeHead(200, { 'content-type': 'text/html' }).end(answer(path, body, service));
    case 'huge':
      return void response.writeHead(200, { 'content-type': type, 'content-length': 1024 ** 4 }).write('0');
    case 'endless':
      response.writeHead(200, { 'content-type': type });
      return pour(response);
    case 'broken-off':
      response.writeHead(200, { 'content-type': type, 'content-length': 4096 }).write('0');
      return void setTimeout(() => response.destroy(), 20);
    default:
      return void response.writeHead(200, { 'content-type': type }).end(answer(path, body, service));
  }
}

/** Writes as long as somebody reads. */
function pour(response: ServerResponse): void {
  const chunk = Buffer.alloc(64 * 1024);
  const more = (): void => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', more);
  more();
}

function answer(path: string, body: Uint8Array, service: Service): Uint8Array {
  switch (path) {
    case paths.ocsp:
      return answerOcsp(body, service);
    case paths.timeStamps:
      return answerTimeStamp(body, service);
    case paths.deltaCrl:
      return list(service, service.ca.deltaCrl);
    default:
      return list(service, service.ca.crl);
  }
}

/** Lists live for a week, so one of eight days ago is stale; under a wrong signature the last octet is another. */
function list({ nowMs, fault }: Service, write: (thisUpdateMs: number) => Uint8Array): Uint8Array {
  const der = Uint8Array.from(write(fault === 'stale' ? nowMs - 8 * 24 * 60 * 60_000 : nowMs));
  if (fault === 'wrong-signer') der[der.length - 1] = (der.at(-1) ?? 0) ^ 1;
  return der;
}
