import type { DerLimits } from '../der/index.ts';

/** One time-stamp token or response: real ones are 1–7 kB, with the authority's chain. */
export const tokenLimits: DerLimits = { sizeMaxBytes: 64 * 1024, depthMax: 24, elementsMax: 2_000 };
