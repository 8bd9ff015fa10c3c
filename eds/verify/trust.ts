import type { AlgorithmPolicy, AlgorithmSuite } from '../algorithms/index.ts';
import { oids } from '../der/index.ts';
import { nationalRoles, type Certificate, type KeyCarrier, type RoleMap } from '../x509/index.ts';
import type { RevocationStore } from './revocation-store.ts';

/**
 * Mark of certificates that a demonstration authority issues (certificate policy, arc 2.25 of a random UUID). Configurations for production
 * name it in `refusedPolicies`.
 */
export const DEMO_POLICY_OID = '2.25.218162534375684018512403234353362700272';

/** Which roles extended key usages mean, for certificates of which authorities. */
export type RoleMapping = {
  /** Key identifiers (lower-case hexadecimal) of the issuing authorities that may grant these roles, or any that leads to an anchor. */
  readonly issuers: 'any' | readonly string[];
  readonly roles: RoleMap;
};

/** Whose time-stamps are believed. The authority's own chain must lead to one of the `anchors`, like a signer's. */
export type TimeStampTrust = {
  /** OIDs of time-stamping policies (TSTInfo.policy) that are accepted. */
  readonly policies: readonly string[];
  /** Key identifiers (lower-case hexadecimal) of the authorities that may certify a time-stamping authority, or any that leads to an anchor. */
  readonly issuers: 'any' | readonly string[];
  /**
   * A time-stamping authority that is known to be revoked never counts. `required`: one of which nothing is known does not count either.
   * `if-known`: it counts where all authorities above it are `anchors` or `intermediates`, and the report says that nothing was known; for those who put
   * them into their trust by hand.
   */
  readonly revocation: 'required' | 'if-known';
};

/** What the operator decided to trust. All of it is data; nothing is built in and nothing is fetched. */
export type TrustConfiguration = {
  /** Where a path may end. Trusted by being here: their own signatures are not looked at. */
  readonly anchors: readonly Certificate[];
  /** Authorities between anchors and signers, known beforehand; not trusted by themselves. */
  readonly intermediates: readonly Certificate[];
  readonly algorithmPolicy: AlgorithmPolicy;
  readonly suite: AlgorithmSuite;
  readonly roleMappings: readonly RoleMapping[];
  /** A signer needs one of `accepted` among its extended key usages and none of `refused`. */
  readonly purposes: { readonly accepted: readonly string[]; readonly refused: readonly string[] };
  /** Certificate policies that no certificate of a path may carry. */
  readonly refusedPolicies: readonly string[];
  /** Carriers of private keys that are accepted; absent when the carrier does not matter. */
  readonly carriers?: readonly KeyCarrier[];
  /** Whose time-stamps are believed; absent when nobody's are: then a file that carries one is INDETERMINATE. */
  readonly timeStamping?: TimeStampTrust;
  /** The revocation lists and OCSP responses at hand, asked anew at each verification, so that a fresh one is used from the moment it is stored. */
  readonly revocation: () => RevocationStore;
  /**
   * What must be known about the revocation of `intermediates`. `required` (default): as much as about a signer. `if-known`: one about which nothing current is known
   * counts, and the stage says so (that it is unknown to its issuer is not nothing); for those who put these authorities into their trust by hand and can take them out again.
   */
  readonly authorityRevocation?: 'required' | 'if-known';
  /** How long an OCSP response without nextUpdate speaks after its thisUpdate; absent, such a response never says good. */
  readonly ocspAgeMaxMs?: number;
};

/**
 * Purposes of the national profile: signing keys of people carry emailProtection, those of information systems their own mark and no person; keys of
 * notaries and of the treasury client are for their own systems only.
 */
export const nationalPurposes: TrustConfiguration['purposes'] = {
  accepted: [oids.emailProtection, '1.2.398.3.3.4.1.2.6', '1.2.398.3.3.4.1.1.1'],
  refused: ['1.2.398.6.1.1.1.1', '1.2.398.5.19.1.2.2.1'],
};

/** Time-stamping policies of the national authority: for GOST 34.310-2004, RSA with SHA-256, GOST by a certified module, GOST 34.10-2015. */
export const nationalTimeStampPolicies: readonly string[] = [
  '1.2.398.3.3.2.6.1',
  '1.2.398.3.3.2.6.2',
  '1.2.398.3.3.2.6.3',
  '1.2.398.3.3.2.6.4',
];

/** Roles as the national authority writes them, granted by any authority that leads to an anchor: right where all anchors belong to that authority. */
export const nationalRoleMappings: readonly RoleMapping[] = [{ issuers: 'any', roles: nationalRoles }];
