import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { ok, refuse, Secret, type Result } from '../../core/kernel/index.ts';

export type CredentialRefusal =
  | 'credential-absent'
  | 'credential-exposed'
  | 'credential-empty'
  | 'credential-too-large';

const sizeMaxBytes = 1_024;
const lineFeed = 0x0a;
const forOthers = 0o077;
/** What systemd shows of a credential of a service that is not root: the mask of its access list, in the place of the group. */
const forOthersOrWriting = 0o037;

/** True for a file that nobody but this user and root reads, and nobody else changes. */
function isPrivate(
  file: { readonly uid: number; readonly gid: number; readonly mode: number },
  isOfSystemd: boolean,
): boolean {
  const isOwn = file.uid === process.getuid?.() || file.uid === 0;
  const isListed = isOfSystemd && file.uid === 0 && file.gid === 0 && (file.mode & forOthersOrWriting) === 0;
  return isOwn && ((file.mode & forOthers) === 0 || isListed);
}

/** The first line of a secret file, in memory that is wiped but for the secret. A file that others may read is refused: it is no secret. */
async function readSecretFile<Kind extends string>(
  kind: Kind,
  file: string,
  isOfSystemd: boolean,
): Promise<Result<Secret<Kind>, CredentialRefusal>> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK).catch(() => undefined);
  if (handle === undefined) return refuse('credential-absent', { file });
  const bytes = Buffer.alloc(sizeMaxBytes + 1);
  try {
    const state = await handle.stat();
    if (!state.isFile() || !isPrivate(state, isOfSystemd)) return refuse('credential-exposed', { file });
    let size = 0;
    for (;;) {
      const { bytesRead } = await handle.read(bytes, size, bytes.length - size, size);
      size += bytesRead;
      if (bytesRead === 0 || size === bytes.length) break;
    }
    if (size > sizeMaxBytes) return refuse('credential-too-large', { file });
    const end = bytes.subarray(0, size).indexOf(lineFeed);
    const line = bytes.subarray(0, end < 0 ? size : end);
    return line.length === 0 ? refuse('credential-empty', { file }) : ok(new Secret(kind, Uint8Array.from(line)));
  } finally {
    bytes.fill(0);
    await handle.close();
  }
}

/**
 * A secret that a server gets without anybody at the keyboard: from the file that was named, or from the credential
 * `qorgan-<kind>` that systemd hands over (`LoadCredential=`); `undefined` where there is neither. It never comes in an
 * argument or in a variable of the environment, which every program of this user can read.
 */
export async function readCredential<Kind extends string>(
  kind: Kind,
  file: string | undefined,
): Promise<Result<Secret<Kind> | undefined, CredentialRefusal>> {
  if (file !== undefined) return readSecretFile(kind, file, false);
  const folder = process.env['CREDENTIALS_DIRECTORY'];
  if (folder === undefined || folder === '') return ok(undefined);
  const read = await readSecretFile(kind, join(folder, `qorgan-${kind}`), true);
  // The unit may hand over other credentials alone: keys that are sealed then say so themselves.
  return !read.ok && read.refusal.code === 'credential-absent' ? ok(undefined) : read;
}
