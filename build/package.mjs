// Builds what people install, with no network:
//   npm run package                 the application folder, out/linux-unpacked
//   npm run package:deb             and the Debian package of it
//   npm run package:deb -- --release   fails unless the Electron is the one that the product is pinned to
import { readFileSync, rmSync } from 'node:fs';
import { main, run, SetUpError, step } from './commands.mjs';
import { unlessUnchanged } from './bundle/inputs.mjs';
import { buildDeb } from './package/deb.mjs';
import { layers, stage, stageFolder } from './package/stage.mjs';
import { inRoot, node24, root } from './paths.mjs';
import { electronRuntime, releaseVersion } from './runtime/index.mjs';

const application = inRoot('out', 'linux-unpacked');

function chosenElectron() {
  const electron = electronRuntime();
  if (electron === undefined) throw new SetUpError('There is no Electron yet: run `npm run setup` first.');
  if (process.argv.includes('--release') && !electron.isRelease) {
    throw new SetUpError(
      `A release is built on Electron ${releaseVersion} only; here is ${electron.version}. Put its distribution at ELECTRON_OVERRIDE_DIST_PATH.`,
    );
  }
  return electron;
}

function assemble(electron) {
  const builder = inRoot('node_modules', 'electron-builder', 'cli.js');
  const chosen = [`-c.electronVersion=${electron.version}`, `-c.electronDist=${electron.folder}`];
  return run(node24, [builder, '--linux', 'dir', '--publish', 'never', ...chosen], { cwd: root });
}

async function packageAll(electron) {
  const suffix = electron.isRelease ? '' : '-dev';
  const { version } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
  await step('bundle', '', () => run(node24, [inRoot('build', 'bundle.mjs')], { cwd: root }));
  await step('lay out the package', 'Node, server, database, licences', () => stage(`${version}${suffix}`));
  rmSync(application, { recursive: true, force: true });
  await step(`assemble the application on Electron ${electron.version}`, '', () => assemble(electron));
  if (process.argv.includes('--deb')) {
    const file = inRoot('out', `qorgan${suffix}_${version}_amd64.deb`);
    await step('build the Debian package', 'compressing', () =>
      buildDeb({ application, file, name: `qorgan${suffix}`, version }),
    );
    process.stdout.write(`${file}\n`);
  } else process.stdout.write(`${application}\n`);
  rmSync(stageFolder, { recursive: true, force: true });
}

const inputs = ['build', 'electron-builder.yml', 'package.json', 'renderer', 'preload', ...layers];

main(async () => {
  const electron = chosenElectron();
  if (!process.argv.includes('--if-changed')) return packageAll(electron);
  const outputs = ['out/linux-unpacked/qorgan-workstation'];
  return unlessUnchanged({ name: `package-${electron.version}`, inputs, outputs, make: () => packageAll(electron) });
});
