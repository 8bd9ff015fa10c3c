// What the pinned Node runs in an installed product: the hosts, and the command line with the server. In development the
// source runs as it is; bundled, a host starts in a fifth of the time. Each entry stays in the folder that it has in the
// source, since some name each other by relative paths; npm packages stay packages, beside them.
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { inRoot } from '../paths.mjs';
import { bundleVerifier } from './verifier.mjs';

export const platformEntries = [
  'native/device-host/boot.ts',
  'native/vault-host/boot.ts',
  'cli/boot/index.ts',
  'server/checks/thread.ts',
];

// Everything by a bare name is a package or a builtin; zod alone is small when only its used parts are taken.
const isExternal = (id) => !id.startsWith('.') && !id.startsWith('/') && id !== 'zod' && !id.startsWith('zod/');

async function bundleEntry(entry, folder) {
  const { rolldown } = await import('rolldown');
  const bundle = await rolldown({
    input: inRoot(entry),
    cwd: inRoot(),
    platform: 'node',
    external: isExternal,
    onLog: (level, log, handle) => handle(level === 'warn' ? 'error' : level, log),
  });
  const name = basename(entry, '.ts');
  await bundle.write({
    dir: join(folder, dirname(entry)),
    format: 'esm',
    entryFileNames: `${name}.mjs`,
    chunkFileNames: '[name]-[hash].mjs',
  });
  await bundle.close();
  // Under the name of the source, for whoever starts it by that name.
  writeFileSync(join(folder, entry), `import './${name}.mjs';\n`);
}

export async function bundlePlatform(folder) {
  for (const entry of platformEntries) {
    mkdirSync(join(folder, dirname(entry)), { recursive: true });
    await bundleEntry(entry, folder);
  }
  await bundleVerifier(folder);
}
