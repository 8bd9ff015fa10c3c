// The pages: every `renderer/*.html` is one. Everything that they load is in the output; nothing comes from elsewhere.
import { existsSync, readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { inRoot } from '../paths.mjs';

/** Names of the pages: `operator`, `prompt`, `gallery`… */
export function pageNames() {
  if (!existsSync(inRoot('renderer'))) return [];
  return readdirSync(inRoot('renderer'))
    .filter((file) => file.endsWith('.html'))
    .map((file) => basename(file, '.html'));
}

/** Builds the pages by renderer/vite.config.ts. What main and the package rely on is fixed here. */
export async function bundleRenderer() {
  const { build } = await import('vite');
  await build({
    configFile: inRoot('renderer', 'vite.config.ts'),
    root: inRoot('renderer'),
    logLevel: 'warn',
    // main replaces the place by a fresh nonce in each response.
    html: { cspNonce: '__CSP_NONCE__' },
    build: { outDir: inRoot('dist', 'renderer'), emptyOutDir: true, reportCompressedSize: false },
  });
}
