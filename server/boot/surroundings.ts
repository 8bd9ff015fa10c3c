import { randomBytes, randomUUID } from 'node:crypto';
import type { Surroundings } from '../platform/index.ts';

/** The real clock and the real chance. */
export const realSurroundings: Surroundings = { nowMs: () => Date.now(), randomBytes: (size) => randomBytes(size), uuid: () => randomUUID() };
