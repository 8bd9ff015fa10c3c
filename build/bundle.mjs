// Bundles what Electron loads: main, the preloads and the pages, and the verifier that packages of the log carry. Hosts, server
// and CLI run from source in development.
//   node build/with-node24.mjs build/bundle.mjs            what changed
//   node build/with-node24.mjs build/bundle.mjs --force    everything
import { existsSync } from 'node:fs';
import { main, step } from './commands.mjs';
import { unlessUnchanged } from './bundle/inputs.mjs';
import { bundleMain, bundlePreloads, mainEntry, outputOfPreload, preloads } from './bundle/main.mjs';
import { bundleFirstScreens } from './bundle/first-screens.mjs';
import { bundleRenderer, pageNames } from './bundle/renderer.mjs';
import { bundleVerifier, verifierEntry, verifierFile } from './bundle/verifier.mjs';
import { inRoot } from './paths.mjs';
import { unstamp } from './stamps.mjs';

const shared = ['core', 'contracts', 'locales'];

const targets = () => [
  {
    name: 'main',
    isPresent: existsSync(inRoot(mainEntry)),
    inputs: ['main', 'eds', ...shared],
    outputs: ['dist/main/boot.cjs'],
    make: bundleMain,
  },
  {
    name: 'preloads',
    isPresent: preloads().length > 0,
    inputs: ['preload', 'core', 'contracts'],
    outputs: preloads().map(outputOfPreload),
    make: bundlePreloads,
  },
  {
    name: 'verifier of packages',
    isPresent: existsSync(inRoot(verifierEntry)),
    inputs: ['cli/log-verifier', 'server/package-folder', 'core', 'eds', 'locales/log-verifier'],
    outputs: [verifierFile],
    make: () => bundleVerifier(),
  },
  {
    name: 'pages',
    isPresent: pageNames().length > 0,
    inputs: ['renderer', ...shared],
    outputs: pageNames().map((name) => `dist/renderer/${name}.html`),
    make: async () => {
      await bundleRenderer();
      await bundleFirstScreens();
    },
  },
];

main(async () => {
  for (const target of targets()) {
    if (!target.isPresent) continue;
    if (process.argv.includes('--force')) unstamp(`bundle-${target.name}`);
    await unlessUnchanged({ ...target, make: () => step(`bundle the ${target.name}`, '', target.make) });
  }
});
