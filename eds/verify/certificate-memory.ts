import { createHash } from 'node:crypto';
import { toHex } from '../../core/kernel/index.ts';
import type { AlgorithmSuite, SignatureScheme, VerifyingKey } from '../algorithms/index.ts';
import { oids } from '../der/index.ts';
import { parseCertificate, type Certificate } from '../x509/index.ts';

/** Certificates remembered: an operator's staff and participants of a busy day; 10,000 take about 60 MB. */
const certificatesMax = 10_000;
/** Octets of them together: real ones have 1–2 kB, and a stranger may hand in as many as he likes of 64 kB each. */
const octetsMax = 32 * 1024 * 1024;

/** Whether a certificate's signature was made by an issuer's key. */
export type Link = { readonly kind: 'right'; readonly schemeName: string } | { readonly kind: 'wrong' | 'unsupported' };

/**
 * What never changes about a certificate, worked out once: its parse, its key, and which issuer's key signed it. Nothing remembered depends on
 * time, revocation or policy. Keyed by SHA-256 of the whole certificate, so that two that differ in one bit share nothing.
 */
export type CertificateMemory = {
  readonly recall: (der: Uint8Array) => Certificate | undefined;
  readonly keyOf: (certificate: Certificate) => VerifyingKey | undefined;
  /** Digest of the whole certificate, lower-case hexadecimal; `undefined` where the digest is not known. */
  readonly digestOf: (certificate: Certificate, digestOid: string) => string | undefined;
  readonly link: (certificate: Certificate, issuer: Certificate) => Link;
};

/** Makes a memory of at most `certificatesMax` certificates and `octetsMax` octets, the oldest forgotten first. */
export function createCertificateMemory(suite: AlgorithmSuite): CertificateMemory {
  const certificates = new Map<string, Certificate>();
  let octets = 0;
  const digests = new WeakMap<Certificate, Map<string, string>>();
  const keys = new WeakMap<Certificate, { readonly key: VerifyingKey | undefined }>();
  const links = new WeakMap<Certificate, WeakMap<Certificate, Link>>();

  const recall = (der: Uint8Array): Certificate | undefined => {
    const sha256 = createHash('sha256').update(der).digest('hex');
    const known = certificates.get(sha256);
    if (known !== undefined) return known;
    const parsed = parseCertificate(der);
    if (!parsed.ok) return undefined;
    certificates.set(sha256, parsed.value);
    octets += der.length;
    for (const [oldest, { der: forgotten }] of certificates) {
      if (certificates.size <= certificatesMax && octets <= octetsMax) break;
      certificates.delete(oldest);
      octets -= forgotten.length;
    }
    return parsed.value;
  };

  const digestOf = (certificate: Certificate, digestOid: string): string | undefined => {
    if (digestOid === oids.sha256) return certificate.sha256;
    const known = digests.get(certificate) ?? new Map<string, string>();
    digests.set(certificate, known);
    const before = known.get(digestOid);
    if (before !== undefined) return before;
    const digest = suite.digest(digestOid, certificate.der);
    if (digest !== undefined) known.set(digestOid, toHex(digest));
    return known.get(digestOid);
  };

  const keyOf = (certificate: Certificate): VerifyingKey | undefined => {
    const known = keys.get(certificate);
    if (known !== undefined) return known.key;
    const key = suite.loadKey(certificate.subjectPublicKeyInfo);
    keys.set(certificate, { key });
    return key;
  };

  const link = (certificate: Certificate, issuer: Certificate): Link => {
    const known = links.get(certificate)?.get(issuer);
    if (known !== undefined) return known;
    const scheme = keyOf(issuer)?.scheme(certificate.signatureAlgorithm, undefined);
    const found = linkBy(scheme, certificate);
    const byIssuer = links.get(certificate) ?? new WeakMap<Certificate, Link>();
    byIssuer.set(issuer, found);
    links.set(certificate, byIssuer);
    return found;
  };

  return { recall, keyOf, digestOf, link };
}

function linkBy(scheme: SignatureScheme | undefined, certificate: Certificate): Link {
  if (scheme === undefined) return { kind: 'unsupported' };
  const isRight = scheme.verify(certificate.signedPart, certificate.signature);
  return isRight ? { kind: 'right', schemeName: scheme.name } : { kind: 'wrong' };
}
