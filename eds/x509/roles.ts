import type { Certificate } from './certificate.ts';

/** What an authority says that the holder may do for whom; the `identified-…` say how it made sure who the holder is. */
export type SignerRole =
  | 'individual'
  | 'legal-entity'
  | 'head'
  | 'signing-right'
  | 'financial-signing-right'
  | 'human-resources'
  | 'employee'
  | 'information-system'
  | 'authority-administrator'
  | 'authority-manager'
  | 'authority-operator'
  | 'identified-at-service-centre'
  | 'identified-remotely'
  | 'identified-by-digital-id'
  | 'identified-by-ai-platform';

/** Extended key usage OID → role. A key that ends in `.*` stands for the OID and everything below it. */
export type RoleMap = Readonly<Record<string, SignerRole>>;

/** Roles of the national authority (register of OIDs of Kazakhstan, arc 1.2.398.3.3.4). */
export const nationalRoles: RoleMap = {
  '1.2.398.3.3.4.1.1': 'individual',
  '1.2.398.3.3.4.1.1.1': 'information-system',
  '1.2.398.3.3.4.1.2': 'legal-entity',
  '1.2.398.3.3.4.1.2.1': 'head',
  '1.2.398.3.3.4.1.2.2': 'signing-right',
  '1.2.398.3.3.4.1.2.3': 'financial-signing-right',
  '1.2.398.3.3.4.1.2.4': 'human-resources',
  '1.2.398.3.3.4.1.2.5': 'employee',
  '1.2.398.3.3.4.1.2.6.*': 'information-system',
  '1.2.398.3.3.4.2.1': 'authority-administrator',
  '1.2.398.3.3.4.2.2': 'authority-manager',
  '1.2.398.3.3.4.2.3': 'authority-operator',
  '1.2.398.3.3.4.3.1': 'identified-at-service-centre',
  '1.2.398.3.3.4.3.2': 'identified-remotely',
  '1.2.398.3.3.4.3.2.1': 'identified-by-digital-id',
  '1.2.398.3.3.4.3.2.2': 'identified-by-ai-platform',
};

/** Roles of the accredited authority of BTS Digital (arc 1.2.398.3.17.3). */
export const btsDigitalRoles: RoleMap = {
  '1.2.398.3.17.3.1': 'individual',
  '1.2.398.3.17.3.2': 'legal-entity',
  '1.2.398.3.17.3.3': 'head',
  '1.2.398.3.17.3.4': 'signing-right',
  '1.2.398.3.17.3.5': 'financial-signing-right',
  '1.2.398.3.17.3.6': 'human-resources',
  '1.2.398.3.17.3.7': 'employee',
};

/** Roles that a certificate claims in the language of one authority; whether that authority issued it is the caller's question. */
export function rolesOf(certificate: Certificate, map: RoleMap): readonly SignerRole[] {
  const roles = new Set<SignerRole>();
  for (const oid of certificate.extensions.extendedKeyUsage ?? []) {
    const role = map[oid] ?? map[`${oid}.*`] ?? map[`${oid.slice(0, oid.lastIndexOf('.'))}.*`];
    if (role !== undefined) roles.add(role);
  }
  return [...roles];
}

/** Where a private key lives, by the authority's own statement (extension 1.2.398.3.3.5). */
export type KeyCarrier =
  | 'file-pkcs12'
  | 'file-jks'
  | 'identity-card'
  | 'kaztoken'
  | 'etoken-java'
  | 'etoken-5110'
  | 'jacarta'
  | 'akey'
  | 'sim'
  | 'cloud'
  | 'unknown';

const carriers: Readonly<Record<string, KeyCarrier>> = {
  '1.2.398.3.3.5.1.1': 'file-pkcs12',
  '1.2.398.3.3.5.1.2': 'file-jks',
  '1.2.398.3.3.5.2.1': 'identity-card',
  '1.2.398.3.3.5.2.2': 'kaztoken',
  '1.2.398.3.3.5.2.3': 'etoken-java',
  '1.2.398.3.3.5.2.4': 'etoken-5110',
  '1.2.398.3.3.5.2.5': 'jacarta',
  '1.2.398.3.3.5.2.6': 'akey',
  '1.2.398.3.3.5.2.7': 'sim',
  '1.2.398.3.3.5.3.1': 'cloud',
};

/** Carriers on which the key was made in hardware that does not give it out. */
export const hardwareCarriers: readonly KeyCarrier[] = [
  'identity-card',
  'kaztoken',
  'etoken-java',
  'etoken-5110',
  'jacarta',
  'akey',
  'sim',
];

/** The carrier that a certificate states; `unknown` where it states none or one that is not in the register. */
export function carrierOf(certificate: Certificate): KeyCarrier {
  const { keyCarrier } = certificate.extensions;
  return (keyCarrier === undefined ? undefined : carriers[keyCarrier]) ?? 'unknown';
}

/** The OID of a carrier, for those who write certificates. */
export function carrierOid(carrier: KeyCarrier): string | undefined {
  return Object.keys(carriers).find((oid) => carriers[oid] === carrier);
}

/**
 * The cards that these OIDs name, as a policy lists them; every one where it lists none. A key in a file or at a service is no card, whatever a
 * policy says, and OIDs of no known carrier name none.
 */
export function cardsNamed(named: readonly string[]): readonly KeyCarrier[] {
  if (named.length === 0) return hardwareCarriers;
  return named.flatMap((oid) => carriers[oid] ?? []).filter((carrier) => hardwareCarriers.includes(carrier));
}
