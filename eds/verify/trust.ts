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
  /** The revocation lists and OCSP responses at hand, asked anew at each verification, so that a fresh one is used from the moment it is stored. */
  readonly revocation: () => RevocationStore;
  /** How long an OCSP response without nextUpdate speaks after its thisUpdate; absent, such a response never says good. */
  readonly ocspAgeMaxMs?: number;
};

/** Purposes of the national profile: signing keys carry emailProtection; keys of notaries and of the treasury client are for their own systems only. */
export const nationalPurposes: TrustConfiguration['purposes'] = {
  accepted: [oids.emailProtection],
  refused: ['1.2.398.6.1.1.1.1', '1.2.398.5.19.1.2.2.1'],
};

/** Roles as the national authority writes them, granted by any authority that leads to an anchor: right where all anchors belong to that authority. */
export const nationalRoleMappings: readonly RoleMapping[] = [{ issuers: 'any', roles: nationalRoles }];
