import react from '@vitejs/plugin-react';
import { resolve } from 'node:path';
import { defineConfig } from 'vite';

const page = (name: string): string => resolve(import.meta.dirname, `${name}.html`);

/**
 * Pages of the windows. Nothing is inlined as `data:`, since the policy of the pages lets fonts and scripts come from our
 * own scheme only; the language level is that of the oldest Chromium that the application runs on.
 */
export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  plugins: [react()],
  publicDir: false,
  // Words as one string for JSON.parse: read in a fraction of the time that a literal of the same size takes.
  json: { stringify: true, namedExports: false },
  server: { port: 5273, strictPort: true },
  build: {
    outDir: resolve(import.meta.dirname, '../dist/renderer'),
    emptyOutDir: true,
    target: 'chrome130',
    assetsInlineLimit: 0,
    // One file of styles, which the page has before its scripts: none of them then waits for styles of its own.
    cssCodeSplit: false,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1_200,
    rolldownOptions: {
      input: { operator: page('operator'), prompt: page('prompt'), gallery: page('gallery') },
    },
  },
});
