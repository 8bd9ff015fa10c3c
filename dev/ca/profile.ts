import { nodeSuite } from '../../eds/algorithms/index.ts';
import { oids } from '../../eds/der/index.ts';
import { DEMO_POLICY_OID } from '../../eds/verify/index.ts';
import { carrierOid, nationalRoles, type KeyCarrier, type KeyUsage, type SignerRole } from '../../eds/x509/index.ts';
import { extensions, keyIdentifierOf, type NameParts, type WrittenExtension } from './certificate-writer.ts';

/** Policy of the national authority since 2022; it stands in test certificates so that their profile is the real one. */
const nationalPolicy = '1.2.398.3.3.2';

/** The person, and for employees the organisation, that a certificate is issued to. */
export type Holder = {
  readonly surname: string;
  readonly name: string;
  readonly patronymic?: string;
  /** Twelve digits. */
  readonly iin: string;
  readonly organisation?: { readonly name: string; readonly bin: string };
};

/** What the key is for: signing acts, signing in to other systems, or opening a journal's key slot. */
export type KeyPurpose = 'signing' | 'authentication' | 'decryption';

/** Subject of the national profile: givenName holds the patronymic, and the identity numbers have their prefixes. */
export function subjectParts(holder: Holder): NameParts {
  const { organisation } = holder;
  return [
    [oids.commonName, `${holder.surname} ${holder.name}`],
    [oids.surname, holder.surname],
    [oids.serialNumber, `IIN${holder.iin}`],
    [oids.country, 'KZ'],
    ...(organisation === undefined
      ? []
      : ([
          [oids.organisation, organisation.name],
          [oids.organisationalUnit, `BIN${organisation.bin}`],
        ] as const)),
    ...(holder.patronymic === undefined ? [] : ([[oids.givenName, holder.patronymic]] as const)),
  ];
}

const staffRoles = new Set<SignerRole>([
  'head',
  'signing-right',
  'financial-signing-right',
  'human-resources',
  'employee',
]);

/** Extended key usages of the national profile: the purpose, then the kind of person, then the roles. */
export function purposeOids(purpose: KeyPurpose, roles: readonly SignerRole[]): readonly string[] {
  const all = new Set<SignerRole>(roles.some((role) => staffRoles.has(role)) ? ['legal-entity', ...roles] : roles);
  const roleOids = [...all].map(roleOid);
  return [purpose === 'authentication' ? oids.clientAuthentication : oids.emailProtection, ...roleOids];
}

function roleOid(role: SignerRole): string {
  if (role === 'information-system') return '1.2.398.3.3.4.1.2.6';
  return Object.keys(nationalRoles).find((oid) => nationalRoles[oid] === role) ?? '';
}

function usagesOf(purpose: KeyPurpose, subjectPublicKeyInfo: Uint8Array): readonly KeyUsage[] {
  switch (purpose) {
    case 'signing':
      return ['digitalSignature', 'nonRepudiation'];
    case 'authentication':
      return ['digitalSignature', 'keyEncipherment'];
    case 'decryption':
      return [nodeSuite.loadKey(subjectPublicKeyInfo)?.family === 'rsa' ? 'keyEncipherment' : 'keyAgreement'];
  }
}

/** Certificate policies of this authority: a demonstration marks every certificate that it writes. */
export function policiesOf(isDemo: boolean): readonly string[] {
  return isDemo ? [nationalPolicy, DEMO_POLICY_OID] : [nationalPolicy];
}

export type HolderExtensions = {
  readonly subjectPublicKeyInfo: Uint8Array;
  readonly authorityKeyIdentifier: Uint8Array;
  readonly purpose: KeyPurpose;
  readonly roles: readonly SignerRole[];
  readonly carrier: KeyCarrier;
  readonly isDemo: boolean;
  readonly addresses: AuthorityAddresses;
};

/** Where the authority's services answer, as its certificates name them. */
export type AuthorityAddresses = { readonly crl: string; readonly deltaCrl?: string; readonly ocsp?: string };

/** Extensions of a holder's certificate in the national profile. */
export function holderExtensions(request: HolderExtensions): readonly WrittenExtension[] {
  const carrier = carrierOid(request.carrier);
  return [
    extensions.keyUsage(usagesOf(request.purpose, request.subjectPublicKeyInfo)),
    extensions.extendedKeyUsage(purposeOids(request.purpose, request.roles)),
    extensions.authorityKey(request.authorityKeyIdentifier),
    extensions.subjectKey(keyIdentifierOf(request.subjectPublicKeyInfo)),
    extensions.policies(policiesOf(request.isDemo)),
    ...addressExtensions(request.addresses),
    ...(carrier === undefined ? [] : [extensions.keyCarrier(carrier)]),
  ];
}

function addressExtensions({ crl, deltaCrl, ocsp }: AuthorityAddresses): readonly WrittenExtension[] {
  return [
    extensions.crlDistribution(crl),
    ...(deltaCrl === undefined ? [] : [extensions.freshestCrl(deltaCrl)]),
    ...(ocsp === undefined ? [] : [extensions.ocspAccess(ocsp)]),
  ];
}

/** What the authority's own services sign. */
export type ServicePurpose = 'ocsp' | 'time-stamps';

/** Extensions of the certificate of an OCSP responder (which is not revoked: ocsp-nocheck) or a time-stamping authority (critical purpose, RFC 3161 §2.3). */
export function serviceExtensions(
  purpose: ServicePurpose,
  keys: { readonly subjectPublicKeyInfo: Uint8Array; readonly authorityKeyIdentifier: Uint8Array },
  isDemo: boolean,
): readonly WrittenExtension[] {
  const isOcsp = purpose === 'ocsp';
  return [
    extensions.keyUsage(isOcsp ? ['digitalSignature'] : ['digitalSignature', 'nonRepudiation']),
    extensions.extendedKeyUsage([isOcsp ? oids.ocspSigning : oids.timeStamping], !isOcsp),
    ...(isOcsp ? [extensions.ocspNoCheck()] : []),
    extensions.authorityKey(keys.authorityKeyIdentifier),
    extensions.subjectKey(keyIdentifierOf(keys.subjectPublicKeyInfo)),
    extensions.policies(policiesOf(isDemo)),
  ];
}
