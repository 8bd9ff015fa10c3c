import { randomInt } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { describe, expect, test } from 'vitest';
import { explain, explanationLinesMax } from '../../eds/index.ts';
import { hierarchy, list } from './hierarchy.ts';
import { makeCa, makeSigner, signBes } from './world.ts';

const made = hierarchy();
const structures: Readonly<Record<string, Uint8Array>> = {
  'a certificate': made.signer,
  'a revocation list': list('issuing', { revoked: [{ serial: '4711', revokedAtMs: 0, reason: 1 }] }),
  'a signature': signBes(makeSigner(makeCa()), { form: 'attached' }),
};
/** The slowest honest file takes 5 ms. */
const oneMaxMs = 50;

/** The quickest of up to three runs: what the machine does meanwhile is not the input's fault. */
function quickestMs(bytes: Uint8Array): number {
  let bestMs = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < 3 && bestMs > oneMaxMs; attempt += 1) {
    const before = performance.now();
    explain(bytes);
    bestMs = Math.min(bestMs, performance.now() - before);
  }
  return bestMs;
}

describe.each(Object.entries(structures))('explanations of %s with altered octets', (_what, whole) => {
  test('never throw, stay within their bound and are safe for a terminal', () => {
    const seed = randomInt(2 ** 31);
    let state = seed;
    const next = (below: number): number => {
      state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
      return ((state ^ (state >>> 13)) >>> 0) % below;
    };
    explain(whole);
    let slowestMs = 0;
    for (let run = 0; run < 5_000; run += 1) {
      const bytes = Uint8Array.from(whole);
      const changes = 1 + next(4);
      for (let i = 0; i < changes; i += 1) bytes[next(bytes.length)] = next(256);
      const given = run % 5 === 0 ? bytes.subarray(0, next(bytes.length)) : bytes;
      const { lines } = explain(given);
      slowestMs = Math.max(slowestMs, quickestMs(given));
      const texts = lines.map((line) => (line.kind === 'fault' ? '' : (line.value ?? ''))).join('');
      if (lines.length > explanationLinesMax || /[\p{C}\p{Zl}\p{Zp}]/u.test(texts))
        expect.fail(`seed ${seed}, run ${run}`);
    }
    expect(slowestMs, `seed ${seed}`).toBeLessThan(oneMaxMs);
  });
});
