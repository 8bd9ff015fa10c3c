import {
  defaultAlgorithmPolicy,
  defaultSuite,
  nationalPurposes,
  nationalRoleMappings,
  nationalTimeStampPolicies,
  type TrustConfiguration,
} from '../../eds/index.ts';
import { certificateOf, storeOf } from '../eds/world.ts';
import type { Authority } from './world-form.ts';

/** The trust of a verifier in one authority of the world. */
export function trustIn(authority: Authority): TrustConfiguration {
  const store = storeOf(authority.lists, authority.responses);
  return {
    anchors: authority.anchors.map(certificateOf),
    intermediates: authority.intermediates.map(certificateOf),
    algorithmPolicy: defaultAlgorithmPolicy,
    suite: defaultSuite,
    roleMappings: nationalRoleMappings,
    purposes: nationalPurposes,
    refusedPolicies: [],
    timeStamping: { policies: nationalTimeStampPolicies, issuers: 'any', revocation: authority.stampRevocation },
    revocation: () => store,
  };
}
