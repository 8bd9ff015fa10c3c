// Chromium's sandbox needs a user namespace with the right to change its root: not there for root itself, nor in most
// containers, nor where AppArmor keeps namespaces from programs that it does not know (Ubuntu 24.04).
import { spawnSync } from 'node:child_process';

/** Somebody without rights: nobody of Debian. */
export const nobody = { uid: 65_534, gid: 65_534 };

/** Whether the sandbox works for a program of this user (or of the one that is given, when this is root). */
export function canSandbox({ uid = process.getuid(), gid = process.getgid() } = {}) {
  if (uid === 0) return false;
  const probe = ['--user', '--map-root-user', 'chroot', '/', 'true'];
  return spawnSync('unshare', probe, { uid, gid, cwd: '/', stdio: 'ignore' }).status === 0;
}
