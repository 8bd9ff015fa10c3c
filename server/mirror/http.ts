import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
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

/** A server that holds everybody to his share says for how long; a round is given up where it says so again and again. */
const turnsMax = 20;
const waitMaxSeconds = 30;

/** How long it wants us to wait before we ask again; `undefined` where it did not turn us away for asking too often. */
function waitSecondsOf({ statusCode, headers }: IncomingMessage): number | undefined {
  if (statusCode !== 429) return undefined;
  const told = Number(headers['retry-after'] ?? 1);
  return Number.isFinite(told) ? Math.min(Math.max(told, 1), waitMaxSeconds) : 1;
}

/** Opens the server at this address; nothing is asked yet. A pinned certificate (PEM) is compared whole: its name says nothing more. */
export function openHttp(url: string, certificate: string | null): Http {
  const isTls = url.startsWith('https:');
  const limits = { keepAlive: true, maxSockets: connectionsMax };
  const pin = certificate === null ? {} : { ca: certificate, checkServerIdentity: () => undefined };
  const agent = isTls ? new HttpsAgent({ ...limits, ...pin, minVersion: 'TLSv1.2' }) : new HttpAgent(limits);
  const request = isTls ? httpsRequest : httpRequest;
  const closing = new AbortController();
  const ask: Http['open'] = (path, { headers = {}, timeoutMs }) =>
    new Promise((resolve) => {
      const call = request(`${url}${path}`, { agent, headers, signal: AbortSignal.timeout(timeoutMs) }, (answer) => {
        // Whoever reads the body hears of an error there; who does not read it must not die of one.
        answer.on('error', () => undefined);
        resolve(ok(answer));
      });
      call.on('error', () => resolve(refuse('mirror-origin-unreachable', { path })));
      call.end();
    });
  return {
    open: async (path, options) => {
      for (let turn = 1; ; turn += 1) {
        const answer = await ask(path, options);
        if (!answer.ok) return answer;
        const { statusCode = 0 } = answer.value;
        if (statusCode === 200 || statusCode === 206) return answer;
        answer.value.resume();
        const waitSeconds = turn < turnsMax ? waitSecondsOf(answer.value) : undefined;
        if (waitSeconds === undefined)
          return refuse(statusRefusals[statusCode] ?? 'mirror-origin-unreachable', { path, status: statusCode });
        await sleep(waitSeconds * 1_000, undefined, { signal: closing.signal }).catch(() => undefined);
        if (closing.signal.aborted) return refuse('mirror-origin-unreachable', { path });
      }
    },
    close: () => {
      closing.abort();
      agent.destroy();
    },
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
