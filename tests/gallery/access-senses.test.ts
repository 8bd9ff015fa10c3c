import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { large, openGallery, small, type OpenGallery } from './open.ts';

let gallery: OpenGallery;

beforeAll(async () => {
  gallery = await openGallery();
}, 120_000);

afterAll(() => gallery.close());

const press = async (...keys: readonly string[]): Promise<void> => {
  for (const key of keys) await gallery.page.keyboard.press(key);
};
const said = (): Promise<string | null> => gallery.page.locator('.people p[role="status"]').textContent();

describe('the lists of accounts, for whoever does not see them or sees them late', () => {
  it('say which row the keys have chosen', async () => {
    await gallery.show({ state: 'people-none-chosen', locale: 'en' });
    expect(await said()).toBe('');
    await press('j');
    const first = await said();
    expect(first).toMatch(/, .+, row 1$/u);
    await press('j');
    await expect.poll(said).toMatch(/, row 2$/u);
  });

  it('show the row whose page is open, however far down it stands', async () => {
    for (const state of ['people', 'people-200-long-words', 'people-blocked']) {
      await gallery.show({ state, locale: 'kk' });
      const row = await gallery.page.locator('.people .journal-row[aria-current="true"]').boundingBox();
      const list = await gallery.page.locator('.people .journal-scroll').boundingBox();
      expect(row !== null && list !== null && row.y >= list.y - 1, state).toBe(true);
      expect((row?.y ?? 0) + (row?.height ?? 0), state).toBeLessThanOrEqual((list?.y ?? 0) + (list?.height ?? 0) + 1);
    }
  });

  it('tell people with long names apart: two lines that the row holds', async () => {
    await gallery.show({ state: 'people-long-words', locale: 'kk' });
    const rows = await gallery.page.locator('.people .journal-row .row-name-long').evaluateAll((all) =>
      all.map((name) => {
        const row = name.closest('.journal-row')?.getBoundingClientRect();
        const { top, bottom } = name.getBoundingClientRect();
        return { isInside: row !== undefined && top >= row.top && bottom <= row.bottom, height: bottom - top };
      }),
    );
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.every(({ isInside }) => isInside)).toBe(true);
    expect(rows.some(({ height }) => height > 20)).toBe(true);
  });
});

describe('a refusal', () => {
  it('is as high as its words, stands once, and not beside an advice to choose from a list that is not there', async () => {
    for (const state of ['waiting-no-permission', 'people-no-permission', 'people-refused', 'waiting-refused']) {
      await gallery.show({ state, locale: 'ru' });
      const boxes = gallery.page.locator('.page .refusal');
      expect(await boxes.count(), state).toBe(1);
      expect((await boxes.first().boundingBox())?.height, state).toBeLessThan(260);
      expect(await gallery.page.locator('.page .empty').count(), state).toBe(0);
    }
  });

  it('names what the policy takes offence at in words, and what needs the server says so', async () => {
    await gallery.show({ state: 'shift-posture-refused', locale: 'ru' });
    await gallery.page.getByText('«Антивирус не работает»').waitFor();
    await gallery.show({ state: 'sessions-offline', locale: 'ru' });
    await gallery.page.getByText('Для этого нужна связь с сервером').waitFor();
  });
});

describe('the start of a shift', () => {
  it('has its reason and its button in sight, however many cards are in', async () => {
    const states = gallery.states.filter((name) => /^shift(?:-|$)/u.test(name));
    expect(states.length).toBeGreaterThan(10);
    for (const size of [small, large])
      for (const state of states) {
        await gallery.show({ state, locale: 'kk', size });
        const button = await gallery.page.locator('.gate-actions button').boundingBox();
        expect((button?.y ?? Infinity) + (button?.height ?? 0), state).toBeLessThan(size.height - 32);
        const told = gallery.page.locator('.gate-primary > .refusal');
        if ((await told.count()) === 0) continue;
        const box = await told.first().boundingBox();
        expect((box?.y ?? Infinity) + (box?.height ?? 0), state).toBeLessThan(size.height - 32);
      }
  });
});

describe('what was typed', () => {
  it('stays while another change is looked at, and Esc takes nothing of it', async () => {
    await gallery.show({ state: 'waiting-none-chosen', locale: 'en' });
    await press('j', 'x');
    const note = gallery.page.getByRole('textbox', { name: 'Note' });
    await note.fill('The order names another role');
    await press('Escape');
    expect(await note.inputValue()).toBe('The order names another role');
    await gallery.page.locator('.waiting .journal-scroll').focus();
    await press('j');
    await expect.poll(() => note.count()).toBe(0);
    await press('k');
    await expect.poll(() => note.inputValue()).toBe('The order names another role');
  });

  it('stays in a form that is left and opened again', async () => {
    await gallery.show({ state: 'people-none-chosen', locale: 'en' });
    await press('n');
    await gallery.page.locator('.propose input:focus').waitFor();
    await gallery.page.keyboard.type('880214450137');
    await press('Escape');
    await gallery.page.getByRole('button', { name: 'Back to the list' }).focus();
    await press('Enter');
    await gallery.page.locator('.people').waitFor();
    await press('n');
    await expect.poll(() => gallery.page.getByLabel('IIN').inputValue()).toBe('880214450137');
  });
});

describe('a session that was ended elsewhere', () => {
  it('is named where it went, and the focus stays in the list', async () => {
    await gallery.show({ state: 'sessions', locale: 'en' });
    await gallery.page.getByRole('button', { name: 'Sign out there' }).first().focus();
    await press('Enter');
    await gallery.page
      .getByRole('status')
      .getByText(/^The session at .+ was ended$/u)
      .waitFor();
    expect(await gallery.page.evaluate(() => document.activeElement?.className)).toContain('sessions');
    await press('Tab', 'Enter');
    await expect.poll(() => gallery.page.locator('.session').count()).toBe(1);
  });
});

describe('motion', () => {
  const moving = (): Promise<number> =>
    gallery.page.evaluate(() => document.getAnimations().filter(({ playState }) => playState === 'running').length);

  it('is none for whoever asked for none', async () => {
    await gallery.show({ state: 'people-loading' });
    await expect.poll(moving).toBeGreaterThan(0);
    await gallery.page.emulateMedia({ reducedMotion: 'reduce' });
    await expect.poll(moving).toBe(0);
    await press('Control+k');
    await gallery.page.getByRole('combobox').waitFor();
    expect(await moving()).toBe(0);
    await gallery.page.emulateMedia({ reducedMotion: 'no-preference' });
  });
});
