import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { ok, refuse, type DeviceId, type Result, type Sha256Hex } from '../../core/kernel/index.ts';
import { contentDigest, endpoints, signatureBase, signatureHeaders } from '../../contracts/http/index.ts';
import { sha256 } from '../../eds/index.ts';
import { openHttp, readBody } from './http.ts';
import type { Mirror } from './open-mirror.ts';
import type { FetchRefusal } from './verified-tiles.ts';

/** A sealed piece of evidence by the hash of its bytes. */
export type BlobEntry = { readonly blob: Sha256Hex; readonly sizeBytes: number };

/** The door of sealed evidence at the platform; every request is signed by the door key of the mirror. */
export type BlobDoor = {
  /** Blobs whose names come after this one, in the order of names; `next` is where the list goes on, or `null` at its end. */
  readonly list: (
    after: string,
  ) => Promise<Result<{ readonly blobs: readonly BlobEntry[]; readonly next: string | null }, FetchRefusal>>;
  /** The bytes from `fromByte` on. */
  readonly read: (blob: Sha256Hex, fromByte: number) => Promise<Result<AsyncIterable<Uint8Array>, FetchRefusal>>;
  readonly close: () => void;
};

const listTimeoutMs = 60_000;
const listSizeMaxBytes = 1_048_576;
/** A blob has at most some hundreds of MB; a line that is slower is taken up again where it was cut. */
const blobTimeoutMs = 3_600_000;

/** Opens the door at the platform of a mirror; nothing is asked yet. */
export function openBlobDoor({ settings, witness, signDoor }: Mirror): BlobDoor {
  const http = openHttp(settings.url, settings.certificate);

  function open(
    path: string,
    query: string,
    options: { readonly range?: string; readonly timeoutMs: number },
  ): Promise<Result<IncomingMessage, FetchRefusal>> {
    const parameters = {
      createdSeconds: Math.floor(witness.nowMs() / 1_000),
      nonce: randomBytes(16).toString('base64'),
      device: settings.id as DeviceId,
    };
    const digest = contentDigest(sha256, '');
    const base = signatureBase({ method: 'GET', path, query: `?${query}`, contentDigest: digest }, parameters);
    const headers = {
      'content-digest': digest,
      ...signatureHeaders({ parameters, signature: signDoor(base) }),
      ...(options.range === undefined ? {} : { range: options.range }),
    };
    return http.open(query === '' ? path : `${path}?${query}`, { headers, timeoutMs: options.timeoutMs });
  }

  return {
    list: async (after) => {
      const { path, response } = endpoints.evidenceBlobs;
      const answer = await open(path, after === '' ? '' : `after=${after}`, { timeoutMs: listTimeoutMs });
      if (!answer.ok) return answer;
      const body = await readBody(path, answer.value, listSizeMaxBytes);
      if (!body.ok) return body;
      try {
        return ok(response.parse(JSON.parse(Buffer.from(body.value).toString('utf8'))));
      } catch {
        return refuse('mirror-origin-unreachable', { path });
      }
    },
    read: async (blob, fromByte) => {
      const path = endpoints.evidenceBlob.path.replace(':blob', blob);
      const range = fromByte === 0 ? {} : { range: `bytes=${fromByte}-` };
      const answer = await open(path, '', { ...range, timeoutMs: blobTimeoutMs });
      if (!answer.ok) return answer;
      // A server that gives the whole in place of the rest would double what is there.
      const isAsked = answer.value.statusCode === (fromByte === 0 ? 200 : 206);
      if (isAsked) return ok(answer.value as AsyncIterable<Uint8Array>);
      answer.value.destroy();
      return refuse('mirror-origin-unreachable', { path });
    },
    close: http.close,
  };
}
