import { describe, expect, test } from 'vitest';
import {
  extensions,
  keyIdentifierOf,
  makeKey,
  writeCertificate,
  type NameParts,
  type SigningKey,
} from '../../dev/ca/index.ts';
import {
  attachTimeStamp,
  createVerifier,
  defaultSuite,
  joinSignatures,
  parseSignedData,
  type AlgorithmSuite,
} from '../../eds/index.ts';
import type { VerifyingKey } from '../../eds/algorithms/index.ts';
import { element, octetString, tags } from '../../eds/der/index.ts';
import { createCertificateMemory } from '../../eds/verify/index.ts';
import { hierarchy, keys, verifierFor } from './hierarchy.ts';
import { rebuild } from './rebuild.ts';
import { besOf, judgeStamped, stamped, stampOf, stampTrust } from './stamping.ts';
import { content, makeCa, makeSigner, nowMs, signBes, trustOf, unwrap } from './world.ts';

const made = hierarchy();

/** Counts what costs a verifier its time. */
function counting(): { readonly suite: AlgorithmSuite; readonly spent: { verified: number; hashed: number } } {
  const spent = { verified: 0, hashed: 0 };
  const counted = (key: VerifyingKey): VerifyingKey => ({
    ...key,
    scheme: (algorithm, digestOid) => {
      const scheme = key.scheme(algorithm, digestOid);
      return (
        scheme && {
          ...scheme,
          verify: (message, signature) => {
            spent.verified += 1;
            return scheme.verify(message, signature);
          },
        }
      );
    },
  });
  const suite: AlgorithmSuite = {
    digest: (oid, octets) => {
      spent.hashed += octets.length;
      return defaultSuite.digest(oid, octets);
    },
    loadKey: (spki) => {
      const key = defaultSuite.loadKey(spki);
      return key && counted(key);
    },
  };
  return { suite, spent };
}

const clique: NameParts = [['2.5.4.3', 'CLIQUE']];

/** Certificates that all name one key identifier as their own and as their issuer's, so that each may have issued any other. */
function cliqueOf(size: number, identifier: Uint8Array, first?: SigningKey): readonly Uint8Array[] {
  return Array.from({ length: size }, (_, i) => {
    const key = i === 0 && first !== undefined ? first : makeKey('ec-p256');
    return writeCertificate(
      {
        serial: (0x100 + i).toString(16),
        issuer: clique,
        subject: clique,
        notBeforeMs: nowMs - 1000,
        notAfterMs: nowMs + 1000,
        subjectPublicKeyInfo: key.subjectPublicKeyInfo,
        extensions: [extensions.subjectKey(identifier), extensions.authorityKey(identifier)],
      },
      makeKey('ec-p256'),
    );
  });
}

describe('a file of a stranger', () => {
  test('buys a bounded number of verifications, however many certificates may have issued each other', () => {
    const cms = besOf(made);
    const stamps = Array.from({ length: 16 }, (_, i) => {
      const key = makeKey('ec-p256');
      const [own = cms, ...others] = cliqueOf(24, Uint8Array.of(1, 2, 3, i), key);
      const token = stampOf(cms, { key, digest: 'sha256', certificate: own });
      return rebuild(token, {
        body: (parts) => [...parts.slice(0, 3), element(0xa0, own, ...others), ...parts.slice(4)],
      });
    });
    const file = stamps.reduce((before, token) => unwrap(attachTimeStamp(before, token)), cms);
    const { suite, spent } = counting();
    const report = judgeStamped(file, made, { trust: { suite } });
    expect(report.timeStamps).toHaveLength(16);
    expect(report.verdict).not.toBe('VALID');
    // 16 stamps and a signer, 64 links among strangers, and one link at most of each certificate to a known authority.
    expect(spent.verified).toBeLessThan(17 + 64 + 40);
  });

  test('has its content hashed once for all signers', () => {
    const ca = makeCa();
    const large = new Uint8Array(200_000);
    const files = [1, 2, 3, 4].map(() => signBes(makeSigner(ca), { content: large }));
    const cms = files.reduce((a, b) => unwrap(joinSignatures(a, b)));
    const { suite, spent } = counting();
    const report = createVerifier(trustOf(ca, { suite })).verify({ cms, content: large, atMs: nowMs });
    expect([report.verdict, report.signers.length]).toEqual(['VALID', 4]);
    expect(spent.hashed).toBeLessThan(large.length + 20_000);
  });

  test('with more time-stamps than anybody makes, or a document in place of a signature, is too large', () => {
    const cms = signBes({ key: keys.signer, certificate: made.signer, serial: '4711' });
    const stamps = Array.from({ length: 17 }, () => ({}));
    const sixteen = stamped(cms, ...stamps.slice(1));
    expect(parseSignedData(sixteen).ok).toBe(true);
    const signerInfos = (body: readonly Uint8Array[]): readonly Uint8Array[] => {
      const signers = body.at(-1) ?? new Uint8Array(0);
      const one = signers.subarray(4);
      return [...body.slice(0, -1), element(tags.set, one, one, one)];
    };
    expect(parseSignedData(rebuild(sixteen, { body: signerInfos }))).toMatchObject({
      refusal: { code: 'cms-too-large' },
    });
    const long = rebuild(cms, { signer: (parts) => parts.with(5, octetString(new Uint8Array(5_000))) });
    expect(
      verifierFor(made, { trust: { timeStamping: stampTrust } }).verify({ cms: long, content, atMs: nowMs }),
    ).toMatchObject({ verdict: 'INVALID', reason: 'cms-too-large' });
  });
});

test('a verifier forgets certificates of strangers before they fill its memory', () => {
  const memory = createCertificateMemory(defaultSuite);
  const key = makeKey('ec-p256');
  const large = (serial: number): Uint8Array =>
    writeCertificate(
      {
        serial: serial.toString(16),
        issuer: clique,
        subject: clique,
        notBeforeMs: nowMs,
        notAfterMs: nowMs,
        subjectPublicKeyInfo: key.subjectPublicKeyInfo,
        extensions: [
          extensions.subjectKey(keyIdentifierOf(key.subjectPublicKeyInfo)),
          { oid: '1.2.3', isCritical: false, value: new Uint8Array(60_000) },
        ],
      },
      key,
    );
  const der = large(0x2000);
  const kept = memory.recall(der);
  expect(kept).toBeDefined();
  expect(memory.recall(der)).toBe(kept);
  for (let i = 0; i < 600; i += 1) memory.recall(large(0x3000 + i));
  // 36 MB later.
  expect(memory.recall(der)).not.toBe(kept);
});
