import { createHash } from 'node:crypto';
import type { AlgorithmSuite, SignatureScheme, VerifyingKey } from '../algorithms/index.ts';
import { parseCertificate, type Certificate } from '../x509/index.ts';

/** Certificates remembered: an operator's staff and participants of a busy day; 10,000 take about 60 MB. */
const certificatesMax = 10_000;

/** Whether a certificate's signature was made by an issuer's key. */
export type Link = { readonly kind: 'right'; readonly schemeName: string } | { readonly kind: 'wrong' | 'unsupported' };

/**
 * What never changes about a certificate, worked out once: its parse, its key, and which issuer's key signed it. Nothing remembered depends on
 * time, revocation or policy. Keyed by SHA-256 of the whole certificate, so that two that differ in one bit share nothing.
 */
export type CertificateMemory = {
  readonly recall: (der: Uint8Array) => Certificate | undefined;
  readonly keyOf: (certificate: Certificate) => VerifyingKey | undefined;
  readonly link: (certificate: Certificate, issuer: Certificate) => Link;
};

/** Makes a memory of at most `certificatesMax` certificates, the oldest forgotten first. */
export function createCertificateMemory(suite: AlgorithmSuite): CertificateMemory {
  const certificates = new Map<string, Certificate>();
  const keys = new WeakMap<Certificate, { readonly key: VerifyingKey | undefined }>();
  const links = new WeakMap<Certificate, WeakMap<Certificate, Link>>();

  const recall = (der: Uint8Array): Certificate | undefined => {
    const sha256 = createHash('sha256').update(der).digest('hex');
    const known = certificates.get(sha256);
    if (known !== undefined) return known;
    const parsed = parseCertificate(der);
    if (!parsed.ok) return undefined;
    const [oldest] = certificates.keys();
    if (certificates.size >= certificatesMax && oldest !== undefined) certificates.delete(oldest);
    certificates.set(sha256, parsed.value);
    return parsed.value;
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

  return { recall, keyOf, link };
}

function linkBy(scheme: SignatureScheme | undefined, certificate: Certificate): Link {
  if (scheme === undefined) return { kind: 'unsupported' };
  const isRight = scheme.verify(certificate.signedPart, certificate.signature);
  return isRight ? { kind: 'right', schemeName: scheme.name } : { kind: 'wrong' };
}
