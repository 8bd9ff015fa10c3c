import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { inRoot } from '../../build/paths.mjs';
import { electronRuntime } from '../../build/runtime/index.mjs';
import { buildPackage, debFile, isRoot } from './built.ts';

const runFile = promisify(execFile);
let listing: readonly string[] = [];

async function outputOf(command: string, args: readonly string[]): Promise<string> {
  return (await runFile(command, args, { maxBuffer: 64_000_000 })).stdout;
}

beforeAll(async () => {
  await buildPackage();
  listing = (await outputOf('dpkg-deb', ['--contents', debFile()])).trim().split('\n');
}, 180_000);

describe('the Debian package', () => {
  it('is named for what it was built on', async () => {
    const name = electronRuntime()?.isRelease === true ? 'qorgan' : 'qorgan-dev';
    expect((await outputOf('dpkg-deb', ['--field', debFile(), 'Package'])).trim()).toBe(name);
  });

  it('belongs to root altogether, and nobody else may write to it', () => {
    expect(listing.filter((line) => !line.includes(' root/root '))).toEqual([]);
    expect(listing.filter((line) => !line.startsWith('l') && /^.{5}w|^.{8}w/u.test(line))).toEqual([]);
  });

  it('sets no program to run with the rights of root by itself', () => {
    expect(listing.filter((line) => /^-..s|^-.{5}s/u.test(line))).toEqual([]);
  });

  it('puts everything into /opt, and names it where a system looks', () => {
    const paths = listing.map((line) => line.split(/\s+/u)[5] ?? '');
    for (const path of [
      './opt/qorgan/qorgan-workstation',
      './usr/bin/qorgan',
      './usr/bin/qorgan-workstation',
      './usr/lib/systemd/system/qorgan-server.service',
      './usr/lib/systemd/system/qorgan-mirror.service',
      './usr/share/applications/qorgan.desktop',
      './usr/share/doc/qorgan/copyright',
    ]) {
      expect(paths, path).toContain(path);
    }
    expect(paths.filter((path) => !/^\.\/$|^\.\/(?:opt|usr)(?:\/|$)/u.test(path))).toEqual([]);
  });

  it('keeps journals and databases when it is removed', async () => {
    const postrm = await outputOf('dpkg-deb', ['--info', debFile(), 'postrm']);
    expect(postrm).not.toContain('/var/lib/qorgan');
  });
});

describe.each(['qorgan-server.service', 'qorgan-mirror.service'])('the unit %s', (name) => {
  it('is understood by systemd and runs as a user of its own with no privilege', async (context) => {
    if (!existsSync('/usr/bin/systemd-analyze')) return context.skip('systemd is not installed');
    const unit = inRoot('build', 'package', 'systemd', name);
    const judged = await runFile('systemd-analyze', ['security', '--offline=yes', '--threshold=25', unit]).catch(
      (error: { stdout: string }) => error,
    );
    expect(judged.stdout).toMatch(/Overall exposure level[^\n]*: [01]\.\d OK/u);
  });

  it('is well-formed: systemd has nothing to say against any line of it', async (context) => {
    if (!existsSync('/usr/bin/systemd-analyze')) return context.skip('systemd is not installed');
    const unit = readFileSync(inRoot('build', 'package', 'systemd', name), 'utf8');
    const folder = mkdtempSync(join(tmpdir(), 'qorgan-unit-'));
    const verify = async (text: string): Promise<string> => {
      const file = join(folder, name);
      // The program is there once the package is installed; here any other stands for it.
      writeFileSync(file, text.replace('/usr/bin/qorgan', '/bin/true'));
      const run = runFile('systemd-analyze', ['verify', '--man=no', '--recursive-errors=no', file]);
      const { stderr } = await run.catch((error: { stderr: string }) => error);
      return stderr;
    };
    try {
      expect(await verify(unit)).toBe('');
      expect(await verify(unit.replace('NoNewPrivileges=', 'NoNewPrivilege='))).toContain('NoNewPrivilege');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

// A copy of this system that nobody sees: what is installed there is gone with the last process in it.
const insideCopy = `
set -eu
mount -t tmpfs tmpfs "$COPY"
mkdir "$COPY/upper" "$COPY/work" "$COPY/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$COPY/upper,workdir=$COPY/work" "$COPY/root"
mount --bind /proc "$COPY/root/proc"
mount --bind /dev "$COPY/root/dev"
cp "$DEB" "$COPY/root/qorgan.deb"
chroot "$COPY/root" dpkg --install /qorgan.deb
chroot "$COPY/root" dpkg --verify "$NAME"
chroot "$COPY/root" getent passwd qorgan
chroot "$COPY/root" setpriv --reuid 65534 --regid 65534 --clear-groups /opt/qorgan/resources/bin/node --version
chroot "$COPY/root" dpkg --purge "$NAME"
chroot "$COPY/root" test ! -e /opt/qorgan
echo all is well
`;

describe('an installation', () => {
  it('installs, verifies, runs as nobody and goes without a trace, on a copy of this system', async (context) => {
    if (!isRoot) return context.skip('only root can install a package');
    try {
      await runFile('unshare', ['--mount', 'true']);
    } catch {
      return context.skip('this machine lets nobody make a mount namespace');
    }
    const copy = (await outputOf('mktemp', ['-d'])).trim();
    const name = electronRuntime()?.isRelease === true ? 'qorgan' : 'qorgan-dev';
    const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', COPY: copy, DEB: debFile(), NAME: name };
    const { stdout } = await runFile('unshare', ['--mount', 'sh', '-c', insideCopy], { env });
    expect(stdout).toContain('v24.21.0');
    expect(stdout).toContain('/var/lib/qorgan:/usr/sbin/nologin');
    expect(stdout.trim().endsWith('all is well')).toBe(true);
    await runFile('rmdir', [copy]);
  }, 120_000);
});
