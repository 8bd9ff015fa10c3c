import { app } from 'electron';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { firstPages } from './first-page.ts';
import type { Layout } from './layout.ts';

async function canThink(): Promise<boolean> {
  try {
    await import('./desk.ts');
    return true;
  } catch {
    return false;
  }
}

/** What `--self-check` prints: whether everything that the application needs lies where it looks and can be loaded, and on what it runs. */
export async function selfCheck(layout: Layout): Promise<{ readonly isGood: boolean }> {
  const files = {
    operatorPage: join(layout.pages, 'operator.html'),
    promptPage: join(layout.pages, 'prompt.html'),
    operatorPreload: join(layout.preloads, 'operator.cjs'),
    promptPreload: join(layout.preloads, 'prompt.cjs'),
    node: layout.nodeFile,
    deviceHost: layout.deviceHostFile,
    vaultHost: layout.vaultHostFile,
    ...Object.fromEntries(firstPages(layout.pages).map(({ name, file }) => [`firstPage:${name}`, file])),
  };
  const missing = Object.entries(files)
    .filter(([, file]) => !existsSync(file))
    .map(([name]) => name);
  if (!(await canThink())) missing.push('engine');
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
