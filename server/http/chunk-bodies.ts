import type { IncomingMessage } from 'node:http';
import { errorCodes, type FastifyRequest } from 'fastify';
import { chunkSizeMaxBytes } from '../../core/evidence/index.ts';
import { createMemoryPool } from '../evidence/index.ts';

/** Memories that are kept for the next chunk. */
const idleMax = 16;

/** Reads the bodies of chunks into memory that is used again. */
export type ChunkBodies = {
  /** The whole body; it stays the request's until `release`. */
  readonly read: (request: FastifyRequest, payload: IncomingMessage) => Promise<Buffer>;
  /** To be called when nobody reads the body of a request any more; does nothing for one that has none of these. */
  readonly release: (request: FastifyRequest) => void;
};

export function createChunkBodies(): ChunkBodies {
  const memories = createMemoryPool(chunkSizeMaxBytes, idleMax);
  const used = new WeakMap<FastifyRequest, Buffer>();

  function release(request: FastifyRequest): void {
    const memory = used.get(request);
    if (memory !== undefined) memories.give(memory);
    used.delete(request);
  }

  return {
    read: (request, payload) =>
      new Promise((resolve, reject) => {
        const memory = memories.take();
        used.set(request, memory);
        let sizeBytes = 0;
        const fail = (error: Error): void => {
          payload.removeListener('data', take);
          release(request);
          reject(error);
        };
        const take = (part: Buffer): void => {
          const isTooLarge = sizeBytes + part.length > Math.min(memory.length, request.routeOptions.bodyLimit);
          if (isTooLarge) return fail(new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE());
          part.copy(memory, sizeBytes);
          sizeBytes += part.length;
        };
        payload.on('data', take);
        payload.on('end', () => resolve(memory.subarray(0, sizeBytes)));
        payload.on('error', fail);
      }),
    release,
  };
}
