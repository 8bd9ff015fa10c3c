// A Debian package from the application folder, by dpkg-deb alone. The same inputs give the same bytes.
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { run } from '../commands.mjs';
import { inRoot } from '../paths.mjs';

// Electron's libraries by their names in Debian 12 and in releases after the change to 64-bit time.
const depends = [
  'libc6',
  'libstdc++6',
  'libasound2 | libasound2t64',
  'libatk-bridge2.0-0 | libatk-bridge2.0-0t64',
  'libcups2 | libcups2t64',
  'libdrm2',
  'libgbm1',
  'libgtk-3-0 | libgtk-3-0t64',
  'libnss3',
  'libxcomposite1',
  'libxdamage1',
  'libxkbcommon0',
  'libxrandr2',
  'passwd',
];
const recommends = ['pcscd', 'opensc-pkcs11'];

const desktopEntry = `[Desktop Entry]
Type=Application
Name=Qorgan
Exec=/usr/bin/qorgan-workstation %U
Icon=qorgan
Categories=Office;
StartupWMClass=Qorgan
`;

// Ubuntu lets only programs with a profile make the namespaces of Chromium's sandbox.
const appArmorProfile = `abi <abi/4.0>,
include <tunables/global>
profile qorgan-workstation /opt/qorgan/qorgan-workstation flags=(unconfined) {
  userns,
}
`;

const postinst = `#!/bin/sh
set -e
if [ "$1" = configure ]; then
  # The server never runs as root: it has a user of its own, who owns nothing but its state.
  getent passwd qorgan >/dev/null || useradd --system --user-group --home-dir /var/lib/qorgan --no-create-home --shell /usr/sbin/nologin qorgan
  # Where people may not make namespaces, Chromium's sandbox needs its helper.
  if [ "$(cat /proc/sys/kernel/unprivileged_userns_clone 2>/dev/null || echo 1)" = 0 ]; then chmod 4755 /opt/qorgan/chrome-sandbox; fi
  if [ -d /sys/kernel/security/apparmor ] && apparmor_parser --skip-kernel-load --debug /opt/qorgan/resources/apparmor/qorgan-workstation >/dev/null 2>&1; then
    cp -f /opt/qorgan/resources/apparmor/qorgan-workstation /etc/apparmor.d/qorgan-workstation
    apparmor_parser --replace --write-cache --skip-read-cache /etc/apparmor.d/qorgan-workstation || true
  fi
  if [ -d /run/systemd/system ]; then systemctl daemon-reload || true; fi
fi
`;

const prerm = `#!/bin/sh
set -e
if [ "$1" = remove ] && [ -d /run/systemd/system ]; then systemctl stop qorgan-server.service qorgan-mirror.service || true; fi
`;

// Journals and databases are evidence: not even a purge deletes them.
const postrm = `#!/bin/sh
set -e
rm -f /etc/apparmor.d/qorgan-workstation
if [ -d /run/systemd/system ]; then systemctl daemon-reload || true; fi
`;

function* filesUnder(folder, inside = '') {
  for (const name of readdirSync(join(folder, inside)).sort()) {
    const path = inside === '' ? name : `${inside}/${name}`;
    const state = lstatSync(join(folder, path));
    if (state.isDirectory()) yield* filesUnder(folder, path);
    else yield { path, isFile: state.isFile(), sizeBytes: state.size };
  }
}

function write(file, text, mode = 0o644) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, mode);
}

function layOut(folder, application) {
  mkdirSync(join(folder, 'opt'), { recursive: true });
  cpSync(application, join(folder, 'opt', 'qorgan'), { recursive: true, verbatimSymlinks: true });
  const resources = join(folder, 'opt', 'qorgan', 'resources');
  mkdirSync(join(folder, 'usr', 'bin'), { recursive: true });
  symlinkSync('/opt/qorgan/qorgan-workstation', join(folder, 'usr', 'bin', 'qorgan-workstation'));
  symlinkSync('/opt/qorgan/resources/bin/qorgan', join(folder, 'usr', 'bin', 'qorgan'));
  write(join(folder, 'usr', 'share', 'applications', 'qorgan.desktop'), desktopEntry);
  write(
    join(folder, 'usr', 'share', 'icons', 'hicolor', 'scalable', 'apps', 'qorgan.svg'),
    readFileSync(inRoot('build', 'package', 'icon.svg')),
  );
  mkdirSync(join(folder, 'usr', 'lib', 'systemd'), { recursive: true });
  renameSync(join(resources, 'systemd'), join(folder, 'usr', 'lib', 'systemd', 'system'));
  write(join(resources, 'apparmor', 'qorgan-workstation'), appArmorProfile);
  const documents = join(folder, 'usr', 'share', 'doc', 'qorgan');
  for (const [from, to] of [
    ['README.md', 'README.md'],
    ['docs/operating', 'operating'],
  ]) {
    if (existsSync(inRoot(from))) cpSync(inRoot(from), join(documents, to), { recursive: true });
  }
  write(
    join(folder, 'usr', 'share', 'doc', 'qorgan', 'copyright'),
    readFileSync(join(resources, 'THIRD-PARTY-NOTICES.txt')),
  );
}

function control({ name, version, sizeBytes }) {
  const other = name === 'qorgan' ? 'qorgan-dev' : 'qorgan';
  return `Package: ${name}
Version: ${version}
Section: misc
Priority: optional
Architecture: amd64
Installed-Size: ${Math.ceil(sizeBytes / 1024)}
Maintainer: Qorgan developers <qorgan@example.invalid>
Depends: ${depends.join(', ')}
Recommends: ${recommends.join(', ')}
Conflicts: ${other}
Description: operator workstation and platform server of an electronic trading platform
 Every act is signed by a card, journalled before it is called done, and proven
 in a central log that anybody can check.
`;
}

/** Builds `file` from the application folder. `name` is the package's name, `qorgan` or `qorgan-dev`. */
export async function buildDeb({ application, file, name, version }) {
  const folder = inRoot('out', 'stage', 'deb');
  rmSync(folder, { recursive: true, force: true });
  layOut(folder, application);
  const files = [...filesUnder(folder)];
  const sums = files
    .filter(({ isFile }) => isFile)
    .map(
      ({ path }) =>
        `${createHash('md5')
          .update(readFileSync(join(folder, path)))
          .digest('hex')}  ${path}\n`,
    );
  const sizeBytes = files.reduce((sum, each) => sum + each.sizeBytes, 0);
  write(join(folder, 'DEBIAN', 'control'), control({ name, version, sizeBytes }));
  write(join(folder, 'DEBIAN', 'md5sums'), sums.join(''));
  write(join(folder, 'DEBIAN', 'postinst'), postinst, 0o755);
  write(join(folder, 'DEBIAN', 'prerm'), prerm, 0o755);
  write(join(folder, 'DEBIAN', 'postrm'), postrm, 0o755);
  const env = { ...process.env, SOURCE_DATE_EPOCH: process.env.SOURCE_DATE_EPOCH ?? '1767225600' };
  await run('dpkg-deb', ['--root-owner-group', '-Zzstd', '-z6', '--build', folder, file], { env });
  rmSync(folder, { recursive: true, force: true });
}
