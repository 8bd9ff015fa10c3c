import { ok, refuse, type Result } from '../../core/kernel/index.ts';
import { formatOpening, formatProof, inclusionPath, type KeyRotation } from '../../core/log/index.ts';
import { keyChangePath, pinsOfChain, type KeyChain } from '../../core/log-package/index.ts';
import { canonicalize, type Json } from '../../core/signing/index.ts';
import { sha256 } from '../../eds/index.ts';
import { readSignedDocuments } from '../accounts/index.ts';
import { verifyEd25519 } from '../keys/index.ts';
import type { FrozenLog } from '../log/index.ts';
import type { PackageFolder } from '../package-folder/index.ts';
import type { Desk } from '../platform/index.ts';
import { readCheckpointOf } from '../store/index.ts';

/** The keys of the log from the first to the present one, each change with what proves it; `log-files-differ` where one is not proven. */
export async function readKeyChain(
  desk: Desk,
  log: FrozenLog,
): Promise<Result<KeyChain & { readonly changes: readonly KeyRotation[] }, 'log-files-differ'>> {
  const { documents } = await readSignedDocuments(desk, 'log-key');
  const changes: KeyRotation[] = [];
  for (const { signed: document, leafIndex: index, opening } of documents) {
    const size = index + 1;
    // A change that is recorded and not in the published log yet has replaced nothing.
    if (size > log.size) continue;
    const checkpoint = await readCheckpointOf(desk.database, size);
    if (checkpoint === undefined) return refuse('log-files-differ');
    const path = inclusionPath({ sha256, readHash: log.readHash, index, size });
    changes.push({ document, proof: formatProof({ extra: formatOpening(opening), index, path, checkpoint }) });
  }
  const chain = pinsOfChain(changes, desk.logKey, { sha256, verifyEd25519 });
  return chain === undefined ? refuse('log-files-differ') : ok({ ...chain, changes });
}

/** Writes what proves each change, oldest first. */
export function writeKeyChanges(folder: PackageFolder, changes: readonly KeyRotation[]): void {
  for (const [at, { document, proof }] of changes.entries()) {
    folder.write(keyChangePath(at + 1, 'document'), `${canonicalize(document as unknown as Json)}\n`);
    folder.write(keyChangePath(at + 1, 'proof'), proof);
  }
}
