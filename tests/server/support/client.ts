import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { Agent, request } from 'node:https';
import type { DeviceId } from '../../../core/kernel/index.ts';
import {
  contentDigest,
  coveredHeaders,
  refusalBody,
  signatureBase,
  signatureHeaders,
} from '../../../contracts/http/index.ts';
import { sha256 } from '../../../eds/index.ts';
import { rawPublicKey } from '../../../server/keys/index.ts';
import type { RunningServer } from '../../../server/boot/index.ts';

export type Answer = {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly text: string;
  readonly bytes: Buffer;
  readonly json: unknown;
};

/** The code of a refusal, or the status where there is none. */
export function codeOf(answer: Answer): string {
  const parsed = refusalBody.safeParse(answer.json);
  return parsed.success ? parsed.data.refusal.code : `status ${answer.status}`;
}

export type Call = {
  readonly method: string;
  /** Path with query. */
  readonly path: string;
  readonly body?: unknown;
  readonly rawBody?: Buffer;
  /** Media type of the body where it is not JSON. */
  readonly media?: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Changes the request after it was signed. */
  readonly tamper?: (headers: Record<string, string>) => void;
  /** Sent in the place of what was signed. */
  readonly sentPath?: string;
  readonly sentBody?: Buffer;
  readonly nonce?: string;
  readonly createdSeconds?: number;
};

/** A client that pins the server's certificate; it signs requests once it has a device. */
export class TestClient {
  readonly #url: URL;
  readonly #agent: Agent;
  readonly key: KeyObject;
  device: DeviceId | undefined;
  /** What this device takes for the time. */
  nowMs: () => number = Date.now;

  constructor(
    server: Pick<RunningServer, 'url' | 'pin'>,
    key: KeyObject = generateKeyPairSync('ed25519').privateKey,
    /** Where it calls from; the whole of 127.0.0.0/8 is this machine. */
    localAddress?: string,
  ) {
    this.key = key;
    this.#url = new URL(server.url);
    const lines = Buffer.from(server.pin.certificate).toString('base64');
    this.#agent = new Agent({
      ca: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
      keepAlive: true,
      maxSockets: 1,
      ...(localAddress === undefined ? {} : { localAddress }),
    });
  }

  get publicKey(): Uint8Array {
    return rawPublicKey(this.key);
  }

  sign(text: string): Buffer {
    return sign(null, Buffer.from(text), this.key);
  }

  #headers(call: Call, body: Buffer): Record<string, string> {
    const headers: Record<string, string> =
      body.length > 0
        ? { 'content-type': call.media ?? 'application/json', 'content-length': String(body.length) }
        : {};
    const authorization = call.token === undefined ? undefined : `Bearer ${call.token}`;
    if (authorization !== undefined) headers['authorization'] = authorization;
    Object.assign(headers, call.headers);
    if (this.device !== undefined) {
      const digest = contentDigest(sha256, body);
      const mark = call.path.indexOf('?');
      const query = mark < 0 ? '?' : call.path.slice(mark);
      const path = mark < 0 ? call.path : call.path.slice(0, mark);
      const createdSeconds = call.createdSeconds ?? Math.floor(this.nowMs() / 1_000);
      const parameters = {
        createdSeconds,
        nonce: call.nonce ?? randomBytes(16).toString('base64'),
        device: this.device,
      };
      const covered = Object.fromEntries(
        coveredHeaders.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])),
      );
      const base = signatureBase({ method: call.method, path, query, contentDigest: digest, covered }, parameters);
      const signed = signatureHeaders({
        parameters,
        covered,
        signature: this.sign(base),
      });
      Object.assign(headers, signed, { 'content-digest': digest });
    }
    if (call.sentBody !== undefined) headers['content-length'] = String(call.sentBody.length);
    call.tamper?.(headers);
    return headers;
  }

  /** One request, signed where the client is a device. */
  call(call: Call): Promise<Answer> {
    const body = call.rawBody ?? (call.body === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(call.body)));
    return new Promise((resolve, reject) => {
      const { hostname, port } = this.#url;
      const sent = request(
        {
          hostname,
          port,
          method: call.method,
          path: call.sentPath ?? call.path,
          headers: this.#headers(call, body),
          agent: this.#agent,
        },
        (response) => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => parts.push(part));
          response.on('error', reject);
          response.on('end', () => {
            const bytes = Buffer.concat(parts);
            const text = bytes.toString();
            const isJson = String(response.headers['content-type']).startsWith('application/json');
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              text,
              bytes,
              json: isJson && text !== '' ? JSON.parse(text) : undefined,
            });
          });
        },
      );
      sent.on('error', reject);
      sent.end(call.sentBody ?? body);
    });
  }

  /** Listens until the server hangs up; `onEvent` is told of the first bytes. */
  async listen(call: Call, onEvent: () => void): Promise<void> {
    let isHeard = false;
    await this.eventsUntil(call, () => {
      if (!isHeard) onEvent();
      isHeard = true;
      return false;
    });
  }

  /** Listens until what came of the server-sent events is enough, then hangs up. */
  eventsUntil(call: Call, isEnough: (text: string) => boolean): Promise<string> {
    return new Promise((resolve, reject) => {
      const { hostname, port } = this.#url;
      const headers = this.#headers(call, Buffer.alloc(0));
      // A connection of its own: the stream would hold the only one of the pool.
      const sent = request(
        {
          hostname,
          port,
          method: call.method,
          path: call.sentPath ?? call.path,
          headers,
          agent: new Agent(this.#agent.options),
        },
        (response) => {
          let text = '';
          response.on('end', () => resolve(text));
          response.on('data', (part: Buffer) => {
            text += part.toString();
            if (!isEnough(text)) return;
            sent.destroy();
            resolve(text);
          });
        },
      );
      sent.on('error', reject);
      sent.end();
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
