import { app } from 'electron';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Layout } from './layout.ts';

/** What `--self-check` prints: whether everything that the application needs lies where it looks, and on what it runs. */
export function selfCheck(layout: Layout): { readonly isGood: boolean } {
  const files = {
    operatorPage: join(layout.pages, 'operator.html'),
    promptPage: join(layout.pages, 'prompt.html'),
    operatorPreload: join(layout.preloads, 'operator.cjs'),
    promptPreload: join(layout.preloads, 'prompt.cjs'),
    node: layout.nodeFile,
    deviceHost: layout.deviceHostFile,
    vaultHost: layout.vaultHostFile,
  };
  const missing = Object.entries(files)
    .filter(([, file]) => !existsSync(file))
    .map(([name]) => name);
  return {
    isGood: missing.length === 0,
    ...{
      version: app.getVersion(),
      electron: process.versions['electron'],
      chrome: process.versions['chrome'],
      node: process.versions.node,
    },
    ...{ isPackaged: app.isPackaged, missing },
  };
}
