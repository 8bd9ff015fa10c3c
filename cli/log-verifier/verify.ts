import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromBase64 } from '../../core/kernel/index.ts';
import { formatNoteKey, logOrigin, noteKeyTypes, parseNoteKey, type KeyRotation } from '../../core/log/index.ts';
import {
  keyChangePath,
  keyChangesMax,
  packageFiles,
  parseManifest,
  pinsOfChain,
  type ReadManifest,
} from '../../core/log-package/index.ts';
import { sha256, sha256Hex, verifyEd25519 } from '../../eds/index.ts';
import type { PlatformId } from '../../core/kernel/index.ts';
import { createDocuments } from './documents.ts';
import { checkEntries, type EntryChecks, type EntryCounts } from './entries.ts';
import { createFindings, type Findings } from './findings.ts';
import { checkHeads } from './heads.ts';
import { checkMedia, type NamedMedia } from './media.ts';
import { Rights } from './rights.ts';
import { createJudge } from './signatures.ts';
import { checkSums } from './sums.ts';
import { canVerifyMlDsa, readTrust, type ReaderTrust } from './trust.ts';

/** What the reader would have to bring for the package to be judged wholly. */
export const missingTrusts = ['log-key', 'platform-key', 'anchors', 'trust-unreadable'] as const;
export type MissingTrust = (typeof missingTrusts)[number];

export type PackageReport = {
  readonly verdict: 'good' | 'bad' | 'cannot-tell';
  readonly findings: Findings;
  readonly missing: readonly MissingTrust[];
  readonly manifest: ReadManifest | undefined;
  readonly files: number;
  readonly range: EntryCounts | undefined;
  readonly context: EntryCounts | undefined;
  /** Pieces of evidence that are in the package, sealed or in the clear. */
  readonly media: number | undefined;
  readonly witnessedSize: number | undefined;
  readonly hasWitnessPolicy: boolean;
  /** False where ML-DSA-44 cosignatures cannot be judged by this version of Node. */
  readonly judgesMlDsa: boolean;
  /** What the package names, for the reader to compare with what he was told elsewhere. */
  readonly named:
    | { readonly logKey: string; readonly platformKey: string; readonly anchors: readonly string[] }
    | undefined;
};

function missingOf(trust: ReaderTrust): readonly MissingTrust[] {
  const missing: MissingTrust[] = [];
  if (trust.logKey === undefined) missing.push('log-key');
  if (trust.platformKey === undefined) missing.push('platform-key');
  if (trust.anchors.length === 0) missing.push('anchors');
  if (trust.unreadable.length > 0) missing.push('trust-unreadable');
  return missing;
}

function readManifest(folder: string, { find }: Findings): ReadManifest | undefined {
  const path = join(folder, packageFiles.manifest);
  const parsed = existsSync(path) ? parseManifest(readFileSync(path, 'utf8')) : undefined;
  if (parsed?.ok !== true) {
    find('manifest-malformed', packageFiles.manifest);
    return undefined;
  }
  const { platform, isDemo, origin } = parsed.value;
  if (origin !== logOrigin(isDemo ? 'demo' : 'production', platform as PlatformId))
    find('manifest-differs', packageFiles.manifest, 'origin');
  return parsed.value;
}

/** The keys of the log, of which the reader's must be one; where it is none, or its platform key another, the package is of another platform. */
function keysOf(folder: string, manifest: ReadManifest, trust: ReaderTrust, { find }: Findings) {
  const named = parseNoteKey(sha256, manifest.logKey);
  const platform = fromBase64(manifest.platformKey);
  const isNamed = named.ok && named.value.type === noteKeyTypes.ed25519 && platform.ok && platform.value.length === 32;
  if (!isNamed) {
    find('manifest-differs', packageFiles.manifest, 'keys');
    return undefined;
  }
  const changes = readKeyChanges(folder, manifest.keyChanges);
  const chain = changes === undefined ? undefined : pinsOfChain(changes, named.value, { sha256, verifyEd25519 });
  if (chain === undefined) {
    find('key-change', packageFiles.manifest);
    return undefined;
  }
  const { logKey = named.value, platformKey = platform.value } = trust;
  const isOfLog = chain.pins.some(({ key }) => formatNoteKey(key) === formatNoteKey(logKey));
  const isSame = isOfLog && Buffer.compare(platformKey, platform.value) === 0;
  if (!isSame) find('manifest-differs', packageFiles.manifest, 'keys');
  // Heads that the reader's own key does not lead to are judged by it all the same, and not believed.
  return { chain: isOfLog ? chain : ({ pins: [{ key: logKey, fromSize: 0 }], heads: [] } as const), platformKey };
}

/** The changes of the log's key that the package carries, oldest first; `undefined` where one is missing or no change. */
function readKeyChanges(folder: string, count: number): readonly KeyRotation[] | undefined {
  if (count > keyChangesMax) return undefined;
  const changes: KeyRotation[] = [];
  for (let number = 1; number <= count; number += 1) {
    const [text, proof] = (['document', 'proof'] as const).map((part) => {
      const path = join(folder, keyChangePath(number, part));
      return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
    });
    const document = text === undefined ? undefined : createDocuments().read(text);
    if (document === undefined || proof === undefined) return undefined;
    changes.push({ document, proof });
  }
  return changes;
}

function compareCounts(manifest: ReadManifest, range: EntryCounts, context: EntryCounts, { find }: Findings): void {
  const isCounted =
    range.entries === manifest.entries &&
    range.destroyed === manifest.destroyed &&
    context.entries === manifest.context &&
    manifest.to < manifest.size &&
    range.entries === manifest.to - manifest.from + 1;
  if (!isCounted) find('manifest-differs', packageFiles.manifest, 'counts');
}

async function checkContent(folder: string, manifest: ReadManifest, trust: ReaderTrust, findings: Findings) {
  const keys = keysOf(folder, manifest, trust, findings);
  const heads = keys === undefined ? undefined : checkHeads(folder, keys.chain, trust, findings);
  if (keys === undefined || heads === undefined) return undefined;
  if (heads.newest.size !== manifest.size || heads.newest.origin !== manifest.origin)
    findings.find('manifest-differs', packageFiles.manifest, 'size');
  const judge = createJudge(folder, trust.anchors, (hash) => manifest.anchors.includes(hash));
  const documents = createDocuments();
  const { platformKey } = keys;
  const media: NamedMedia[] = [];
  const chains: EntryChecks['chains'] = new Map();
  const { platform, isDemo, origin: logOrigin, carriesRights: isTold } = manifest;
  const of = { platform, profile: isDemo ? 'demo' : 'production', logOrigin };
  const rights = new Rights({ findings, platform: of, isCut: manifest.from > 0, isTold });
  const common = { folder, manifest, heads, findings, judge, documents, rights, platformKey, chains, media };
  const counted = checkEntries(common);
  const held = await checkMedia(folder, media, findings);
  if (held !== manifest.media || media.length !== manifest.media + manifest.mediaAbsent)
    findings.find('manifest-differs', packageFiles.manifest, 'media');
  compareCounts(manifest, counted.range, counted.context, findings);
  return { ...counted, media: held, witnessedSize: heads.witnessedSize };
}

/** Checks a package as a whole; reads nothing but its folder and the reader's own. */
export async function verifyPackage(folder: string, trustFolder: string | undefined): Promise<PackageReport> {
  const findings = createFindings();
  const trust = readTrust(trustFolder);
  const files = existsSync(join(folder, packageFiles.sums)) ? await checkSums(folder, findings) : 0;
  if (files === 0) findings.find('sums-malformed', packageFiles.sums);
  const manifest = readManifest(folder, findings);
  const checked = manifest === undefined ? undefined : await checkContent(folder, manifest, trust, findings);
  const missing = missingOf(trust);
  const isUntold = missing.length > 0 || findings.doubtCount() > 0;
  return {
    verdict: findings.foundCount() > 0 ? 'bad' : isUntold ? 'cannot-tell' : 'good',
    ...{ findings, missing, manifest, files },
    range: checked?.range,
    context: checked?.context,
    media: checked?.media,
    witnessedSize: checked?.witnessedSize,
    hasWitnessPolicy: trust.witnesses !== undefined,
    judgesMlDsa: canVerifyMlDsa(),
    named:
      manifest === undefined
        ? undefined
        : {
            logKey: manifest.logKey,
            platformKey: sha256Hex(Buffer.from(manifest.platformKey, 'base64')),
            anchors: manifest.anchors,
          },
  };
}
