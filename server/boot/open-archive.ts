import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ok, type Result } from '../../core/kernel/index.ts';
import { parseRevocationList } from '../../eds/index.ts';
import {
  newestRevocationDocument,
  newestTrustDocument,
  trustedAuthorities,
  type RevocationDocument,
} from '../accounts/index.ts';
import { archiveFolder, openTimeStamps, stampVerifier, type ArchivePlace } from '../archive/index.ts';
import { createAuthorityClient, readAuthorityServices } from '../authorities/index.ts';
import { openBlobStore } from '../evidence/index.ts';
import { syncFolder } from '../keys/index.ts';
import type { Desk } from '../platform/index.ts';
import { readRevocationLists, readTrustCertificates } from '../store/index.ts';
import { folders } from './open-desk.ts';

async function listsOf(desk: Desk, document: RevocationDocument | undefined) {
  const rows = await readRevocationLists(desk.database, document?.lists.map(({ sha256 }) => sha256) ?? []);
  return rows.flatMap(({ der }) => {
    const parsed = parseRevocationList(der);
    return parsed.ok ? [parsed.value] : [];
  });
}

/**
 * Opens the archive of a platform's folder: the time-stamping authorities that `authorities.json` names, judged by the platform's own
 * trust. Without a file or an address the archive can be read and verified, and nothing moves.
 */
export async function openArchive(
  directory: string,
  desk: Desk,
  settle: () => Promise<boolean>,
): Promise<Result<ArchivePlace, 'authorities-malformed'>> {
  const configuration = readAuthorityServices(directory);
  if (!configuration.ok) return configuration;
  const { randomBytes, nowMs } = desk.surroundings;
  const document = await newestTrustDocument(desk);
  const authorities = trustedAuthorities(document, await readTrustCertificates(desk.database));
  const isAnchor = (sha256: string): boolean => document?.anchors.some((anchor) => anchor === sha256) ?? false;
  const verifier = stampVerifier({
    anchors: authorities.filter(({ sha256 }) => isAnchor(sha256)),
    intermediates: authorities.filter(({ sha256 }) => !isAnchor(sha256)),
    lists: await listsOf(desk, await newestRevocationDocument(desk)),
  });
  const client = createAuthorityClient({
    origins: configuration.value?.origins ?? [],
    waitMs: (delayMs) => sleep(delayMs),
    jitter: () => randomBytes(1).readUInt8(0) / 256,
  });
  const addresses = configuration.value?.timeStamps ?? [];
  const folder = join(directory, archiveFolder);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  syncFolder(directory);
  return ok({
    desk,
    folder,
    blobs: openBlobStore(join(directory, folders.evidence)),
    stamps: openTimeStamps({ client, addresses, verifier, randomBytes, nowMs }),
    settle,
  });
}
