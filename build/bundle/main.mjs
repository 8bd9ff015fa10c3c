// Main and the preloads: CommonJS, because a sandboxed preload is nothing else, and because `ready` must not fire while
// an ES module is still loading.
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { basename } from 'node:path';
import { inRoot } from '../paths.mjs';

// What Electron 33 runs: Node 20.18 and V8 13.0. `using` and the like are lowered.
const target = 'es2023';

async function bundleOne({ entry, output, external, platform }) {
  const { rolldown } = await import('rolldown');
  const bundle = await rolldown({
    input: inRoot(entry),
    cwd: inRoot(),
    platform,
    external,
    transform: { target },
    onLog: (level, log, handle) => handle(level === 'warn' ? 'error' : level, log),
  });
  await bundle.write({ ...output, format: 'cjs', sourcemap: true });
  await bundle.close();
}

const preloadEntries = ['operator', 'kiosk', 'prompt', 'witness'];

/** The preloads that there are, one for each kind of window. */
export const preloads = () =>
  preloadEntries.map((name) => `preload/${name}.ts`).filter((entry) => existsSync(inRoot(entry)));

export const outputOfPreload = (entry) => `dist/preload/${basename(entry, '.ts')}.cjs`;

export async function bundlePreloads() {
  rmSync(inRoot('dist', 'preload'), { recursive: true, force: true });
  mkdirSync(inRoot('dist', 'preload'), { recursive: true });
  for (const entry of preloads()) {
    // A sandboxed preload can require `electron` and nothing else.
    const output = { file: inRoot(outputOfPreload(entry)), codeSplitting: false };
    await bundleOne({ entry, output, external: ['electron'], platform: 'browser' });
  }
}

export const mainEntry = 'main/boot/index.ts';

export async function bundleMain() {
  rmSync(inRoot('dist', 'main'), { recursive: true, force: true });
  await bundleOne({
    entry: mainEntry,
    // What opens the window stands alone in a small file; the rest is read when the page has its files.
    output: { dir: inRoot('dist', 'main'), entryFileNames: 'boot.cjs', chunkFileNames: '[name].cjs' },
    external: ['electron', /^node:/u],
    platform: 'node',
  });
}
