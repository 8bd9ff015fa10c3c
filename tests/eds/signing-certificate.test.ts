import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { signOctets } from '../../dev/ca/index.ts';
import {
  contextTag,
  element,
  messageLimits,
  objectIdentifier,
  octetString,
  oids,
  openDer,
  retagged,
  sequence,
  setOf,
} from '../../eds/der/index.ts';
import { attachTimeStamp, defaultAlgorithmPolicy, type AlgorithmPolicy } from '../../eds/index.ts';
import { hierarchy } from './hierarchy.ts';
import { rebuild } from './rebuild.ts';
import { besOf, judgeStamped, stamped, stampMs, stampOf } from './stamping.ts';
import { unwrap } from './world.ts';

const made = hierarchy();

/** A signing-certificate attribute: version 1 has SHA-1 and no name for it; version 2 has SHA-256 unless it names another. */
function naming(version: 1 | 2, digest: Uint8Array, digestOid?: string): Uint8Array {
  const algorithm = digestOid === undefined ? [] : [sequence(objectIdentifier(digestOid))];
  const value = sequence(sequence(sequence(...algorithm, octetString(digest))));
  return sequence(objectIdentifier(version === 1 ? oids.signingCertificate : oids.signingCertificateV2), setOf(value));
}

const hash = (name: string, octets: Uint8Array = made.signer): Uint8Array => createHash(name).update(octets).digest();

/** The hierarchy's signature, made anew with these attributes in place of its signing-certificate-v2. */
function signedNaming(...namings: readonly Uint8Array[]): Uint8Array {
  return rebuild(besOf(made), {
    signer: (parts) => {
      const kept: Uint8Array[] = [];
      const set = openDer(parts[3] ?? new Uint8Array(0), messageLimits).enter(contextTag(0));
      const old = naming(2, hash('sha256')).subarray(2, 15);
      while (set.hasMore) kept.push(set.element());
      const others = kept.filter((one) => !Buffer.from(one).includes(Buffer.from(old)));
      expect(others).toHaveLength(kept.length - 1);
      const all = setOf(...others, ...namings);
      const signature = octetString(signOctets(made.keys.signer, 'sha256', all));
      return [...parts.slice(0, 3), retagged(contextTag(0), all), ...parts.slice(4, -1), signature];
    },
  });
}

const v1 = naming(1, hash('sha1'));
const v2 = naming(2, hash('sha256'));
const wrong = hash('sha256', made.issuing);

describe('the certificate that a signature names', () => {
  test.each<[string, readonly Uint8Array[], string, string]>([
    ['by version 2', [v2], 'VALID', 'signing-certificate-bound'],
    ['by version 2 with SHA-384', [naming(2, hash('sha384'), oids.sha384)], 'VALID', 'signing-certificate-bound'],
    ['by both versions', [v1, v2], 'VALID', 'signing-certificate-bound'],
    ['by version 1 alone, whose SHA-1 binds nobody', [v1], 'INDETERMINATE', 'signing-certificate-digest-weak'],
    [
      'by version 2 with SHA-1',
      [naming(2, hash('sha1'), oids.sha1)],
      'INDETERMINATE',
      'signing-certificate-digest-weak',
    ],
    [
      'by version 2 with an unknown digest',
      [naming(2, hash('sha256'), '1.2.3')],
      'INDETERMINATE',
      'signing-certificate-digest-weak',
    ],
    ['by none', [], 'INDETERMINATE', 'signing-certificate-not-named'],
    ['wrongly by version 2', [naming(2, wrong)], 'INVALID', 'signing-certificate-differs'],
    ['wrongly by version 1', [naming(1, wrong.subarray(0, 20))], 'INVALID', 'signing-certificate-differs'],
    [
      'by version 2, and another by version 1',
      [naming(1, wrong.subarray(0, 20)), v2],
      'INVALID',
      'signing-certificate-differs',
    ],
    ['by version 1, and another by version 2', [v1, naming(2, wrong)], 'INVALID', 'signing-certificate-differs'],
  ])('%s', (_, namings, verdict, reason) => {
    const report = judgeStamped(signedNaming(...namings), made);
    expect(report.verdict).toBe(verdict);
    expect(report.stages.find(({ name }) => name === 'signing-certificate')?.reason).toBe(reason);
  });

  test('by version 1 counts inside the window of SHA-1 under a verified time-stamp', () => {
    const { keys, schemes } = defaultAlgorithmPolicy;
    const policy = (acceptedUntilMs: number): AlgorithmPolicy => {
      const digests = [{ name: oids.sha256 }, { name: oids.sha384 }, { name: oids.sha1, acceptedUntilMs }];
      return { name: 'test', keys, schemes, digests };
    };
    const judge = (untilMs: number) =>
      judgeStamped(stamped(signedNaming(v1), {}), made, { trust: { algorithmPolicy: policy(untilMs) } });
    expect(judge(stampMs).verdict).toBe('VALID');
    expect(judge(stampMs - 1)).toMatchObject({ verdict: 'INDETERMINATE', reason: 'signing-certificate-digest-weak' });
  });
});

describe('what nobody here can judge', () => {
  test('is the policy that a signature names, though the signature covers it', () => {
    const named = sequence(objectIdentifier(oids.signaturePolicy), setOf(sequence(objectIdentifier('1.2.3.4'))));
    expect(judgeStamped(signedNaming(v2, named), made)).toMatchObject({
      verdict: 'INDETERMINATE',
      reason: 'signature-policy-unsupported',
      subIndication: 'SIGNATURE_POLICY_NOT_AVAILABLE',
    });
  });

  test('is a digest in the list of the file that none of its signers used, and in that of a time-stamp', () => {
    const further = (cms: Uint8Array): Uint8Array =>
      rebuild(cms, {
        body: (parts) => {
          const used = openDer(parts[1] ?? cms, messageLimits).content(0x31);
          return parts.with(1, element(0x31, used, sequence(objectIdentifier('1.3.14.3.2.27'))));
        },
      });
    expect(judgeStamped(further(besOf(made)), made)).toMatchObject({
      verdict: 'INDETERMINATE',
      reason: 'cms-digest-unused',
    });
    const bes = besOf(made);
    const stamp = further(stampOf(bes));
    expect(judgeStamped(unwrap(attachTimeStamp(bes, stamp)), made)).toMatchObject({
      verdict: 'INDETERMINATE',
      reason: 'time-stamp-unsupported',
    });
    expect(judgeStamped(unwrap(attachTimeStamp(bes, stampOf(bes))), made).verdict).toBe('VALID');
  });
});
