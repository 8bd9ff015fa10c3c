import { describe, expect, test } from 'vitest';
import { makeKey } from '../../dev/ca/index.ts';
import { oids } from '../../eds/der/index.ts';
import { defaultAlgorithmPolicy, type AlgorithmPolicy, type VerificationReport } from '../../eds/index.ts';
import { hierarchy, list, type Hierarchy, type Judgement } from './hierarchy.ts';
import { besOf, judgeStamped, stampCertificate, stamped, stampMs, underRoot, type Stamp } from './stamping.ts';
import { nowMs, signBes } from './world.ts';

const hourMs = 60 * 60 * 1000;
const reasonsOf = (report: VerificationReport): readonly [string, string, number] => [
  report.verdict,
  report.reason,
  report.referenceTimeMs,
];

/** Judged by its stamp, and at the given time. */
function both(cms: Uint8Array, made: Hierarchy, how: Judgement = {}): readonly (readonly [string, string, number])[] {
  const given = judgeStamped(cms, made, how, { referenceTime: 'given' });
  return [judgeStamped(cms, made, how), given].map(reasonsOf);
}

describe('the time of judgement', () => {
  const made = hierarchy();
  const cms = besOf(made);

  test('is the given one without a stamp, that of the stamp with one, and the given one where that is asked for', () => {
    expect(both(cms, made)).toEqual([
      ['VALID', 'carrier-not-demanded', nowMs],
      ['VALID', 'carrier-not-demanded', nowMs],
    ]);
    expect(both(stamped(cms, {}), made)).toEqual([
      ['VALID', 'carrier-not-demanded', stampMs],
      ['VALID', 'carrier-not-demanded', nowMs],
    ]);
  });

  test('of several stamps is that of the earliest', () => {
    const early = { genTimeMs: stampMs - hourMs };
    for (const stamps of [
      [{}, early],
      [early, {}],
    ] satisfies readonly (readonly Stamp[])[]) {
      const report = judgeStamped(stamped(cms, ...stamps), made);
      expect(report).toMatchObject({ verdict: 'VALID', referenceTimeMs: stampMs - hourMs });
      expect(report.timeStamps.map(({ verdict }) => verdict)).toEqual(['VALID', 'VALID']);
      expect(report.evidence.timeStampPaths).toHaveLength(2);
    }
  });

  test('is not taken from a stamp that does not verify, and such a stamp is not outweighed by a right one', () => {
    const wrong = { genTimeMs: stampMs - hourMs, key: makeKey('ec-p384') };
    const report = judgeStamped(stamped(cms, {}, wrong), made);
    expect(report).toMatchObject({ verdict: 'INVALID', reason: 'time-stamp-wrong', referenceTimeMs: stampMs });
    const unlisted = { genTimeMs: stampMs - hourMs, policy: '1.2.3' };
    expect(judgeStamped(stamped(cms, unlisted, {}), made)).toMatchObject({
      verdict: 'INDETERMINATE',
      reason: 'time-stamp-policy-unlisted',
      referenceTimeMs: stampMs,
    });
  });

  test('lets a signature outlive its certificate, and an intake that asks for the given time does not', () => {
    const expired = hierarchy({ signer: { notAfterMs: nowMs - 1000 } });
    expect(both(stamped(besOf(expired), {}), expired)).toEqual([
      ['VALID', 'carrier-not-demanded', stampMs],
      ['INVALID', 'certificate-expired', nowMs],
    ]);
  });

  test('never revives a person who was blocked since, at an intake that asks for the given time', () => {
    const revoked = [{ serial: '4711', revokedAtMs: stampMs + 1000, reason: 1 }];
    const how = { lists: [list('root'), list('issuing', { revoked })] };
    expect(both(stamped(cms, {}), made, how)).toEqual([
      ['VALID', 'carrier-not-demanded', stampMs],
      ['INVALID', 'revoked', nowMs],
    ]);
  });

  test('does not help one who was blocked before, or whose certificate came later', () => {
    const revoked = [{ serial: '4711', revokedAtMs: stampMs - 1000, reason: 1 }];
    const how = { lists: [list('root'), list('issuing', { revoked })] };
    expect(judgeStamped(stamped(cms, {}), made, how)).toMatchObject({ verdict: 'INVALID', reason: 'revoked' });
    const young = hierarchy({ signer: { notBeforeMs: stampMs + 1000 } });
    expect(both(stamped(besOf(young), {}), young)).toEqual([
      ['INVALID', 'certificate-not-yet-valid', stampMs],
      ['VALID', 'carrier-not-demanded', nowMs],
    ]);
  });

  test('that is not a number is after no stamp', () => {
    expect(judgeStamped(stamped(cms, {}), made, { atMs: Number.NaN })).toMatchObject({
      verdict: 'INVALID',
      timeStamps: [{ reason: 'time-stamp-from-future' }],
    });
  });
});

describe('the windows of the algorithm policy', () => {
  const windowed = (name: string, acceptedUntilMs: number): AlgorithmPolicy => {
    const close = <T extends { readonly name: string }>(all: readonly T[]): readonly T[] =>
      all.map((one) => (one.name === name ? { ...one, acceptedUntilMs } : one));
    const { keys, schemes, digests } = defaultAlgorithmPolicy;
    return { name: 'test', keys: close(keys), schemes: close(schemes), digests: close(digests) };
  };
  const rsa = makeKey('rsa-2048');
  const plain = hierarchy({ signer: { subjectPublicKeyInfo: rsa.subjectPublicKeyInfo } });
  const cms = signBes({ key: rsa, certificate: plain.signer, serial: '4711' }, { kind: 'rsa-2048' });
  const judge = (file: Uint8Array, policy: AlgorithmPolicy, how: Judgement = {}, made = plain) =>
    both(file, made, { ...how, trust: { algorithmPolicy: policy, ...how.trust } });

  test.each([
    ['key', 'rsa', 'signature-algorithm-weak'],
    ['scheme', 'rsa-pkcs1-sha256', 'signature-algorithm-weak'],
    ['digest', oids.sha256, 'digest-weak'],
  ])('accept a %s up to their end, under a verified stamp only', (_, name, reason) => {
    const stampedFile = stamped(cms, {});
    const open = windowed(name, stampMs);
    expect(judge(stampedFile, open)).toEqual([
      ['VALID', 'carrier-not-demanded', stampMs],
      ['INDETERMINATE', reason, nowMs],
    ]);
    expect(judge(stampedFile, windowed(name, stampMs - 1))[0]).toEqual(['INDETERMINATE', reason, stampMs]);
    expect(judge(cms, open)[0]).toEqual(['INDETERMINATE', reason, nowMs]);
    const broken = judge(stamped(cms, { key: makeKey('ec-p384') }), open)[0];
    expect(broken?.[0]).toBe('INVALID');
  });

  test('do not open for the stamp itself, as nothing stamps the stamp', () => {
    const made = hierarchy();
    const file = stamped(besOf(made), {});
    const closed = windowed('ecdsa-sha384', nowMs);
    expect(judge(file, closed, {}, made)[0]).toEqual(['INDETERMINATE', 'time-stamp-algorithm-unaccepted', nowMs]);
  });

  test('do not open for the certificate of a time-stamping authority', () => {
    const made = hierarchy();
    const file = stamped(besOf(made), { certificate: stampCertificate({ digest: 'sha1' }) });
    expect(judge(file, windowed('ecdsa-sha1', nowMs), {}, made)[0]?.[1]).toBe('time-stamp-authority-untrusted');
  });

  test('open for the imprint, whose time the stamp itself proves', () => {
    const made = hierarchy();
    const imprinted = (genTimeMs: number): Uint8Array => stamped(besOf(made), { genTimeMs });
    const policy = windowed(oids.sha384, stampMs);
    // The token's own digest must be strong too, so this one is made with SHA-256 but for its imprint.
    const strong = (genTimeMs: number): Uint8Array => stamped(besOf(made), { genTimeMs, digest: 'sha256' });
    expect(judge(strong(stampMs), policy, {}, made)[0]).toEqual(['VALID', 'carrier-not-demanded', stampMs]);
    expect(judge(strong(stampMs + 1000), policy, {}, made)[0]?.[1]).toBe('time-stamp-algorithm-unaccepted');
    expect(judge(imprinted(stampMs), policy, {}, made)[0]?.[1]).toBe('time-stamp-algorithm-unaccepted');
  });

  test('open for a weakly certified signer, whose certificate the stamped signature names', () => {
    const weak = hierarchy({ signer: { digest: 'sha1' } });
    const file = stamped(besOf(weak), {});
    expect(judge(file, windowed('ecdsa-sha1', stampMs), {}, weak)).toEqual([
      ['VALID', 'carrier-not-demanded', stampMs],
      ['INDETERMINATE', 'certificate-algorithm-weak', nowMs],
    ]);
  });

  test('open for a weakly certified authority that the operator knows, not for one that only the file carries', () => {
    const weak = hierarchy({ issuing: { digest: 'sha1' } });
    const policy = windowed('ecdsa-sha1', stampMs);
    const signer = { key: weak.keys.signer, certificate: weak.signer, serial: '4711' };
    // The stamp's own chain has nothing weak.
    const file = stamped(signBes(signer, { chain: [weak.issuing] }), { certificate: underRoot });
    expect(judge(file, policy, {}, weak)[0]).toEqual(['VALID', 'carrier-not-demanded', stampMs]);
    const unknown = { trust: { intermediates: [] } };
    expect(judge(file, policy, unknown, weak)[0]).toEqual(['INDETERMINATE', 'certificate-algorithm-weak', stampMs]);
  });
});
