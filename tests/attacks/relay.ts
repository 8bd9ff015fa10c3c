import { createServer, request, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LyingPlatform } from './lying-platform.ts';
import { tlsOf } from './lying-platform.ts';

/** What passes the relay may be changed on its way back. */
export type Rewrite = (
  asked: { readonly path: string; readonly device: string; readonly body: string },
  answer: string,
) => string;

/** What is answered in the place of the server: told to wait so long, with what was asked passed on nevertheless or not. */
export type TurnedAway = { readonly retryAfter: string; readonly isPassedOn: boolean };

const tooMany = 'too-many-requests';

/** A relay before platforms that share one TLS key: it leads each device to the platform that is meant for it. */
export class Relay {
  readonly #server: Server;
  readonly #targets = new Map<string, LyingPlatform>();
  readonly #first: LyingPlatform;
  rewrite: Rewrite = (_asked, answer) => answer;
  /** Who is told that he asks too often. */
  turnAway: (asked: { readonly path: string; readonly device: string }) => TurnedAway | undefined = () => undefined;

  constructor(first: LyingPlatform) {
    this.#first = first;
    this.#server = createServer(tlsOf(first), (from, to) => void this.#pass(from, to));
  }

  async listen(port: number): Promise<void> {
    await new Promise<void>((done) => this.#server.listen(port, '127.0.0.1', done));
  }

  /** From now on this device sees that platform. */
  lead(device: string, platform: LyingPlatform): void {
    this.#targets.set(device, platform);
  }

  async #pass(from: IncomingMessage, to: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of from) parts.push(part as Buffer);
    const device = /keyid="([^"]+)"/u.exec(String(from.headers['signature-input'] ?? ''))?.[1] ?? '';
    const [host, port] = (this.#targets.get(device) ?? this.#first).listen.split(':');
    const { method, url: path = '', headers } = from;
    const turned = this.turnAway({ path, device });
    const told = (): void => {
      const head = {
        'retry-after': turned?.retryAfter ?? '',
        'qorgan-refusal': tooMany,
        'content-type': 'application/json',
      };
      const refusal = { code: tooMany, incidentId: '00000000-0000-4000-8000-000000000000' };
      to.writeHead(429, head).end(JSON.stringify({ refusal }));
    };
    if (turned?.isPassedOn === false) return told();
    const sent = request({ host, port, method, path, headers, rejectUnauthorized: false }, (answer) => {
      const got: Buffer[] = [];
      answer.on('data', (part: Buffer) => got.push(part));
      answer.on('end', () => {
        if (turned !== undefined) return told();
        const asked = { path, device, body: Buffer.concat(parts).toString('utf8') };
        const body = this.rewrite(asked, Buffer.concat(got).toString('utf8'));
        const { 'content-length': _length, 'transfer-encoding': _coding, ...kept } = answer.headers;
        to.writeHead(answer.statusCode ?? 502, kept).end(body);
      });
    });
    sent.on('error', () => to.writeHead(503).end());
    sent.end(Buffer.concat(parts));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }
}
