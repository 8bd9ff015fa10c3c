import { app } from 'electron';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { operatorVerbNames, promptVerbNames } from '../../contracts/bridge/index.ts';
import type { OperatorVerbs, PromptVerbs } from '../../contracts/ipc/index.ts';
import { answerWindow } from '../ipc/index.ts';
import { lockDownApp, lockDownDefaultSession, registerAppScheme } from '../security/index.ts';
import { openOperatorWindow, SealedPrompt } from '../windows/index.ts';
import { findLayout, profileDirectory, type Layout } from './layout.ts';
import { reportBug, writeLog } from './log.ts';
import { selfCheck } from './self-check.ts';

/** The hosts start this long after the page asked for cards, or after the window was made where it asks for none. */
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

/** The page asks for cards when it has drawn what it shows; hosts that start earlier take the processor from the first paint. */
function afterFirstPaint(): { readonly promise: Promise<void>; readonly cardsAsked: () => void } {
  let start: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => {
    start = resolve;
    setTimeout(resolve, withoutPaintMs);
  });
  return { promise, cardsAsked: () => void setTimeout(start, afterPaintMs) };
}

/**
 * The window first, since its processes take their time. What thinks is loaded when the page has its files and reads them, so
 * that neither waits for the other; the doors stand open from the beginning and keep whoever is early.
 */
async function openApplication(layout: Layout, directory: string): Promise<void> {
  lockDownDefaultSession();
  const { window, isServed } = openOperatorWindow(layout, {
    colourScheme: colourScheme(directory),
    isPackaged: app.isPackaged,
  });
  const { promise: hostsMayStart, cardsAsked } = afterFirstPaint();
  const prompt = new SealedPrompt({ files: layout, isPackaged: app.isPackaged, parent: () => window });
  const desk = isServed.then(async () => {
    const { openDesk } = await import('./desk.ts');
    return openDesk({ layout, directory, prompt, window, hostsMayStart, cardsAsked });
  });
  answerWindow<OperatorVerbs>({
    kind: 'operator',
    names: operatorVerbNames,
    ready: desk.then(({ operator }) => operator),
  });
  answerWindow<PromptVerbs>({ kind: 'prompt', names: promptVerbNames, ready: desk.then((made) => made.prompt) });
  const { workstation } = await desk;
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
