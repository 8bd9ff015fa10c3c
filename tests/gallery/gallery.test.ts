import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { large, openGallery, pictures, type OpenGallery, type Wanted } from './open.ts';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

type Finding = {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string }[];
};
type Axe = { readonly run: (root: unknown, options: unknown) => Promise<{ readonly violations: readonly Finding[] }> };

let gallery: OpenGallery;

beforeAll(async () => {
  gallery = await openGallery();
}, 120_000);

afterAll(() => gallery.close());

/** Serious and critical findings of axe on what is shown now: all rules, or the named ones. */
async function findings(rules: readonly string[] = []): Promise<readonly string[]> {
  if (!(await gallery.page.evaluate(() => 'axe' in window))) await gallery.page.evaluate(axeSource);
  const { violations } = await gallery.page.evaluate(async (names) => {
    const { axe } = window as unknown as { readonly axe: Axe };
    const { violations: all } = await axe.run(document, {
      resultTypes: ['violations'],
      ...(names.length === 0 ? {} : { runOnly: names }),
    });
    return { violations: all };
  }, rules);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 140)).join(' | ')}`);
}

/** Boxes that are cut by the window, and words that are cut inside buttons and headings. */
function clipped(): Promise<readonly string[]> {
  return gallery.page.evaluate(() => {
    const isWider = (element: Element): boolean => element.scrollWidth > element.clientWidth + 1;
    const page = isWider(document.documentElement) ? ['the page scrolls sideways'] : [];
    const words = [...document.querySelectorAll('button:not(.text-button):not(.status-part), h1, h2, h3, label, dt')]
      .filter(
        (element) =>
          isWider(element) &&
          element.clientWidth > 0 &&
          !element.closest('.visually-hidden') &&
          !element.classList.contains('visually-hidden'),
      )
      .map((element) => element.textContent.slice(0, 60));
    return [...page, ...words];
  });
}

/** Shows, photographs and examines states in one look; `rules` are axe's: all where empty, none where `null`. */
async function walk(
  states: readonly string[],
  look: Omit<Wanted, 'state'>,
  rules: readonly string[] | null,
): Promise<readonly string[]> {
  const complaints: string[] = [];
  for (const state of states) {
    await gallery.show({ state, ...look });
    const { locale = 'kk', scheme = 'light', size } = look;
    const name = `${state}-${locale}-${scheme}${size === undefined ? '' : `-${size.width}`}`;
    await gallery.page.screenshot({ path: join(pictures, `gallery-${name}.png`) });
    const heard = [
      ...(await gallery.complaints()),
      ...(await clipped()).map((text) => `clipped: ${text}`),
      ...(rules === null ? [] : await findings(rules)),
    ];
    complaints.push(...heard.map((text) => `${name}: ${text}`));
  }
  return complaints;
}

const onLargeScreens = [
  'shift',
  'queue-demo',
  'queue-mine',
  'queue-long-words',
  'queue-5000',
  'signature-valid',
  'signature-long-words',
  'journal',
  'evidence',
  'screenshot-case',
  'retention',
  'connection-bad',
  'about',
];

describe('the gallery', () => {
  it('shows every screen in every state', () => {
    expect(gallery.states.length).toBeGreaterThan(40);
  });

  it('has nothing serious for axe, no missing word, no broken policy and nothing clipped, in Kazakh and light', async () => {
    expect(await walk(gallery.states, { locale: 'kk', scheme: 'light' }, [])).toEqual([]);
  }, 240_000);

  it('has none of these in Russian and dark', async () => {
    expect(await walk(gallery.states, { locale: 'ru', scheme: 'dark' }, ['color-contrast'])).toEqual([]);
  }, 240_000);

  it('fits a large screen, in each language and both looks', async () => {
    expect(await walk(onLargeScreens, { locale: 'kk', scheme: 'dark', size: large }, null)).toEqual([]);
    expect(await walk(onLargeScreens, { locale: 'ru', scheme: 'light', size: large }, null)).toEqual([]);
    expect(await walk(onLargeScreens, { locale: 'en', scheme: 'light', size: large }, null)).toEqual([]);
  }, 240_000);

  it('has nothing serious in what opens over a page: palette, keys, menus, reasons of a refusal', async () => {
    const { page } = gallery;
    const opened: readonly (readonly [string, string, () => Promise<void>])[] = [
      ['queue', 'palette', () => page.keyboard.press('Control+k')],
      ['queue', 'keys', () => page.keyboard.press('Shift+Slash')],
      ['queue', 'person', () => page.locator('.person-button').click()],
      ['queue', 'statuses', () => page.locator('.filter-line button').first().click()],
      ['queue-mine', 'reasons', () => page.keyboard.press('x')],
      ['shift-card-locked', 'unusable', () => page.locator('summary').click()],
      ['shift-not-accepted', 'not-accepted', () => page.locator('summary').click()],
      ['queue-approved', 'history', () => page.keyboard.press('3')],
      ['signature-stamped', 'signature-end', () => page.locator('.signature .note').scrollIntoViewIfNeeded()],
      [
        'prompt',
        'wrong-pin',
        () =>
          page
            .locator('input')
            .fill('0')
            .then(() => page.keyboard.press('Enter')),
      ],
      ['journal-check-failed', 'check', () => page.locator('.journal-head button.button').click()],
    ];
    const complaints: string[] = [];
    for (const [state, name, open] of opened) {
      await gallery.show({ state });
      await open();
      await gallery.settled();
      await page.screenshot({ path: join(pictures, `gallery-open-${name}.png`) });
      complaints.push(
        ...[...(await gallery.complaints()), ...(await clipped()), ...(await findings())].map(
          (text) => `${name}: ${text}`,
        ),
      );
    }
    expect(complaints).toEqual([]);
  }, 60_000);

  it('would hear of a button without a name, of a missing word and of a broken policy', async () => {
    await gallery.show({ state: 'queue' });
    await gallery.page.evaluate(() => {
      const planted = document.createElement('div');
      planted.id = 'planted';
      planted.innerHTML = '<button></button><p style="color: red">planted</p>';
      document.body.append(planted);
    });
    expect((await findings()).some((text) => text.startsWith('button-name'))).toBe(true);
    expect((await gallery.complaints()).some((text) => text.includes('Content Security Policy'))).toBe(true);
    await gallery.page.evaluate(() => document.querySelector('#planted')?.remove());
  });

  it('leaves nothing in the storage of the page (57-26.2)', async () => {
    await gallery.show({ state: 'queue-mine' });
    await gallery.page.getByText('ru', { exact: true }).click();
    const kept = await gallery.page.evaluate(async () => [
      localStorage.length,
      sessionStorage.length,
      document.cookie.length,
      (await indexedDB.databases()).length,
    ]);
    expect(kept).toEqual([0, 0, 0, 0]);
  });
});
