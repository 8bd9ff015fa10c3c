import type { Certificate, OcspResponse, RevocationList } from '../../eds/index.ts';

/** A certificate and the authority that issued it. */
export type IssuedPair = { readonly certificate: Certificate; readonly issuer: Certificate };

/**
 * What authorities said beyond the lists that the log names: delta lists and OCSP responses, in memory. No leaf names them, so they can only refuse
 * what those lists accept (docs/decisions/0007).
 */
export type LiveAnswers = {
  /** The newest delta list of each authority. */
  readonly lists: () => readonly RevocationList[];
  readonly responses: () => readonly OcspResponse[];
  /** Another number whenever one of them has changed. */
  readonly edition: () => number;
  /** Remembers the certificates of a path, from the signer to the anchor, as in use: their responders are asked from now on. */
  readonly note: (path: readonly Certificate[]) => void;
  /** A certificate in use, as revocation lists name it. */
  readonly certificateOf: (named: { readonly authority: string; readonly serial: string }) => Certificate | undefined;
};

/** `LiveAnswers` with its inner side: what the rounds of questions put in. */
export type LiveMemory = LiveAnswers & {
  readonly takeList: (authority: string, list: RevocationList) => void;
  readonly changed: () => void;
  readonly pairs: () => readonly IssuedPair[];
};

/** Certificates in use that are remembered: those of a large staff and its authorities. The one that was not seen for longest is forgotten first. */
const pairsMax = 4_096;

/** `onNoted` is told of each certificate that was not known before. */
export function createLiveMemory(
  responses: () => readonly OcspResponse[],
  onNoted: (pair: IssuedPair) => void,
): LiveMemory {
  const lists = new Map<string, RevocationList>();
  const pairs = new Map<string, IssuedPair>();
  let edition = 0;
  const noteOne = (pair: IssuedPair): void => {
    const key = `${pair.issuer.extensions.subjectKeyIdentifier ?? ''} ${pair.certificate.serial}`;
    const known = pairs.get(key);
    pairs.delete(key);
    const [oldest] = pairs.keys();
    if (pairs.size >= pairsMax && oldest !== undefined) pairs.delete(oldest);
    pairs.set(key, pair);
    if (known?.certificate.sha256 !== pair.certificate.sha256) onNoted(pair);
  };
  return {
    lists: () => [...lists.values()],
    responses,
    edition: () => edition,
    note: (path) => {
      for (const [depth, certificate] of path.entries()) {
        const issuer = path[depth + 1];
        if (issuer !== undefined) noteOne({ certificate, issuer });
      }
    },
    certificateOf: ({ authority, serial }) => pairs.get(`${authority} ${serial}`)?.certificate,
    takeList: (authority, list) => {
      const before = lists.get(authority);
      if (before !== undefined && before.thisUpdateMs >= list.thisUpdateMs) return;
      lists.set(authority, list);
      edition += 1;
    },
    changed: () => {
      edition += 1;
    },
    pairs: () => [...pairs.values()],
  };
}
