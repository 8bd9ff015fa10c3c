import { parseBin, parseIin } from '../../core/kernel/index.ts';
import { carrierOf, rolesOf, type Certificate, type SignerRole } from '../x509/index.ts';
import type { NumberCheck, SignerReport } from './report.ts';
import { stageOf, type Stage } from './reasons.ts';
import type { TrustConfiguration } from './trust.ts';

/** The roles that the certificate's authority may grant and did, by the operator's mappings. */
export function rolesUnder(certificate: Certificate, trust: TrustConfiguration): readonly SignerRole[] {
  const authority = certificate.extensions.authorityKeyIdentifier;
  const roles = trust.roleMappings
    .filter(({ issuers }) => issuers === 'any' || (authority !== undefined && issuers.includes(authority)))
    .flatMap((mapping) => rolesOf(certificate, mapping.roles));
  return [...new Set(roles)];
}

/** One of the demanded roles must be held; an empty or absent demand passes. */
export function judgeRole(held: readonly SignerRole[], demanded: readonly SignerRole[] | undefined): Stage {
  if (demanded === undefined || demanded.length === 0) return stageOf('role-not-demanded');
  return stageOf(demanded.some((role) => held.includes(role)) ? 'role-held' : 'role-missing');
}

/** Judges the carrier of the private key, as the authority stated it, by the operator's list. */
export function judgeCarrier(certificate: Certificate, trust: TrustConfiguration): Stage {
  if (trust.carriers === undefined) return stageOf('carrier-not-demanded');
  const carrier = carrierOf(certificate);
  if (carrier === 'unknown') return stageOf('carrier-unknown');
  return stageOf(trust.carriers.includes(carrier) ? 'carrier-allowed' : 'carrier-refused');
}

/** What a certificate says about its holder. */
export function describeHolder(
  certificate: Certificate,
  trust: TrustConfiguration,
  signature: { readonly algorithm: string | undefined; readonly claimedAtMs: number | undefined },
): SignerReport {
  const { subject, extensions } = certificate;
  return {
    commonName: subject.commonName,
    surname: subject.surname,
    givenName: subject.givenName,
    organisation: subject.organisation,
    iin: subject.iin,
    iinCheck: checkNumber(subject.iin, parseIin),
    bin: subject.bin,
    binCheck: checkNumber(subject.bin, parseBin),
    roles: rolesUnder(certificate, trust),
    carrier: carrierOf(certificate),
    policies: extensions.policies ?? [],
    certificateSha256: certificate.sha256,
    serial: certificate.serial,
    issuerName: certificate.issuer.attributes.find((one) => one.oid === '2.5.4.3')?.value,
    notBeforeMs: certificate.notBeforeMs,
    notAfterMs: certificate.notAfterMs,
    algorithm: signature.algorithm,
    claimedAtMs: signature.claimedAtMs,
  };
}

function checkNumber(written: string | undefined, parse: (text: string) => { readonly ok: boolean }): NumberCheck {
  if (written === undefined) return 'absent';
  return parse(written).ok ? 'right' : 'wrong';
}
