import type { Certificate } from '../x509/index.ts';
import type { CertificateMemory } from './certificate-memory.ts';
import { stageOf, type Stage } from './reasons.ts';

/** Longest path from a signer to an anchor. The national hierarchy needs three. */
const pathMax = 6;
/** Signatures that may be verified in search of paths, so that crafted certificates cannot buy a long search. */
export type LinkBudget = { linksLeft: number };

/** Certificates by subject key identifier, those known beforehand first. */
export type CertificatePool = ReadonlyMap<string, readonly Certificate[]>;

/** A path from a certificate up to an anchor, both included; or why there is none. */
export type PathSearch =
  | { readonly isFound: true; readonly path: readonly Certificate[] }
  | { readonly isFound: false; readonly why: Stage };

/** Groups certificates by their own key identifier; those without one cannot be issuers here. */
export function poolOf(certificates: readonly Certificate[]): CertificatePool {
  const pool = new Map<string, Certificate[]>();
  for (const certificate of certificates) {
    const identifier = certificate.extensions.subjectKeyIdentifier;
    if (identifier === undefined) continue;
    const group = pool.get(identifier) ?? [];
    if (!group.some((other) => other.sha256 === certificate.sha256)) group.push(certificate);
    pool.set(identifier, group);
  }
  return pool;
}

export type PathRequest = {
  readonly certificate: Certificate;
  readonly pool: CertificatePool;
  readonly isAnchor: (certificate: Certificate) => boolean;
  readonly memory: CertificateMemory;
  readonly budget: LinkBudget;
};

/**
 * Finds a path by key identifiers and signatures. Names are never used to choose: the national roots of 2015 and 2020 share theirs.
 * Judges nothing but that each certificate was signed by the key of the next.
 */
export function findPath(request: PathRequest): PathSearch {
  return extend([request.certificate], request);
}

function extend(path: readonly Certificate[], request: PathRequest): PathSearch {
  const { budget } = request;
  const last = path[path.length - 1] ?? request.certificate;
  if (request.isAnchor(last)) return { isFound: true, path };
  if (path.length === pathMax) return none('path-too-long');
  const identifier = last.extensions.authorityKeyIdentifier;
  if (identifier === undefined) return none('key-identifier-missing');
  let why: PathSearch = none('issuer-unknown');
  for (const issuer of request.pool.get(identifier) ?? []) {
    if (path.includes(issuer)) continue;
    if (budget.linksLeft === 0) return none('path-too-long');
    budget.linksLeft -= 1;
    const link = request.memory.link(last, issuer);
    if (link.kind !== 'right') {
      why = none(link.kind === 'wrong' ? 'certificate-signature-wrong' : 'certificate-algorithm-unsupported');
      continue;
    }
    const further = extend([...path, issuer], request);
    if (further.isFound) return further;
    why = further;
  }
  return why;
}

function none(reason: Parameters<typeof stageOf>[0]): PathSearch {
  return { isFound: false, why: stageOf(reason) };
}
