import { createHash } from 'node:crypto';
import { canonicalize, type Json } from '../../core/kernel/index.ts';
import type { AlgorithmPolicy } from '../algorithms/index.ts';
import type { TrustConfiguration } from '../verify/index.ts';

/**
 * Trust without what an evidence pack brings itself: what was said about revocation, and the authorities between. Those that the pack brings are only searched
 * through: the windows of the algorithm policy open for `intermediates` of the reader's own alone. Nobody is excused from revocation.
 */
export type EvidenceTrust = Omit<TrustConfiguration, 'intermediates' | 'revocation' | 'authorityRevocation'> &
  Partial<Pick<TrustConfiguration, 'intermediates'>>;

/** The algorithm policy as it stands in a pack. */
export function policyDocument(policy: AlgorithmPolicy): Json {
  const entry = ({ acceptedUntilMs, ...rest }: AlgorithmPolicy['schemes'][number]): Json =>
    acceptedUntilMs === undefined ? { ...rest } : { ...rest, acceptedUntilMs };
  const { name, keys, schemes, digests } = policy;
  return { name, keys: keys.map(entry), schemes: schemes.map(entry), digests: digests.map(entry) };
}

/**
 * SHA-256, lower-case hexadecimal, of the canonical text of all rules of a trust configuration: everything but certificates and the code of the
 * suite. Lists that are sets are sorted, so that two configurations with the same rules have one hash.
 */
export function trustRulesHash(trust: EvidenceTrust): string {
  const rules: Json = {
    form: 'qorgan.trust-rules/1',
    algorithmPolicy: policyDocument(trust.algorithmPolicy),
    roleMappings: trust.roleMappings.map(({ issuers, roles }) => ({ issuers: sortedOrAny(issuers), roles })),
    purposes: { accepted: sorted(trust.purposes.accepted), refused: sorted(trust.purposes.refused) },
    refusedPolicies: sorted(trust.refusedPolicies),
    carriers: trust.carriers === undefined ? null : sorted(trust.carriers),
    timeStamping: timeStampRules(trust.timeStamping),
    ocspAgeMaxMs: trust.ocspAgeMaxMs ?? null,
  };
  return createHash('sha256').update(canonicalize(rules)).digest('hex');
}

function timeStampRules(rules: EvidenceTrust['timeStamping']): Json {
  if (rules === undefined) return null;
  const { policies, issuers, revocation } = rules;
  return { policies: sorted(policies), issuers: sortedOrAny(issuers), revocation };
}

function sorted(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}

function sortedOrAny(names: 'any' | readonly string[]): Json {
  return names === 'any' ? names : sorted(names);
}
