import { refuse, type Result } from '../../core/kernel/index.ts';
import {
  isRevocationListOf,
  parseRevocationList,
  type Certificate,
  type RevocationList,
  type TrustConfiguration,
} from '../../eds/index.ts';
import type { AuthorityClient, AuthorityRefusal } from './client.ts';

/**
 * Fetches a base or delta list that this authority signed. Refuses `crl-malformed`, `revocation-list-foreign` (another signer, or not the kind
 * that was asked for) and what the client does. Freshness is left to the verifier.
 */
export async function fetchRevocationList(
  client: AuthorityClient,
  wanted: { readonly kind: 'crl' | 'delta-crl'; readonly address: string; readonly authority: Certificate },
  trust: Pick<TrustConfiguration, 'algorithmPolicy' | 'suite'>,
): Promise<Result<RevocationList, AuthorityRefusal | 'crl-malformed' | 'revocation-list-foreign'>> {
  const answer = await client.call({ service: wanted.kind, address: wanted.address });
  if (!answer.ok) return answer;
  const list = parseRevocationList(answer.value);
  if (!list.ok) return list;
  const isWanted = (list.value.baseNumber !== undefined) === (wanted.kind === 'delta-crl');
  return isWanted && isRevocationListOf(list.value, wanted.authority, trust) ? list : refuse('revocation-list-foreign');
}
