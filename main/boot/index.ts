import { app, type BrowserWindow } from 'electron';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Workstation } from '../engine/index.ts';
import { lockDownApp, lockDownDefaultSession, registerAppScheme } from '../security/index.ts';
import { openOperatorWindow, SealedPrompt } from '../windows/index.ts';
import { findLayout, profileDirectory, type Layout } from './layout.ts';
import { reportBug, writeLog } from './log.ts';
import { selfCheck } from './self-check.ts';

/** The hosts start this long after the first paint, or after the window was made where there is no paint to be had. */
const afterPaintMs = 100;
const withoutPaintMs = 3_000;

/** Only for the colour that the window has before its page is there; the engine reads the file properly. */
function colourScheme(directory: string): 'light' | 'dark' | 'auto' {
  try {
    const text = readFileSync(join(directory, 'preferences.json'), 'utf8');
    return /"colourScheme": "dark"/u.test(text) ? 'dark' : /"colourScheme": "light"/u.test(text) ? 'light' : 'auto';
  } catch {
    return 'auto';
  }
}

function firstPaint(window: BrowserWindow): Promise<void> {
  return new Promise((resolve) => {
    window.once('ready-to-show', () => setTimeout(resolve, afterPaintMs));
    setTimeout(resolve, withoutPaintMs);
  });
}

/** The window first, since its processes take their time; everything that thinks is loaded meanwhile. */
async function openApplication(layout: Layout, directory: string): Promise<void> {
  lockDownDefaultSession();
  const window = openOperatorWindow(layout, { colourScheme: colourScheme(directory), isPackaged: app.isPackaged });
  const hostsMayStart = firstPaint(window);
  const prompt = new SealedPrompt({ files: layout, isPackaged: app.isPackaged, parent: () => window });
  const { openDesk } = await import('./desk.ts');
  const workstation: Workstation = openDesk({ layout, directory, prompt, window, hostsMayStart });
  app.on('second-instance', () => window.focus());
  app.on('will-quit', () => void workstation.close());
  window.on('closed', () => app.quit());
}

function run(): void {
  const layout = findLayout();
  if (process.argv.includes('--self-check')) {
    const report = selfCheck(layout);
    process.stdout.write(`${JSON.stringify(report)}\n`);
    app.exit(report.isGood ? 0 : 1);
    return;
  }
  if (app.isPackaged && process.getuid?.() === 0) {
    // Chromium's sandbox and the file modes of the vault mean nothing to root.
    writeLog({ kind: 'refused', code: 'root-in-production' });
    app.exit(1);
    return;
  }
  const directory = profileDirectory();
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  app.setPath('userData', join(directory, 'browser'));
  if (!app.requestSingleInstanceLock()) return app.quit();
  registerAppScheme();
  app.on('window-all-closed', () => app.quit());
  app
    .whenReady()
    .then(() => openApplication(layout, directory))
    .catch((error: unknown) => {
      reportBug('start', error);
      app.exit(1);
    });
}

process.on('uncaughtException', (error) => void reportBug('uncaught', error));
process.on('unhandledRejection', (error) => void reportBug('unhandled', error));
lockDownApp();
run();
