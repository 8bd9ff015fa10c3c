import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFiles } from '../../core/log-package/index.ts';
import {
  createRevocationStore,
  createVerifier,
  defaultAlgorithmPolicy,
  defaultSuite,
  nationalPurposes,
  nationalRoleMappings,
  parseCertificate,
  parseRevocationList,
  sha256Hex,
  type Certificate,
  type RevocationList,
  type Verifier,
  type VerificationReport,
} from '../../eds/index.ts';

/** Sets of revocation lists that are kept ready; acts of one day stand on one set. */
const setsMax = 8;

/** Judges card signatures by what the package carries and by the authorities that the reader trusts, as of the time of acceptance. */
export type SignatureJudge = {
  /** `undefined` where a list that the validation names is not in the package. */
  readonly judge: (signed: {
    readonly cms: Uint8Array;
    readonly content: Uint8Array;
    readonly atMs: number;
    readonly lists: readonly string[];
  }) => VerificationReport | undefined;
};

function certificatesIn(folder: string): readonly Certificate[] {
  const path = join(folder, packageFiles.certificates);
  if (!existsSync(path)) return [];
  return readdirSync(path).flatMap((name) => {
    const parsed = parseCertificate(readFileSync(join(path, name)));
    return parsed.ok && name === `${parsed.value.sha256}.cer` ? [parsed.value] : [];
  });
}

function readList(folder: string, hash: string): RevocationList | undefined {
  const path = join(folder, packageFiles.lists, `${hash}.crl`);
  if (!existsSync(path)) return undefined;
  const bytes = readFileSync(path);
  const parsed = parseRevocationList(bytes);
  return parsed.ok && sha256Hex(bytes) === hash ? parsed.value : undefined;
}

/** `isAnchor` chooses among the package's certificates where the reader brought none of his own. */
export function createJudge(
  folder: string,
  trusted: readonly Certificate[],
  isAnchor: (hash: string) => boolean,
): SignatureJudge {
  const carried = certificatesIn(folder);
  const anchors = trusted.length > 0 ? trusted : carried.filter(({ sha256 }) => isAnchor(sha256));
  const intermediates = carried.filter(({ sha256 }) => !anchors.some((anchor) => anchor.sha256 === sha256));
  const verifiers = new Map<string, Verifier>();

  function verifierFor(hashes: readonly string[]): Verifier | undefined {
    const name = hashes.join(',');
    const known = verifiers.get(name);
    if (known !== undefined) return known;
    const lists = hashes.map((hash) => readList(folder, hash));
    if (lists.some((list) => list === undefined)) return undefined;
    const store = createRevocationStore({ lists: lists.filter((list) => list !== undefined) });
    const verifier = createVerifier({
      anchors,
      intermediates,
      algorithmPolicy: defaultAlgorithmPolicy,
      suite: defaultSuite,
      roleMappings: nationalRoleMappings,
      purposes: nationalPurposes,
      refusedPolicies: [],
      revocation: () => store,
    });
    if (verifiers.size >= setsMax) verifiers.clear();
    verifiers.set(name, verifier);
    return verifier;
  }

  return {
    judge: ({ cms, content, atMs, lists }) =>
      verifierFor(lists)?.verify({ cms, content, atMs, referenceTime: 'given' }),
  };
}
