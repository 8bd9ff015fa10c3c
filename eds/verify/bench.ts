import type { Certificate } from '../x509/index.ts';
import { createCertificateMemory, type CertificateMemory } from './certificate-memory.ts';
import { findPath, poolOf, type CertificatePool, type PathSearch } from './path.ts';
import { createRevocationJudge, type RevocationJudge } from './revocation.ts';
import type { TrustConfiguration } from './trust.ts';

/** Everything that one verifier works with: trust, and what cannot change and is remembered. */
export type Bench = {
  readonly trust: TrustConfiguration;
  readonly memory: CertificateMemory;
  readonly known: CertificatePool;
  readonly knownList: readonly Certificate[];
  readonly isAnchor: (certificate: Certificate) => boolean;
  /** True for certificates of the trust configuration: the operator put them there, whatever weak hand signed them. */
  readonly isKnown: (certificate: Certificate) => boolean;
  readonly judgeRevocation: RevocationJudge;
  readonly knownPaths: WeakMap<Certificate, PathSearch>;
};

export function createBench(trust: TrustConfiguration): Bench {
  const memory = createCertificateMemory(trust.suite);
  const anchors = new Set(trust.anchors.map((anchor) => anchor.sha256));
  // One object for each certificate, since the memories below are keyed by it.
  const knownList = [...trust.anchors, ...trust.intermediates].map((one) => memory.recall(one.der) ?? one);
  const known = new Set(knownList.map((one) => one.sha256));
  return {
    trust,
    memory,
    known: poolOf(knownList),
    knownList,
    isAnchor: (certificate) => anchors.has(certificate.sha256),
    isKnown: (certificate) => known.has(certificate.sha256),
    judgeRevocation: createRevocationJudge(trust, memory),
    knownPaths: new WeakMap(),
  };
}

/** Certificates that a file carries, read, without those that cannot be. */
export type Carried = { readonly certificates: readonly Certificate[]; readonly isAllRead: boolean };

export function readCarried(ders: readonly Uint8Array[], bench: Bench): Carried {
  const certificates = ders.map((der) => bench.memory.recall(der)).filter((one) => one !== undefined);
  return { certificates, isAllRead: certificates.length === ders.length };
}

/** A path through known authorities, remembered; else one through those that the file carries, sought anew each time. */
export function pathOf(certificate: Certificate, carried: readonly Certificate[], bench: Bench): PathSearch {
  const { known, knownPaths, knownList, isAnchor, memory } = bench;
  const search = (pool: CertificatePool): PathSearch => findPath({ certificate, pool, isAnchor, memory });
  const remembered = knownPaths.get(certificate) ?? search(known);
  knownPaths.set(certificate, remembered);
  if (remembered.isFound || carried.length < 2) return remembered;
  const withCarried = search(poolOf([...knownList, ...carried]));
  return withCarried.isFound ? withCarried : remembered;
}

/**
 * Every certificate in a file must lead to an anchor. A signature does not cover the certificates beside it, so this is what keeps a file
 * with altered octets in one of them from being called VALID.
 */
export function areExplained(
  { certificates, isAllRead }: Carried,
  path: readonly Certificate[],
  bench: Bench,
): boolean {
  const isExplained = (one: Certificate): boolean => path.includes(one) || pathOf(one, certificates, bench).isFound;
  return isAllRead && certificates.every(isExplained);
}
