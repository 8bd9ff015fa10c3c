import { describe, expect, test } from 'vitest';
import { createVerifier } from '../../eds/index.ts';
import { makeNationalWorld } from './national-world.ts';
import { content, nowMs } from './world.ts';

describe('signatures and authorities of national standards under the default policy', () => {
  test.each(['gost-2015-256', 'gost-2015-512'] as const)(
    'a signature of %s is VALID, and of a changed content INVALID',
    (family) => {
      const world = makeNationalWorld(family);
      const verifier = createVerifier(world.trust);
      const cms = world.signBes();
      const report = verifier.verify({ cms, content, atMs: nowMs });
      expect(report).toMatchObject({ verdict: 'VALID', signer: { roles: ['individual'] } });
      expect(report.signer?.algorithm).toBe(family.replace('gost-', 'gost-34.10-'));
      expect(verifier.verify({ cms, content: content.subarray(1), atMs: nowMs })).toMatchObject({
        verdict: 'INVALID',
        reason: 'content-differs',
      });
      const stranger = createVerifier(makeNationalWorld(family).trust);
      expect(stranger.verify({ cms, content, atMs: nowMs })).toMatchObject({
        verdict: 'INDETERMINATE',
        reason: 'issuer-unknown',
      });
    },
  );

  test('every alteration of one octet of a signature is not VALID', () => {
    const world = makeNationalWorld('gost-2015-256');
    const verifier = createVerifier(world.trust);
    const cms = world.signBes();
    const accepted: number[] = [];
    for (let at = 0; at < cms.length; at += 1) {
      const altered = Uint8Array.from(cms);
      altered[at] = (altered[at] ?? 0) ^ 0x01;
      if (verifier.verify({ cms: altered, content, atMs: nowMs }).verdict === 'VALID') accepted.push(at);
    }
    expect(accepted).toEqual([]);
  });

  test('a right signature of 2004 is not enough by itself', () => {
    const world = makeNationalWorld('gost-2004');
    const report = createVerifier(world.trust).verify({ cms: world.signBes(), content, atMs: nowMs });
    expect(report).toMatchObject({ verdict: 'INDETERMINATE', signer: { algorithm: 'gost-34.310-2004' } });
    expect(report.stages.find(({ name }) => name === 'signature')).toMatchObject({
      reason: 'signature-algorithm-weak',
    });
  });
});
