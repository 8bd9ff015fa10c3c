import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openGallery, type OpenGallery } from './open.ts';

let gallery: OpenGallery;

beforeAll(async () => {
  gallery = await openGallery();
}, 120_000);

afterAll(() => gallery.close());

const press = async (...keys: readonly string[]): Promise<void> => {
  for (const key of keys) await gallery.page.keyboard.press(key);
};
const heading = (): Promise<string | null> => gallery.page.locator('.case h1').textContent();
const seen = (text: string | RegExp): Promise<void> =>
  gallery.page.getByText(text).first().waitFor({ timeout: 15_000 });

describe('the queue, by keys alone', () => {
  it('is walked by j and k, and back', async () => {
    await gallery.show({ state: 'queue-none-chosen', locale: 'en' });
    await press('j');
    const first = await heading();
    await press('j');
    await expect.poll(heading).not.toBe(first);
    await press('k');
    await expect.poll(heading).toBe(first);
  });

  it('is walked by the same keys in a Cyrillic layout', async () => {
    await gallery.show({ state: 'queue-none-chosen', locale: 'ru' });
    await gallery.page.evaluate(() =>
      window.dispatchEvent(new KeyboardEvent('keydown', { code: 'KeyJ', key: '\u043E', bubbles: true })),
    );
    await gallery.page.locator('.case h1').waitFor();
  });

  it('reaches the last of 5,000 rows at once', async () => {
    await gallery.show({ state: 'queue-5000', locale: 'en' });
    await gallery.page.getByRole('button', { name: /All cases/u }).click();
    await gallery.page.getByRole('listbox').focus();
    await press('PageDown', 'PageDown');
    expect(await gallery.page.getByRole('option').count()).toBeLessThan(80);
    expect(await gallery.page.getByRole('option').first().getAttribute('aria-setsize')).toBe('5000');
  });

  it('is claimed, decided and signed without a mouse, and the entry goes its way to the central log', async () => {
    await gallery.show({ state: 'queue', locale: 'en' });
    await press('c');
    await seen('Recorded here');
    await seen(/In the central log №\s48/u);
    await press('a');
    await gallery.page.locator('.decision .paper').waitFor();
    await press('Control+Enter');
    await seen('The case is decided');
    await seen(/In the central log №\s48/u);
  });

  it('refuses only with a reason, and keeps the draft while another case is looked at', async () => {
    await gallery.show({ state: 'queue-mine', locale: 'en' });
    await press('x');
    const sign = gallery.page.getByRole('button', { name: /^Sign/u });
    expect(await sign.isDisabled()).toBe(true);
    await gallery.page.getByLabel('The document has expired').check();
    expect(await sign.isDisabled()).toBe(false);
    const before = await heading();
    await press('k');
    await expect.poll(heading).not.toBe(before);
    await press('j');
    await expect.poll(heading).toBe(before);
    expect(await gallery.page.getByLabel('The document has expired').isChecked()).toBe(true);
  });

  it('keeps the draft when the signing is cancelled, and says so', async () => {
    await gallery.show({ state: 'queue-cancelled', locale: 'en' });
    await press('a', 'Control+Enter');
    await seen('Not signed. The draft is kept.');
    expect(await gallery.page.getByLabel('Approve').isChecked()).toBe(true);
  });

  it('leaves letters to a person who writes', async () => {
    await gallery.show({ state: 'queue-mine', locale: 'en' });
    await gallery.page.getByLabel('Note').fill('');
    await gallery.page.getByLabel('Note').pressSequentially('x a r j');
    expect(await gallery.page.getByLabel('Note').inputValue()).toBe('x a r j');
    expect(await gallery.page.getByLabel('Refuse').isChecked()).toBe(false);
  });
});

describe('the report about a signature, by keys alone', () => {
  it('opens at its act, is closed by Esc, and gives the focus back', async () => {
    await gallery.show({ state: 'signature-invalid', locale: 'en' });
    await seen('The signature is not valid');
    await press('Escape');
    await expect.poll(() => gallery.page.getByRole('dialog').count()).toBe(0);
    const focused = gallery.page.locator('.history-item button:focus');
    await expect.poll(() => focused.textContent()).toBe('Signature');
    await press('Enter');
    await seen('The signature is not valid');
  });

  it('stands at its full height before the answer comes, so that nothing jumps', async () => {
    const heightOf = async (state: string): Promise<number> => {
      await gallery.show({ state, locale: 'kk' });
      return (await gallery.page.locator('.sheet').last().boundingBox())?.height ?? 0;
    };
    const waiting = await heightOf('signature-loading');
    expect(waiting).toBeGreaterThan(500);
    expect((await heightOf('signature-valid')) - waiting).toBeLessThan(160);
  });
});

describe('the window, by keys alone', () => {
  it('finds everything by Ctrl K', async () => {
    await gallery.show({ state: 'queue', locale: 'en' });
    await press('Control+k');
    await gallery.page.getByRole('combobox').fill('journal');
    await press('Enter');
    await seen('Choose an entry');
  });

  it('changes the language at once, and everything with it', async () => {
    await gallery.show({ state: 'queue', locale: 'en' });
    await gallery.page.getByText('kk', { exact: true }).click();
    await seen('Алдымен істі қарауға алыңыз');
    expect(await gallery.page.evaluate(() => document.documentElement.lang)).toBe('kk');
  });

  it('goes to its sections by Alt and a digit, and is locked by Ctrl L', async () => {
    await gallery.show({ state: 'queue', locale: 'en' });
    await press('Alt+4');
    await gallery.page.getByRole('heading', { name: 'Central log' }).waitFor();
    await press('Alt+5');
    await gallery.page.getByRole('heading', { name: 'Connection and devices' }).waitFor();
    await press('Control+l');
    await gallery.page.getByRole('heading', { name: 'Start of shift' }).waitFor();
  });

  it('keeps a picture of the window with a reason, and pauses its upload', async () => {
    await gallery.show({ state: 'queue-mine', locale: 'en' });
    await press('Control+Shift+S');
    const dialog = gallery.page.getByRole('dialog');
    await dialog.waitFor();
    const keep = dialog.getByRole('button', { name: 'Keep and record' });
    expect(await keep.isDisabled()).toBe(true);
    await dialog.getByRole('radio').first().focus();
    await press('Space');
    await dialog.getByLabel('Note').focus();
    await gallery.page.keyboard.type('two faces');
    await press('Enter');
    await dialog.getByText('Recorded here, entry').waitFor();
    await press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await press('Alt+3');
    await gallery.page.getByRole('table').getByText('two faces').waitFor();
    await press('j');
    await gallery.page.getByRole('heading', { name: 'Disputed data: two faces' }).waitFor();
    await gallery.page.getByRole('button', { name: 'Pause the upload' }).focus();
    await press('Enter');
    await gallery.page.getByRole('button', { name: 'Resume the upload' }).waitFor();
  });
});

describe('the sealed prompt, by keys alone', () => {
  it('starts in the PIN, masks it, and keeps a wrong PIN in the window with the next step', async () => {
    await gallery.show({ state: 'prompt', locale: 'en' });
    await gallery.page.keyboard.type('0000');
    const pin = gallery.page.getByLabel('PIN of the card');
    expect(await pin.inputValue()).toBe('0000');
    expect(await pin.getAttribute('type')).toBe('password');
    await press('Enter');
    await gallery.page.getByRole('alert').waitFor();
    expect(await pin.inputValue()).toBe('');
    expect(await pin.evaluate((element) => element === document.activeElement)).toBe(true);
  });

  it('asks for what was left out before it asks the card', async () => {
    await gallery.show({ state: 'prompt-shift', locale: 'en' });
    await gallery.page.keyboard.type('333444');
    await press('Enter');
    await seen('Enter the password');
  });

  it('offers no PIN to a locked card', async () => {
    await gallery.show({ state: 'prompt-card-locked', locale: 'en' });
    expect(await gallery.page.getByLabel('PIN of the card').isDisabled()).toBe(true);
    expect(await gallery.page.getByRole('button', { name: 'Sign and record' }).isDisabled()).toBe(true);
  });
});
