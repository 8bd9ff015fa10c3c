import { Agent, request as httpsRequest } from 'node:https';
import { connect, type PeerCertificate } from 'node:tls';
import type { IncomingMessage } from 'node:http';
import { ok, refuse, type Result, type Sha256Hex } from '../../../core/kernel/index.ts';
import { certificateKeyHash } from '../crypto.ts';

/** Longest answer that any door of the server gives, with room; more is not our server. */
const answerMaxBytes = 8 * 1024 * 1024;
const connectTimeoutMs = 5_000;
/** The server answers a full batch in well under a second; the rest is a bad line. */
const answerTimeoutMs = 15_000;

export type ServerPin = {
  /** Origin, `https://host:port`. */
  readonly url: string;
  readonly spki: Sha256Hex;
  /** DER of the very certificate that the server must show. */
  readonly certificate: Uint8Array;
};

export type HttpAnswer = { readonly status: number; readonly headers: IncomingMessage['headers']; readonly body: Buffer };

export type TransportRefusal = 'server-unreachable' | 'server-key-differs' | 'server-answer-malformed';

/** One way to one pinned server. */
export type Transport = {
  readonly url: string;
  send(options: {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string | undefined;
  }): Promise<Result<HttpAnswer, TransportRefusal>>;
  /** An answer that does not end: the caller reads the lines and gets back the stop. `onEnd` is called once. */
  stream(options: {
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly onLine: (line: string) => void;
    readonly onEnd: () => void;
  }): () => void;
  close(): void;
};

const keyDiffers = 'QORGAN_KEY_DIFFERS';

class KeyDiffers extends Error {
  readonly code = keyDiffers;
}

function pemOf(der: Uint8Array): string {
  const lines = Buffer.from(der).toString('base64').match(/.{1,64}/gu) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function isKeyProblem(error: Error): boolean {
  const code = 'code' in error ? String(error.code) : '';
  return code === keyDiffers || code.startsWith('ERR_TLS') || code.startsWith('ERR_SSL') || /CERT|SELF_SIGNED|UNABLE_TO/u.test(code);
}

function collect(answer: IncomingMessage, settle: (result: Result<HttpAnswer, TransportRefusal>) => void): void {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  answer.on('data', (chunk: Buffer) => {
    sizeBytes += chunk.length;
    if (sizeBytes > answerMaxBytes) {
      settle(refuse('server-answer-malformed'));
      answer.destroy();
    } else chunks.push(chunk);
  });
  answer.on('end', () => settle(ok({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) })));
  answer.on('error', () => settle(refuse('server-unreachable')));
  answer.on('aborted', () => settle(refuse('server-unreachable')));
}

function makeAgent(pin: ServerPin): Agent {
  return new Agent({
    keepAlive: true,
    maxSockets: 4,
    minVersion: 'TLSv1.2',
    ca: [pemOf(pin.certificate)],
    // The name in the certificate does not matter: the key is the one that the enrolment pinned, or there is no connection.
    checkServerIdentity: (_host: string, shown: PeerCertificate) =>
      certificateKeyHash(shown.raw) === pin.spki ? undefined : new KeyDiffers('the server shows another key'),
  });
}

/** Speaks HTTPS (TLS 1.2 or newer) to the one server whose key and certificate are pinned, and to nobody else. */
export function openTransport(pin: ServerPin): Transport {
  const agent = makeAgent(pin);
  const origin = new URL(pin.url);
  const target = { agent, host: origin.hostname, port: origin.port === '' ? 443 : Number(origin.port), servername: '' };
  const streams = new Set<() => void>();
  return {
    url: pin.url,
    send: ({ method, path, headers, body }) =>
      new Promise((resolve) => {
        const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
        const call = httpsRequest({ ...target, method, path, headers: { ...headers, ...length } });
        const settle = (result: Result<HttpAnswer, TransportRefusal>): void => {
          clearTimeout(timer);
          resolve(result);
        };
        const timer = setTimeout(() => {
          settle(refuse('server-unreachable'));
          call.destroy();
        }, answerTimeoutMs);
        call.on('response', (answer) => collect(answer, settle));
        call.on('error', (error) => settle(refuse(isKeyProblem(error) ? 'server-key-differs' : 'server-unreachable')));
        call.end(body);
      }),
    stream({ path, headers, onLine, onEnd }) {
      const stop = openStream({ ...target, path, headers: { ...headers } }, onLine, () => {
        streams.delete(stop);
        onEnd();
      });
      streams.add(stop);
      return stop;
    },
    close() {
      for (const stop of streams) stop();
      agent.destroy();
    },
  };
}

/** A line of the change stream is a position; a longer one is not ours. */
const lineMaxLength = 4_096;
/** The server says something at least this often, or the line is dead. */
const silenceMaxMs = 45_000;

function openStream(target: object, onLine: (line: string) => void, onEnd: () => void): () => void {
  const call = httpsRequest({ ...target, method: 'GET' });
  let hasEnded = false;
  const end = (): void => {
    if (hasEnded) return;
    hasEnded = true;
    call.destroy();
    onEnd();
  };
  call.setTimeout(silenceMaxMs, end);
  call.on('error', end);
  call.on('close', end);
  call.on('response', (answer) => {
    if (answer.statusCode !== 200) return end();
    let rest = '';
    answer.setEncoding('utf8');
    answer.on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > lineMaxLength) return end();
      for (const line of lines) onLine(line);
    });
    answer.on('end', end);
    answer.on('error', end);
  });
  call.end();
  return () => {
    hasEnded = true;
    call.destroy();
  };
}

/**
 * The certificate that the server at this address shows, if its key has this hash. Nothing is sent on this connection; what
 * follows uses the certificate as the only anchor.
 */
export function fetchPinnedCertificate(url: string, spki: Sha256Hex): Promise<Result<Uint8Array, TransportRefusal>> {
  const origin = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({
      host: origin.hostname,
      port: origin.port === '' ? 443 : Number(origin.port),
      minVersion: 'TLSv1.2',
      // Judged below, by the hash that the invitation carries.
      rejectUnauthorized: false,
    });
    const settle = (result: Result<Uint8Array, TransportRefusal>): void => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(connectTimeoutMs, () => settle(refuse('server-unreachable')));
    socket.on('error', (error) => settle(refuse(isKeyProblem(error) ? 'server-key-differs' : 'server-unreachable')));
    socket.on('secureConnect', () => {
      const { raw } = socket.getPeerCertificate();
      settle(raw !== undefined && certificateKeyHash(raw) === spki ? ok(new Uint8Array(raw)) : refuse('server-key-differs'));
    });
  });
}
