import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isOfAccess } from './access-names.ts';
import { large, openGallery, type OpenGallery } from './open.ts';
import { walk } from './walk.ts';

let gallery: OpenGallery;
const states = (): readonly string[] => gallery.states.filter(isOfAccess);

beforeAll(async () => {
  gallery = await openGallery();
}, 120_000);

afterAll(() => gallery.close());

const onLargeScreens = [
  ...[
    'waiting',
    'waiting-policy',
    'waiting-release',
    'people',
    'people-blocked',
    'people-long-words',
    'people-5000',
    'propose',
    'propose-new',
  ],
  ...['propose-device-admit', 'propose-policy', 'propose-review', 'propose-release'],
  ...['roles', 'devices', 'policies', 'account', 'sessions'],
];

describe('the screens of accounts', () => {
  it('stand in the gallery in every state that a person may meet', () => {
    expect(states().length).toBeGreaterThan(50);
    for (const part of ['waiting', 'people', 'roles', 'devices', 'policies', 'account', 'sessions'])
      for (const state of ['', '-loading']) expect(states(), `${part}${state}`).toContain(`${part}${state}`);
  });

  it('have nothing serious for axe, no missing word, no broken policy and nothing clipped, in Kazakh and light', async () => {
    expect(await walk(gallery, states(), { locale: 'kk', scheme: 'light' }, [])).toEqual([]);
  }, 240_000);

  it('have none of these in Russian and dark', async () => {
    expect(await walk(gallery, states(), { locale: 'ru', scheme: 'dark' }, ['color-contrast'])).toEqual([]);
  }, 240_000);

  it('fit a large screen, in each language and both looks', async () => {
    expect(await walk(gallery, onLargeScreens, { locale: 'kk', scheme: 'dark', size: large }, null)).toEqual([]);
    expect(await walk(gallery, onLargeScreens, { locale: 'ru', scheme: 'light', size: large }, null)).toEqual([]);
    expect(await walk(gallery, onLargeScreens, { locale: 'en', scheme: 'light', size: large }, null)).toEqual([]);
  }, 240_000);

  it('show whole names where there is room for them', async () => {
    for (const locale of ['kk', 'ru', 'en'] as const) {
      await gallery.show({ state: 'people', locale, size: large });
      const names = await gallery.page
        .locator('.people .row-name')
        .evaluateAll((all) => all.map((name) => ({ isCut: name.scrollWidth > name.clientWidth })));
      expect(names.length).toBeGreaterThan(10);
      expect(names.filter(({ isCut }) => isCut)).toEqual([]);
    }
  });
});
