import type { RevocationList } from './revocation-list.ts';

/** The revocation lists at hand, by the key identifier of the authority that signed them. */
export type RevocationListStore = {
  readonly forAuthority: (keyIdentifier: string) => readonly RevocationList[];
};

/** Lists kept for one authority: the current one and a few for judging earlier times. */
const listsPerAuthorityMax = 64;

/**
 * Groups lists by authority, newest first. Lists without a key identifier cannot be placed and are left out, which makes the
 * answer "missing", never "good". A new store is made for each new set of lists: a store never changes.
 */
export function createRevocationListStore(lists: readonly RevocationList[]): RevocationListStore {
  const byAuthority = new Map<string, RevocationList[]>();
  const newestFirst = [...lists].sort((a, b) => b.thisUpdateMs - a.thisUpdateMs);
  for (const list of newestFirst) {
    if (list.authorityKeyIdentifier === undefined) continue;
    const group = byAuthority.get(list.authorityKeyIdentifier) ?? [];
    if (group.length < listsPerAuthorityMax) group.push(list);
    byAuthority.set(list.authorityKeyIdentifier, group);
  }
  return { forAuthority: (keyIdentifier) => byAuthority.get(keyIdentifier) ?? [] };
}
