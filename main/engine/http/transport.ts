import type { IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest, type RequestOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import { connect } from 'node:tls';
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
  /** SHA-256 of the SubjectPublicKeyInfo that the server must show; a renewed certificate keeps the key. */
  readonly spki: Sha256Hex;
};

export type HttpAnswer = {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
};

export type TransportRefusal = 'server-unreachable' | 'server-key-differs' | 'server-answer-malformed';

/** One way to one pinned server. */
export type Transport = {
  readonly url: string;
  send(options: {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string | Uint8Array | undefined;
    /** Told when the whole request has left this process; never, where the line broke before. */
    readonly onLeft?: (() => void) | undefined;
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

function isKeyProblem(error: Error): boolean {
  return 'code' in error && error.code === keyDiffers;
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
  answer.on('end', () =>
    settle(ok({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) })),
  );
  answer.on('error', () => settle(refuse('server-unreachable')));
  answer.on('aborted', () => settle(refuse('server-unreachable')));
}

/** Opens the line and lets nothing through it before the key of the other side was compared; the handshake proved that it holds the key. */
class PinnedAgent extends Agent {
  readonly #pin: ServerPin;

  constructor(pin: ServerPin) {
    super({ keepAlive: true, maxSockets: 4 });
    this.#pin = pin;
  }

  override createConnection(
    options: RequestOptions,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    const socket = connect({
      host: options.host ?? '',
      port: Number(options.port),
      minVersion: 'TLSv1.2',
      // A certificate chain says nothing here: the key is the pinned one, or there is no connection.
      rejectUnauthorized: false,
    });
    const settle = (error: Error | null): void => {
      socket.removeAllListeners('error');
      socket.setTimeout(0);
      if (error !== null) socket.destroy();
      callback?.(error, socket);
    };
    socket.setTimeout(connectTimeoutMs, () => settle(new Error('no answer')));
    socket.on('error', settle);
    socket.on('secureConnect', () => {
      const { raw } = socket.getPeerCertificate();
      const isPinned = raw !== undefined && certificateKeyHash(raw) === this.#pin.spki;
      settle(isPinned ? null : new KeyDiffers('the server shows another key'));
    });
    return undefined;
  }
}

/** Speaks HTTPS (TLS 1.2 or newer) to the one server whose key and certificate are pinned, and to nobody else. */
export function openTransport(pin: ServerPin): Transport {
  const agent = new PinnedAgent(pin);
  const origin = new URL(pin.url);
  const target = { agent, host: origin.hostname, port: origin.port === '' ? 443 : Number(origin.port) };
  const streams = new Set<() => void>();
  return {
    url: pin.url,
    send: ({ method, path, headers, body, onLeft }) =>
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
        call.end(body, onLeft);
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
