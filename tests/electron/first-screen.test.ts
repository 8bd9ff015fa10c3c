import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchApplication, type DrivenApplication } from '../../dev/run/index.ts';
import { displayOfTests } from './display.ts';

let application: DrivenApplication;
const profileDirectory = mkdtempSync(join(tmpdir(), 'qorgan-first-'));
const heard: string[] = [];

beforeAll(async () => {
  application = await launchApplication({ profileDirectory, display: await displayOfTests() });
  application.operator.on('console', (message) => heard.push(message.text()));
  application.operator.on('pageerror', (error) => heard.push(error.message));
});

afterAll(async () => {
  await application.close();
  rmSync(profileDirectory, { recursive: true, force: true });
});

const asksMax = 10;

/** The inspector now and then loses an answer of the main process that has just started; what is asked so may be asked again. */
async function askAgain<T>(ask: () => Promise<T>): Promise<T> {
  for (let asks = 1; ; asks += 1) {
    try {
      return await ask();
    } catch (error) {
      if (asks === asksMax || !String(error).includes('promise was garbage collected')) throw error;
      process.stderr.write('first screen: an answer of the main process was lost; asked again\n');
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

/** Loads the page anew and keeps the scripts behind the painted screen from it until `letGo` is called. */
async function reloadHeld(application: DrivenApplication): Promise<{ readonly letGo: () => Promise<void> }> {
  await askAgain(() =>
    application.electron.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents;
      const waiting: (() => void)[] = [];
      let isHeld = true;
      Object.assign(globalThis, {
        letGo: () => {
          isHeld = false;
          for (const go of waiting.splice(0)) go();
        },
      });
      contents?.session.webRequest.onBeforeRequest(({ url }, answer) => {
        const go = (): void => answer({ cancel: !url.startsWith('app://qorgan/') });
        if (isHeld && /\/assets\/(?:operator-window|client|kit|screens|shell)-/u.test(url)) waiting.push(go);
        else go();
      });
    }),
  );
  await application.operator.reload({ waitUntil: 'commit' });
  await application.operator.locator('#root[data-screen] button').first().waitFor();
  return { letGo: () => application.electron.evaluate(() => (globalThis as unknown as { letGo: () => void }).letGo()) };
}

type Look = { readonly text: string; readonly boxes: readonly string[] };
type Watched = { look: () => Look; takenOver: Promise<Look> };

/** The words of the page, and where its parts stand. */
async function look(operator: DrivenApplication['operator']): Promise<Look> {
  await operator.evaluate(() => {
    const parts = 'h1, h2, p, button, input, .segmented label, footer';
    (window as unknown as Watched).look = () => ({
      text: document.querySelector<HTMLElement>('#root')?.innerText.replaceAll(/\s+/gu, ' ').trim() ?? '',
      boxes: [...document.querySelectorAll(parts)].map((part) => JSON.stringify(part.getBoundingClientRect())),
    });
  });
  return await operator.evaluate(() => (window as unknown as Watched).look());
}

/** Looks at the moment of the take-over, by the page itself: what main answers a moment later may move its parts. */
function lookWhenTakenOver(operator: DrivenApplication['operator']): Promise<void> {
  return operator.evaluate(() => {
    const watched = window as unknown as Watched;
    watched.takenOver = new Promise((resolve) => {
      new MutationObserver((_changes, observer) => {
        if (document.querySelector('.segmented .mantine-SegmentedControl-indicator') === null) return;
        observer.disconnect();
        resolve(watched.look());
      }).observe(document, { subtree: true, childList: true });
    });
  });
}

describe('the first screen', () => {
  it('is there before its scripts, and stands still when they take it over', async () => {
    const { letGo } = await reloadHeld(application);
    const { operator } = application;
    const before = await look(operator);
    const kept = await operator.locator('button[type="submit"]').elementHandle();
    expect(before.text.length).toBeGreaterThan(300);
    // Painted while the scripts are still held: the frame may come a moment after the elements are there.
    await expect.poll(() => operator.evaluate(() => performance.getEntriesByType('paint').length)).toBeGreaterThan(0);
    await lookWhenTakenOver(operator);
    await letGo();
    expect(await operator.evaluate(() => (window as unknown as Watched).takenOver)).toEqual(before);
    // The very elements that were painted: nobody's finger or focus loses what it is on.
    expect(await kept?.evaluate((element) => element.isConnected)).toBe(true);
    expect(heard).toEqual([]);
  });

  it('honours what was pressed and written before its scripts were there', async () => {
    const { letGo } = await reloadHeld(application);
    const { operator } = application;
    await operator.getByRole('textbox').first().click();
    await operator.keyboard.type('QRG-1');
    await operator.locator('.segmented').getByText('ru', { exact: true }).click();
    expect(await operator.evaluate(() => document.documentElement.lang)).toBe('kk');
    await letGo();
    await expect.poll(() => operator.evaluate(() => document.documentElement.lang)).toBe('ru');
    expect(await operator.getByRole('textbox').first().inputValue()).toBe('QRG-1');
    expect(await operator.evaluate(() => document.activeElement?.tagName)).toBe('INPUT');
    // In the state of the page and not only in the element: a change of the other field does not put the old text back.
    await operator.getByRole('textbox').nth(1).fill('Desk');
    expect(await operator.getByRole('textbox').first().inputValue()).toBe('QRG-1');
    expect(JSON.parse(readFileSync(join(profileDirectory, 'preferences.json'), 'utf8'))).toMatchObject({
      locale: 'ru',
    });
  });

  it('is drawn in the language and the look of the preferences', async () => {
    const wish = { locale: 'en', colourScheme: 'dark', density: 'comfortable' };
    writeFileSync(join(profileDirectory, 'preferences.json'), JSON.stringify(wish));
    const { letGo } = await reloadHeld(application);
    const { operator } = application;
    const shown = await operator.evaluate(() => ({
      look: document.documentElement.dataset['mantineColorScheme'],
      density: document.documentElement.dataset['density'],
      lang: document.documentElement.lang,
      title: document.querySelector('h1')?.textContent,
    }));
    expect(shown).toMatchObject({ lang: 'en', look: 'dark', density: 'comfortable' });
    expect(shown.title).toMatch(/^[A-Za-z ]+$/u);
    await letGo();
  });

  it('gives way to what main says where the hints beside the vault have changed meanwhile', async () => {
    const { letGo } = await reloadHeld(application);
    await application.operator.locator('.segmented').getByText('kk', { exact: true }).click();
    await letGo();
    // The engine still speaks Russian: the painted English screen is not the one that it shows, and its press means nothing.
    await expect.poll(() => application.operator.evaluate(() => document.documentElement.lang)).toBe('ru');
    await application.operator.locator('.segmented').getByText('en', { exact: true }).click();
    await expect.poll(() => application.operator.evaluate(() => document.documentElement.lang)).toBe('en');
  });
});

describe('the first screen of a workstation whose hints somebody else wrote', () => {
  const directory = mkdtempSync(join(tmpdir(), 'qorgan-hints-'));
  const name = `"><script>document.title="run"</script><img src=x onerror=alert(1)>'&{{version}}__CSP_NONCE__$&`;
  let locked: DrivenApplication;

  beforeAll(async () => {
    const hints = {
      profile: 'production',
      operatorName: name,
      deviceId: 'd',
      deviceName: name.slice(0, 80),
      serverUrl: '',
    };
    writeFileSync(join(directory, 'workstation.json'), JSON.stringify(hints));
    const preferences = { locale: 'en', colourScheme: 'dark', density: 'comfortable' };
    writeFileSync(join(directory, 'preferences.json'), JSON.stringify(preferences));
    locked = await launchApplication({ profileDirectory: directory, display: await displayOfTests() });
  });

  afterAll(async () => {
    await locked.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('shows their words as they are written, asks for no secret, and is taken over in the dark as well', async () => {
    const said: string[] = [];
    locked.operator.on('console', (message) => said.push(message.text()));
    locked.operator.on('pageerror', (error) => said.push(error.message));
    const { letGo } = await reloadHeld(locked);
    const { operator } = locked;
    const brand = operator.locator('.brand .cut');
    expect(await brand.innerText()).toBe(name);
    expect(await operator.locator('script').count()).toBe(1);
    expect(await operator.locator('img, input[type="password"]').count()).toBe(0);
    const kept = await brand.elementHandle();
    await letGo();
    await operator.locator('.segmented .mantine-SegmentedControl-indicator').waitFor({ state: 'attached' });
    expect(await brand.innerText()).toBe(name);
    expect(await kept?.evaluate((element) => element.isConnected)).toBe(true);
    expect([await operator.title(), said]).toEqual(['Qorgan', []]);
  });
});
