import { app } from 'electron';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { operatorVerbNames, promptVerbNames } from '../../contracts/bridge/index.ts';
import type { OperatorVerbs, PromptVerbs } from '../../contracts/ipc/index.ts';
import { answerWindow } from '../ipc/index.ts';
import { lockDownApp, lockDownDefaultSession, registerAppScheme } from '../security/index.ts';
import { openOperatorWindow, SealedPrompt } from '../windows/index.ts';
import type { Desk } from './desk.ts';
import { chooseFirstPage } from './first-page.ts';
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
 * The window first, since its processes take their time, and it paints by itself. What thinks is loaded at the first question of
 * the page, which comes after the paint; the doors stand open from the beginning and keep whoever is early.
 */
function openApplication(layout: Layout, directory: string): void {
  const window = openOperatorWindow(layout, {
    colourScheme: colourScheme(directory),
    isPackaged: app.isPackaged,
    choosePage: (address) => chooseFirstPage({ pages: layout.pages, directory, address }),
  });
  lockDownDefaultSession();
  const { promise: hostsMayStart, cardsAsked } = afterFirstPaint();
  const prompt = new SealedPrompt({ files: layout, isPackaged: app.isPackaged, parent: () => window });
  let desk: Promise<Desk> | undefined;
  const openOnce = async (): Promise<Desk> => {
    const { openDesk } = await import('./desk.ts');
    const opened = openDesk({ layout, directory, prompt, window, hostsMayStart, cardsAsked });
    app.on('will-quit', () => void opened.workstation.close());
    return opened;
  };
  // One that could not be opened is opened anew when somebody asks again: what was in the way may be mended.
  const askDesk = (): Promise<Desk> =>
    (desk ??= openOnce().catch((error: unknown) => {
      desk = undefined;
      throw error;
    }));
  answerWindow<OperatorVerbs>({
    kind: 'operator',
    names: operatorVerbNames,
    ready: async () => (await askDesk()).operator,
    report: reportBug,
  });
  answerWindow<PromptVerbs>({
    kind: 'prompt',
    names: promptVerbNames,
    ready: async () => (await askDesk()).prompt,
    report: reportBug,
  });
  app.on('second-instance', () => window.focus());
  window.on('closed', () => app.quit());
}

async function checkSelf(layout: Layout): Promise<void> {
  const report = await selfCheck(layout);
  process.stdout.write(`${JSON.stringify(report)}\n`);
  app.exit(report.isGood ? 0 : 1);
}

function run(): void {
  const layout = findLayout();
  if (process.argv.includes('--self-check')) return void checkSelf(layout);
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
