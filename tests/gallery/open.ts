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
  readonly show: (wanted: Wanted) => Promise<void>;
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

async function ready(page: Page, waitMs = 100): Promise<void> {
  await page.waitForFunction(() => document.querySelector('#root > *') !== null);
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  // The pages of a shift come after the window: keys mean something only once they stand.
  await page.waitForTimeout(waitMs);
  await page.waitForFunction(() => document.querySelector('[data-pages-on-their-way]') === null);
  await page.waitForTimeout(waitMs);
}

/** The report of the newest act, by keys as a person would: the history, its first button. */
async function openSignature(page: Page): Promise<void> {
  await page.keyboard.press('3');
  await page.locator('.history-item button').first().focus();
  await page.keyboard.press('Enter');
  await page.locator('[role="dialog"] .signature').waitFor();
  await page.waitForTimeout(450);
}

/** A picture of the window, by its key. */
async function openScreenshot(page: Page): Promise<void> {
  await page.keyboard.press('Control+Shift+S');
  await page.locator('[role="dialog"]').waitFor();
  await page.waitForTimeout(450);
}

type Told = { readonly qorganGallery: { readonly states: readonly string[]; readonly missing: string[] } };

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
  await ready(page);
  const states = await page.evaluate(() => (window as unknown as Told).qorganGallery.states);
  return {
    page,
    states,
    complaints: async () => [
      ...heard.splice(0),
      ...(await page.evaluate(() => (window as unknown as Told).qorganGallery.missing)),
    ],
    show: async ({ state, locale = 'kk', scheme = 'light', size = small }) => {
      await resize(state.startsWith('prompt') ? sealed : size);
      await page.goto(`${served.origin}/gallery.html?state=${state}&locale=${locale}&scheme=${scheme}`);
      // Long enough for a skeleton to show where an answer never comes.
      await ready(page, state.endsWith('-loading') ? 450 : 100);
      if (state.startsWith('signature-')) await openSignature(page);
      if (state.startsWith('screenshot-')) await openScreenshot(page);
    },
    close: async () => {
      await app.close();
      await served.close();
      display?.stop();
    },
  };
}
