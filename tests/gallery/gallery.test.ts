import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isOfAccess } from './access-names.ts';
import { large, openGallery, pictures, type OpenGallery } from './open.ts';
import { clipped, findings, walk } from './walk.ts';

let gallery: OpenGallery;

beforeAll(async () => {
  gallery = await openGallery();
}, 120_000);

afterAll(() => gallery.close());

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

/** What `access.test.ts` does not walk. */
const states = (): readonly string[] => gallery.states.filter((name) => !isOfAccess(name));

describe('the gallery', () => {
  it('shows every screen in every state', () => {
    expect(gallery.states.length).toBeGreaterThan(40);
  });

  it('has nothing serious for axe, no missing word, no broken policy and nothing clipped, in Kazakh and light', async () => {
    expect(await walk(gallery, states(), { locale: 'kk', scheme: 'light' }, [])).toEqual([]);
  }, 240_000);

  it('has none of these in Russian and dark', async () => {
    expect(await walk(gallery, states(), { locale: 'ru', scheme: 'dark' }, ['color-contrast'])).toEqual([]);
  }, 240_000);

  it('fits a large screen, in each language and both looks', async () => {
    expect(await walk(gallery, onLargeScreens, { locale: 'kk', scheme: 'dark', size: large }, null)).toEqual([]);
    expect(await walk(gallery, onLargeScreens, { locale: 'ru', scheme: 'light', size: large }, null)).toEqual([]);
    expect(await walk(gallery, onLargeScreens, { locale: 'en', scheme: 'light', size: large }, null)).toEqual([]);
  }, 240_000);

  it('has nothing serious in what opens over a page: palette, keys, menus, reasons of a refusal', async () => {
    const { page } = gallery;
    const opened: readonly (readonly [string, string, () => Promise<void>])[] = [
      ['queue', 'palette', () => page.keyboard.press('Control+k')],
      ['queue', 'keys', () => page.keyboard.press('Shift+Slash')],
      ['queue', 'person', () => page.locator('.person-button').click()],
      ['queue', 'statuses', () => page.locator('.filter-line button').first().click()],
      ['queue-mine', 'reasons', () => page.keyboard.press('x')],
      ['shift-locked-idle', 'unusable', () => page.locator('summary').click()],
      // Where no certificate can be used, the reasons stand open.
      ['shift-not-accepted', 'not-accepted', () => page.locator('.unusable[open] .refusal').first().waitFor()],
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
        ...[...(await gallery.complaints()), ...(await clipped(gallery)), ...(await findings(gallery))].map(
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
    expect((await findings(gallery)).some((text) => text.startsWith('button-name'))).toBe(true);
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
