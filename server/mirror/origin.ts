import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { ok, refuse, type Result } from '../../core/kernel/index.ts';
import type { MirrorSettings } from './open-mirror.ts';
import type { Fetch, FetchRefusal } from './verified-tiles.ts';

/** Who serves a log: the platform to its mirror, or the mirror to the platform. */
export type Origin = {
  /** Files of the log, by their path below its prefix. */
  readonly log: Fetch;
  readonly close: () => void;
};

/** From the call to the last octet of one file. */
const timeoutMs = 60_000;
const connectionsMax = 8;

/** Opens the server at this address; nothing is asked yet. */
export function openOrigin({ url, certificate }: Pick<MirrorSettings, 'url' | 'certificate'>): Origin {
  const isTls = url.startsWith('https:');
  const limits = { keepAlive: true, maxSockets: connectionsMax };
  // A pinned certificate is compared whole: its name says nothing more.
  const pin = certificate === null ? {} : { ca: certificate, checkServerIdentity: () => undefined };
  const agent = isTls ? new HttpsAgent({ ...limits, ...pin, minVersion: 'TLSv1.2' }) : new HttpAgent(limits);

  function get(path: string, sizeMaxBytes: number): Promise<Result<Uint8Array, FetchRefusal>> {
    return new Promise((resolve) => {
      const fail = (): void => resolve(refuse('mirror-origin-unreachable', { path }));
      const take = (answer: IncomingMessage): void => {
        const parts: Buffer[] = [];
        let size = 0;
        answer.on('data', (part: Buffer) => {
          size += part.length;
          if (size <= sizeMaxBytes) return void parts.push(part);
          resolve(refuse('mirror-answer-too-large', { path }));
          call.destroy();
        });
        answer.on('error', fail);
        answer.on('close', fail);
        answer.on('end', () => {
          if (answer.statusCode === 200) resolve(ok(Buffer.concat(parts)));
          else if (answer.statusCode === 404) resolve(refuse('mirror-file-missing', { path }));
          else fail();
        });
      };
      const request = isTls ? httpsRequest : httpRequest;
      const call = request(`${url}${path}`, { agent, signal: AbortSignal.timeout(timeoutMs) }, take);
      call.on('error', fail);
      call.end();
    });
  }

  return {
    log: (path, sizeMaxBytes) => get(`/v1/log/${path}`, sizeMaxBytes),
    close: () => agent.destroy(),
  };
}
