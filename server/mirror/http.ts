import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { ok, refuse, type Result } from '../../core/kernel/index.ts';
import type { FetchRefusal } from './verified-tiles.ts';

/** One server, over lines that are kept open. */
export type Http = {
  /** Asks for a path; the answer with status 200 or 206, its body still to be read. */
  readonly open: (
    path: string,
    options: { readonly headers?: Readonly<Record<string, string>>; readonly timeoutMs: number },
  ) => Promise<Result<IncomingMessage, FetchRefusal>>;
  readonly close: () => void;
};

const connectionsMax = 8;
const statusRefusals: Readonly<Record<number, FetchRefusal>> = {
  401: 'mirror-door-closed',
  403: 'mirror-door-closed',
  404: 'mirror-file-missing',
};

/** Opens the server at this address; nothing is asked yet. A pinned certificate (PEM) is compared whole: its name says nothing more. */
export function openHttp(url: string, certificate: string | null): Http {
  const isTls = url.startsWith('https:');
  const limits = { keepAlive: true, maxSockets: connectionsMax };
  const pin = certificate === null ? {} : { ca: certificate, checkServerIdentity: () => undefined };
  const agent = isTls ? new HttpsAgent({ ...limits, ...pin, minVersion: 'TLSv1.2' }) : new HttpAgent(limits);
  const request = isTls ? httpsRequest : httpRequest;
  return {
    open: (path, { headers = {}, timeoutMs }) =>
      new Promise((resolve) => {
        const call = request(`${url}${path}`, { agent, headers, signal: AbortSignal.timeout(timeoutMs) }, (answer) => {
          const { statusCode = 0 } = answer;
          // Whoever reads the body hears of an error there; who does not read it must not die of one.
          answer.on('error', () => undefined);
          if (statusCode === 200 || statusCode === 206) return resolve(ok(answer));
          answer.resume();
          resolve(refuse(statusRefusals[statusCode] ?? 'mirror-origin-unreachable', { path, status: statusCode }));
        });
        call.on('error', () => resolve(refuse('mirror-origin-unreachable', { path })));
        call.end();
      }),
    close: () => agent.destroy(),
  };
}

/** Reads the whole body of an answer, which the line may cut. */
export async function readBody(
  path: string,
  answer: IncomingMessage,
  sizeMaxBytes: number,
): Promise<Result<Uint8Array, FetchRefusal>> {
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of answer as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > sizeMaxBytes) return refuse('mirror-answer-too-large', { path });
      parts.push(part);
    }
    return ok(Buffer.concat(parts));
  } catch {
    return refuse('mirror-origin-unreachable', { path });
  }
}
