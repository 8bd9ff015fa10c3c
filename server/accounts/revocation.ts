import * as z from 'zod';
import { platformId, profile, sha256Hex, timeMs } from '../../contracts/documents/index.ts';
import {
  defaultAlgorithmPolicy,
  isRevocationListOf,
  defaultSuite,
  type Certificate,
  type RevocationList,
} from '../../eds/index.ts';
import type { Row } from '../store/index.ts';

/** Authorities that publish for one platform; the national one has four. */
const authoritiesMax = 64;

const listedCrl = z.strictObject({
  /** Key identifier of the authority that signed it, lower-case hexadecimal. */
  authority: z.string().regex(/^(?:[0-9a-f]{2}){1,64}$/u),
  sha256: sha256Hex,
  thisUpdateMs: timeMs,
});

/** The newest revocation list of each authority: a leaf of the log, so that no list can be taken away in silence. */
export const revocationDocument = z.strictObject({
  form: z.literal('qorgan.revocation/1'),
  platform: platformId,
  profile,
  version: z.int().min(1),
  lists: z.array(listedCrl).max(authoritiesMax),
});

export type RevocationDocument = z.output<typeof revocationDocument>;
export type ListedCrl = z.output<typeof listedCrl>;

/** What counts, by authority. The time of a list decides and not the place of its document, so that two importers undo nothing. */
export function listedBy(documents: readonly RevocationDocument[]): ReadonlyMap<string, ListedCrl> {
  const listed = new Map<string, ListedCrl>();
  for (const { lists } of documents) {
    for (const one of lists) {
      const before = listed.get(one.authority);
      if (before === undefined || before.thisUpdateMs <= one.thisUpdateMs) listed.set(one.authority, one);
    }
  }
  return listed;
}

/** True where one of these authorities signed the list, and it is a whole one. */
export function isListOfAny(list: RevocationList, authorities: readonly Certificate[]): boolean {
  // Delta lists are no records of the log yet: the newest list of an authority counts there, and a delta would take its base's place.
  if (list.baseNumber !== undefined) return false;
  return authorities.some((authority) =>
    isRevocationListOf(list, authority, { algorithmPolicy: defaultAlgorithmPolicy, suite: defaultSuite }),
  );
}

/** The text of the next document, with this list in it; `undefined` where the one that counts is newer or the same. */
export function withList(options: {
  readonly before: RevocationDocument | undefined;
  readonly list: RevocationList;
  readonly platform: Pick<RevocationDocument, 'platform' | 'profile'>;
}): RevocationDocument | undefined {
  const { before, list, platform } = options;
  const authority = list.authorityKeyIdentifier ?? '';
  const listed = listedBy(before === undefined ? [] : [before]);
  const known = listed.get(authority);
  if (known !== undefined && (known.sha256 === list.sha256 || known.thisUpdateMs > list.thisUpdateMs)) return undefined;
  const { thisUpdateMs, sha256 } = list;
  const lists = [...listed.values()].filter((one) => one.authority !== authority);
  return revocationDocument.parse({
    form: 'qorgan.revocation/1',
    platform: platform.platform,
    profile: platform.profile,
    version: (before?.version ?? 0) + 1,
    lists: [...lists, { authority, sha256, thisUpdateMs }],
  });
}

/** Hashes of the lists that count. */
export function listedHashes(listed: ReadonlyMap<string, ListedCrl>): readonly string[] {
  return [...listed.values()].map(({ sha256 }) => sha256);
}

/** Rows that are listed and still what they were; what is missing answers nothing, which refuses. */
export function listsOf(
  listed: ReadonlyMap<string, ListedCrl>,
  rows: readonly Row<'revocation_list'>[],
  parse: (der: Uint8Array) => RevocationList | undefined,
): readonly RevocationList[] {
  const hashes = new Set(listedHashes(listed));
  return rows.flatMap(({ der }) => {
    const list = parse(der);
    return list !== undefined && hashes.has(list.sha256) ? [list] : [];
  });
}
