import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createShares, networkOf, shareOfAddress } from '../../core/access/index.ts';
import { ok, refuse, type Result } from '../../core/kernel/index.ts';

/** Certificate and its key, PEM. */
export type ListenerTls = { readonly cert: Uint8Array; readonly key: Uint8Array };
export type Listener = { readonly url: string; readonly close: () => Promise<void> };

/** A log asks once a second on one connection; strangers must not keep the door. */
const connectionsMax = 64;
const requestTimeoutMs = 10_000;
/** The address is in use, or not ours to use. */
const listenFailures = new Set(['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL']);

function listen(server: Server, at: { readonly host: string; readonly port: number }): Promise<boolean> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      listenFailures.has(error.code ?? '') ? resolve(false) : reject(error),
    );
    server.listen(at.port, at.host, () => resolve(true));
  });
}

/** Answers each address by its share, and who asks beyond it unread. */
function paced(answer: RequestListener): RequestListener {
  const shares = createShares(shareOfAddress, () => performance.now());
  return (request, response) => {
    if (shares.take(networkOf(request.socket.remoteAddress ?? ''))) answer(request, response);
    else response.writeHead(429, { 'retry-after': '1', 'content-length': 0, connection: 'close' }).end();
  };
}

/** Listens, by TLS 1.2 or newer where a certificate is given; `close` cuts what is open. */
export async function openListener(options: {
  readonly listen: { readonly host: string; readonly port: number };
  readonly tls?: ListenerTls | undefined;
  readonly answer: RequestListener;
}): Promise<Result<Listener, 'address-in-use'>> {
  const { tls } = options;
  const answer = paced(options.answer);
  const { host } = options.listen;
  const limits = { requestTimeout: requestTimeoutMs, headersTimeout: requestTimeoutMs };
  const server =
    tls === undefined
      ? createServer(limits, answer)
      : createTlsServer(
          { ...limits, cert: Buffer.from(tls.cert), key: Buffer.from(tls.key), minVersion: 'TLSv1.2' },
          answer,
        );
  server.maxConnections = connectionsMax;
  if (!(await listen(server, options.listen))) return refuse('address-in-use');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.listen.port;
  return ok({
    url: `${tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}
