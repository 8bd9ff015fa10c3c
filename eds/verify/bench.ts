import { equalBytes } from '../../core/kernel/index.ts';
import type { Certificate } from '../x509/index.ts';
import { createCertificateMemory, type CertificateMemory } from './certificate-memory.ts';
import { findPath, poolOf, type CertificatePool, type LinkBudget, type PathSearch } from './path.ts';
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

/** Certificates among which issuers are sought besides the known ones. None of them is trusted for being here. */
export type Carried = {
  /** Those of the file itself, read, without those that cannot be. */
  readonly certificates: readonly Certificate[];
  readonly isAllRead: boolean;
  /** These, and those that were at hand beside the file. */
  readonly atHand: readonly Certificate[];
  readonly budget: LinkBudget;
};

/** Links tried among known authorities in search of one path: each key identifier has one or two of them. */
const knownLinksMax = 32;
/** Links tried among the carried ones for one whole file: a stamped signature asks for some ten, and only where its authorities are not known. */
const carriedLinksMax = 64;

/** Reads the certificates of a file. `beside` are further ones at hand: of the file around it, with whom it shares a budget, or given with the request. */
export function readCarried(
  ders: readonly Uint8Array[],
  beside: { readonly atHand: readonly Certificate[]; readonly budget?: LinkBudget },
  bench: Bench,
): Carried {
  const certificates = ders.map((der) => bench.memory.recall(der)).filter((one) => one !== undefined);
  const { budget = { linksLeft: carriedLinksMax } } = beside;
  return {
    certificates,
    isAllRead: certificates.length === ders.length,
    atHand: [...certificates, ...beside.atHand],
    budget,
  };
}

/** A path through known authorities, remembered; else one through those that are carried, sought anew each time. */
export function pathOf(certificate: Certificate, carried: Carried | undefined, bench: Bench): PathSearch {
  const { known, knownPaths, knownList, isAnchor, memory } = bench;
  const search = (pool: CertificatePool, budget: LinkBudget): PathSearch =>
    findPath({ certificate, pool, isAnchor, memory, budget });
  const remembered = knownPaths.get(certificate) ?? search(known, { linksLeft: knownLinksMax });
  knownPaths.set(certificate, remembered);
  if (remembered.isFound || carried === undefined || carried.atHand.length < 2) return remembered;
  const others = carried.atHand.filter((one) => !bearsForeignIdentifier(one, known));
  const withCarried = search(poolOf([...knownList, ...others]), carried.budget);
  return withCarried.isFound ? withCarried : remembered;
}

/**
 * True where a certificate bears the key identifier of a known authority over another key. Roles and time-stamps are granted by key identifier, and
 * an identifier is what somebody wrote: no stranger may issue under that of an authority that the operator chose.
 */
function bearsForeignIdentifier({ extensions, subjectPublicKeyInfo }: Certificate, known: CertificatePool): boolean {
  const owners = known.get(extensions.subjectKeyIdentifier ?? '') ?? [];
  return owners.length > 0 && !owners.some((one) => equalBytes(one.subjectPublicKeyInfo, subjectPublicKeyInfo));
}

/**
 * Every certificate in a file must lead to an anchor. A signature does not cover the certificates beside it, so this is what keeps a file
 * with altered octets in one of them from being called VALID.
 */
export function areExplained(carried: Carried, bench: Bench): boolean {
  return carried.isAllRead && carried.certificates.every((one) => pathOf(one, carried, bench).isFound);
}
