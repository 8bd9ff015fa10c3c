import { randomBytes, randomUUID } from 'node:crypto';
import type { Surroundings } from '../platform/index.ts';

/** Salts and ids are drawn in pages; a larger request goes to the system. */
const pageSizeBytes = 16_384;
const fromPageMax = 256;
let page = Buffer.alloc(0);

function fromPage(size: number): Buffer {
  if (size > fromPageMax) return randomBytes(size);
  if (page.length < size) page = randomBytes(pageSizeBytes);
  const bytes = page.subarray(0, size);
  page = page.subarray(size);
  return bytes;
}

/** The real clock and the real chance. */
export const realSurroundings: Surroundings = {
  nowMs: () => Date.now(),
  randomBytes: fromPage,
  uuid: () => randomUUID(),
};
