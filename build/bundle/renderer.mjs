// The pages: every `renderer/*.html` is one. Everything that they load is in the output; nothing comes from elsewhere.
import { existsSync, readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { inRoot } from '../paths.mjs';

/** Names of the pages: `operator`, `prompt`, `gallery`… */
export function pageNames() {
  if (!existsSync(inRoot('renderer'))) return [];
  return readdirSync(inRoot('renderer')).filter((file) => file.endsWith('.html')).map((file) => basename(file, '.html'));
}

/** Vite's configuration, for the build and for the developer's watch. The oldest engine is Chromium 130. */
export async function rendererConfig() {
  const { default: react } = await import('@vitejs/plugin-react');
  return {
    configFile: false,
    root: inRoot('renderer'),
    base: './',
    publicDir: false,
    plugins: [react()],
    logLevel: 'warn',
    // main replaces the place by a fresh nonce in each response.
    html: { cspNonce: '__CSP_NONCE__' },
    build: {
      outDir: inRoot('dist', 'renderer'),
      emptyOutDir: true,
      target: 'chrome130',
      sourcemap: true,
      // Fonts stay files: the policy of the pages allows no data: addresses for them.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 4096,
      reportCompressedSize: false,
      rolldownOptions: {
        input: Object.fromEntries(pageNames().map((name) => [name, inRoot('renderer', `${name}.html`)])),
      },
    },
  };
}

export async function bundleRenderer() {
  const { build } = await import('vite');
  await build(await rendererConfig());
}
