import type { RevocationList } from '../crl/index.ts';
import type { OcspResponse } from '../ocsp/index.ts';
import type { Certificate } from '../x509/index.ts';

/** What authorities said about revocation, at hand; nothing in it is believed before its signature is verified. */
export type RevocationStore = {
  /** Base and delta lists that claim to be of this authority, newest first. */
  readonly listsFor: (authorityKeyIdentifier: string) => readonly RevocationList[];
  /** OCSP responses that may be about this certificate, newest first. */
  readonly responsesFor: (certificate: Certificate, issuer: Certificate) => readonly OcspResponse[];
};

/** Lists kept for one authority: the current ones and a few for judging earlier times. */
const listsPerAuthorityMax = 64;
/**
 * Responses kept for one certificate. Those that say revoked are kept before the others, so that good ones cannot crowd them out. One asks every few minutes, and each that is not
 * remembered costs a verification.
 */
const responsesPerSerialMax = 16;

/**
 * Makes a store. Lists without a key identifier cannot be placed and are left out, which makes the answer "missing", never "good".
 * A new store is made for each new set: a store never changes.
 */
export function createRevocationStore(held: {
  readonly lists?: readonly RevocationList[];
  readonly responses?: readonly OcspResponse[];
}): RevocationStore {
  const { lists = [], responses = [] } = held;
  const newestLists = [...lists].sort((a, b) => b.thisUpdateMs - a.thisUpdateMs);
  const byAuthority = groupBy(newestLists, listsPerAuthorityMax, (list) =>
    list.authorityKeyIdentifier === undefined ? [] : [list.authorityKeyIdentifier],
  );
  const bySerial = groupBy([...responses].sort(accusersFirst), responsesPerSerialMax, (response) => [
    ...new Set(response.answers.map(({ id }) => id.serial)),
  ]);
  for (const group of bySerial.values()) group.sort((a, b) => b.producedAtMs - a.producedAtMs);
  return {
    listsFor: (keyIdentifier) => byAuthority.get(keyIdentifier) ?? [],
    responsesFor: (certificate) => bySerial.get(certificate.serial) ?? [],
  };
}

function accusersFirst(a: OcspResponse, b: OcspResponse): number {
  const weight = ({ answers }: OcspResponse): number => (answers.some(({ status }) => status !== 'good') ? 1 : 0);
  return weight(b) - weight(a) || b.producedAtMs - a.producedAtMs;
}

function groupBy<T>(items: readonly T[], groupMax: number, keysOf: (item: T) => readonly string[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    for (const key of keysOf(item)) {
      const group = groups.get(key) ?? [];
      if (group.length < groupMax) group.push(item);
      groups.set(key, group);
    }
  }
  return groups;
}
