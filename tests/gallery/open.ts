import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { build } from 'vite';
import { startDisplay } from '../../build/display.mjs';
import { electronRuntime } from '../../build/runtime/index.mjs';
import { servePages } from './serve.ts';

const root = resolve(import.meta.dirname, '../..');

export type Size = { readonly width: number; readonly height: number };
export type Wanted = {
  readonly state: string;
  readonly locale?: 'kk' | 'ru' | 'en';
  readonly scheme?: 'light' | 'dark';
  readonly size?: Size;
};

export type OpenGallery = {
  readonly page: Page;
  readonly states: readonly string[];
  /** Complaints of the page since the last call: errors, broken policy, missing words. */
  readonly complaints: () => Promise<readonly string[]>;
  /** Shows a state in a fresh world, in the page that is open, and waits until it stands. */
  readonly show: (wanted: Wanted) => Promise<void>;
  /** Waits until what was asked of the page last stands. */
  readonly settled: () => Promise<void>;
  readonly close: () => Promise<void>;
};

/** Where pictures are put. */
export const pictures = join(root, 'out', 'screenshots');

export const small: Size = { width: 1366, height: 768 };
export const large: Size = { width: 1920, height: 1080 };
const sealed: Size = { width: 560, height: 640 };

async function buildPages(): Promise<string> {
  const outDir = join(root, 'out', 'gallery-pages');
  await build({
    configFile: join(root, 'renderer', 'vite.config.ts'),
    logLevel: 'error',
    build: { outDir, emptyOutDir: true, reportCompressedSize: false },
  });
  return outDir;
}

/**
 * Waits until the page stands in its size: no part of it is on its way, nothing moves but what moves for ever, and nothing
 * has changed for a moment. Keys mean something only then.
 */
function settled(page: Page, wantedWidth: number): Promise<void> {
  return page.evaluate(
    async ({ width, quietMs, mostMs }) => {
      await document.fonts.ready;
      const startedAtMs = performance.now();
      let changedAtMs = startedAtMs;
      const observer = new MutationObserver(() => void (changedAtMs = performance.now()));
      observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
      const isMoving = (): boolean =>
        document
          .getAnimations()
          .some(({ playState, effect }) => playState === 'running' && effect?.getComputedTiming().iterations === 1);
      const isStanding = (): boolean =>
        // A screen of just this size gives one pixel less.
        Math.abs(window.innerWidth - width) <= 1 &&
        document.querySelector('#root > *') !== null &&
        document.querySelector('[data-pages-on-their-way]') === null &&
        performance.now() - changedAtMs > quietMs &&
        !isMoving();
      while (!isStanding()) {
        if (performance.now() - startedAtMs > mostMs) throw new Error('the page does not come to rest');
        await new Promise((resolve) => void requestAnimationFrame(resolve));
      }
      observer.disconnect();
    },
    { width: wantedWidth, quietMs: 60, mostMs: 15_000 },
  );
}

/** The report of the newest act, by keys as a person would: the history, its first button. */
async function openSignature(page: Page): Promise<void> {
  await page.keyboard.press('3');
  await page.locator('.history-item button').first().focus();
  await page.keyboard.press('Enter');
  await page.locator('[role="dialog"] .signature').waitFor();
}

/** A picture of the window, by its key. */
async function openScreenshot(page: Page): Promise<void> {
  await page.keyboard.press('Control+Shift+S');
  await page.locator('[role="dialog"]').waitFor();
}

/** What a person does in a state before the screen says what the state is named after. */
const asks: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  'waiting-signing-refused': async (page) => {
    await page.keyboard.press('a');
    await page.locator('.decision .refusal').waitFor();
  },
  'roles-not-saved': async (page) => {
    await page.locator('.journal-head .button').click();
    await page.locator('.refusal').waitFor();
  },
  'account-password-refused': async (page) => {
    await page.locator('.account-side .button').click();
    await page.locator('.refusal').waitFor();
  },
};

type Told = {
  readonly qorganGallery: {
    readonly states: readonly string[];
    readonly missing: string[];
    readonly show: (query: string) => void;
  };
};

async function resizer(app: ElectronApplication): Promise<(size: Size) => Promise<void>> {
  let last: Size | undefined;
  return async (size) => {
    if (last?.width === size.width && last.height === size.height) return;
    await app.evaluate(
      ({ BrowserWindow }, { width, height }) => BrowserWindow.getAllWindows()[0]?.setContentSize(width, height),
      size,
    );
    last = size;
  };
}

/** Opens the gallery in the application's own runtime; `undefined` where the runtime or a display cannot be had. */
export async function openGallery(): Promise<OpenGallery> {
  const runtime = electronRuntime();
  if (runtime === undefined) throw new Error('the Electron runtime is not set up');
  mkdirSync(pictures, { recursive: true });
  const served = await servePages(await buildPages());
  const display = process.env['DISPLAY'] === undefined ? await startDisplay() : undefined;
  const app = await _electron.launch({
    executablePath: runtime.executable,
    args: ['--no-sandbox', '--disable-gpu', '--force-device-scale-factor=1', join(import.meta.dirname, 'window')],
    env: { ...process.env, DISPLAY: display?.display ?? process.env['DISPLAY'] ?? '' },
  });
  const page = await app.firstWindow();
  const heard: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') heard.push(message.text());
  });
  page.on('pageerror', (error) => heard.push(error.message));
  const resize = await resizer(app);
  await page.goto(`${served.origin}/gallery.html`);
  await page.waitForFunction(() => document.querySelector('#root > *') !== null);
  const states = await page.evaluate(() => (window as unknown as Told).qorganGallery.states);
  let width = small.width;
  return {
    page,
    states,
    settled: () => settled(page, width),
    complaints: async () => [
      ...heard.splice(0),
      ...(await page.evaluate(() => (window as unknown as Told).qorganGallery.missing.splice(0))),
    ],
    show: async ({ state, locale = 'kk', scheme = 'light', size = small }) => {
      const wanted = state.startsWith('prompt') ? sealed : size;
      ({ width } = wanted);
      await resize(wanted);
      await page.evaluate(
        (query) => (window as unknown as Told).qorganGallery.show(query),
        `?state=${state}&locale=${locale}&scheme=${scheme}`,
      );
      await settled(page, width);
      if (state.startsWith('signature-')) await openSignature(page);
      if (state.startsWith('screenshot-')) await openScreenshot(page);
      // The third part of a person: everything that he did and may do.
      if (state.startsWith('audit-')) await page.keyboard.press('3');
      // What is refused when it is asked for.
      await asks[state]?.(page);
      // Where an answer never comes, a skeleton shows after a while.
      if (state.endsWith('-loading')) await page.locator('.skeleton > *').first().waitFor();
      await settled(page, width);
    },
    close: async () => {
      await app.close();
      await served.close();
      display?.stop();
    },
  };
}
