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
const show = (state: string): Promise<void> => gallery.show({ state, locale: 'en' });
const seen = (text: string | RegExp): Promise<void> =>
  gallery.page.getByText(text).first().waitFor({ timeout: 15_000 });
/** Keys are heard by a list that is there: the first row is chosen once it is. */
const chooseFirst = async (state: string): Promise<void> => {
  await show(state);
  await gallery.page.locator('.journal-rows .journal-row').first().waitFor();
  await press('j');
  await gallery.page.locator(".journal-rows .journal-row[aria-current='true']").waitFor();
};
/** Two people may have one name; their numbers differ. */
const number = (): Promise<string | null> => gallery.page.locator('.case-head .case-line').textContent();
const sign = () => gallery.page.getByRole('button', { name: /^Sign/u });

describe('people, by keys alone', () => {
  it('are looked up by 4 for where they are signed in, and signed out there for a reason alone', async () => {
    await chooseFirst('people-none-chosen');
    await press('4');
    await seen('A session that you end is over at once');
    const end = gallery.page.getByRole('button', { name: 'Sign out there' });
    const before = await end.count();
    expect(await end.first().isDisabled()).toBe(true);
    await gallery.page.getByLabel('Reason').first().fill('Stolen bag');
    await end.first().press('Enter');
    await expect.poll(() => end.count()).toBe(before - 1);
    await seen('was ended');
  });

  it('are walked by j and k, searched by /, and looked at part by part by 1, 2 and 3', async () => {
    await chooseFirst('people-none-chosen');
    const first = await number();
    await press('j');
    await expect.poll(number).not.toBe(first);
    await press('k');
    await expect.poll(number).toBe(first);
    await press('3');
    await seen('What the person may do');
    await press('2');
    await press('/');
    await gallery.page.keyboard.type('т-0010');
    await seen('Nobody was found');
    await press('Control+a');
    await gallery.page.keyboard.type('T-0010');
    await expect.poll(() => gallery.page.locator('.people .journal-rows .journal-row').count()).toBe(1);
  });

  it('are as quick to reach among 5,000: no more rows stand than are seen', async () => {
    await show('people-5000');
    const table = gallery.page.getByRole('table', { name: 'People' });
    expect(await table.getAttribute('aria-rowcount')).toBe('5001');
    expect(await gallery.page.locator('.people .journal-rows .journal-row').count()).toBeLessThan(80);
    await gallery.page.locator('.people .journal-scroll').focus();
    await press('PageDown', 'PageDown');
    await gallery.page.locator('.people .journal-row[aria-current="true"]').waitFor();
  });

  it('are told why one cannot change oneself', async () => {
    await show('people-me');
    expect(await gallery.page.getByRole('button', { name: 'Change the record' }).isDisabled()).toBe(true);
    await gallery.page.getByRole('button', { name: 'Why can’t I?' }).focus();
    await press('Enter');
    await gallery.page.getByRole('alert').waitFor();
  });
});

describe('a change of a person, by keys alone', () => {
  it('names a wrong IIN, is taken back step by step, and is signed when nothing is missing', async () => {
    await show('people-none-chosen');
    await press('n');
    // The form opens in its first field.
    await gallery.page.locator('.propose input:focus').waitFor();
    await gallery.page.keyboard.type('880214450136');
    await seen(/^The IIN is wrong\. An IIN has 12 digits/u);
    await press('Backspace');
    await gallery.page.keyboard.type('7');
    await expect.poll(() => gallery.page.getByText(/^The IIN is wrong/u).count()).toBe(0);
    await gallery.page.getByLabel('Name').fill('A. Seitkali');
    await gallery.page.getByLabel('Employee number').fill('T-9');
    await gallery.page.getByLabel('reviewer').focus();
    await press('Space');
    await press('Control+z');
    expect(await gallery.page.getByLabel('reviewer').isChecked()).toBe(false);
    await press('Space');
    await gallery.page.getByLabel('Reason').fill('More reviewers');
    expect(await sign().isDisabled()).toBe(true);
    await gallery.page.getByLabel('Basis').fill('Order 7');
    await gallery.page.locator('.decision .paper').waitFor();
    await press('Control+Enter');
    await seen(/In the central log №\s48/u);
  });

  it('shows before and after of what is changed, and nothing else', async () => {
    await show('propose');
    await gallery.page.getByLabel('security officer').focus();
    await press('Space');
    await expect.poll(() => gallery.page.locator('.decision .diff tbody tr').count()).toBe(1);
    expect(await gallery.page.locator('.decision .diff tbody tr').textContent()).toMatch(/^Roles.*security officer$/u);
  });
});

describe('changes of devices, of the policy and of everybody, by keys alone', () => {
  const why = async (): Promise<void> => {
    await gallery.page.getByLabel('Reason').fill('New hall');
    await gallery.page.getByLabel('Basis').fill('Order 7');
  };

  it('let a device in only after its key was compared, with a place and a custodian', async () => {
    await show('devices-requested');
    await gallery.page.getByRole('button', { name: 'Propose to admit' }).focus();
    await press('Enter');
    await seen('The key has not been compared');
    await gallery.page.getByLabel('The screen of the device shows just this').focus();
    await press('Space');
    await gallery.page.getByLabel('Location').fill('Hall 2');
    await gallery.page.getByLabel('Custodian').fill('T-0001');
    await expect.poll(() => gallery.page.locator('.picker').getByRole('radio').count()).toBe(1);
    await gallery.page.locator('.picker').getByRole('radio').focus();
    await press('Space');
    await why();
    await press('Control+z', 'Control+z');
    expect(await sign().isDisabled()).toBe(true);
    await why();
    await gallery.page.locator('.decision .paper').waitFor();
    await press('Control+Enter');
    await seen(/In the central log №\s48/u);
  });

  it('tell a setting of the policy with its unit, and keep one that is beyond its bounds from being signed', async () => {
    await show('propose-policy');
    await why();
    const field = gallery.page.getByLabel('A claim runs out after', { exact: true });
    await field.fill('0');
    await seen('A claim runs out after: at least 1 s.');
    expect(await sign().isDisabled()).toBe(true);
    await field.fill('90');
    await expect
      .poll(() => gallery.page.locator('.decision .diff tbody tr').last().textContent())
      .toMatch(/^A claim runs out after.*45 min.*90 min$/u);
    await gallery.page.locator('.decision .paper').waitFor();
    await press('Control+Enter');
    await seen(/In the central log №\s48/u);
  });

  it('let in what came after a block one by one, and never all of it at once', async () => {
    await show('people-blocked');
    await seen('3 acts were received after the block and are refused');
    await gallery.page.getByRole('button', { name: 'Propose to let in' }).focus();
    await press('Enter');
    await seen('Chosen: 0 of 3');
    expect(await gallery.page.locator('.release input:disabled').count()).toBe(3);
    const chosen = () => gallery.page.locator('.release input:checked').count();
    await press('j', 'Space', 'j', 'Space');
    await expect.poll(chosen).toBe(2);
    await press('k', 'Space');
    await seen('Chosen: 1 of 3');
    await press('Control+z');
    await seen('Chosen: 2 of 3');
    expect(await sign().isDisabled()).toBe(true);
    await why();
    await gallery.page.locator('.decision .paper').waitFor();
    await press('Control+Enter');
    await seen(/In the central log №\s48/u);
  });

  it('let in no more than 32 acts by one signature', async () => {
    await show('propose-release-64');
    await why();
    const boxes = gallery.page.locator('.release input:enabled');
    expect(await boxes.count()).toBe(33);
    for (const box of await boxes.all()) await box.check();
    await seen('One signature lets in no more than 32 acts');
    expect(await sign().isDisabled()).toBe(true);
    await boxes.last().uncheck();
    await gallery.page.locator('.decision .paper').waitFor();
    await expect.poll(() => sign().isDisabled()).toBe(false);
  });

  it('lead through the sections of the policy, there and back, also from a field', async () => {
    await show('propose-policy');
    const inSection = (): Promise<string> =>
      gallery.page.evaluate(
        () => document.activeElement?.closest('.policy-section')?.querySelector('h2')?.textContent ?? '',
      );
    await gallery.page.locator('.propose input:focus').waitFor();
    const names = await gallery.page.locator('.policy-section h2').allTextContents();
    expect(names.length).toBeGreaterThan(5);
    for (const name of names) {
      await press('Alt+PageDown');
      expect(await inSection()).toBe(name);
    }
    await press('Alt+PageUp');
    expect(await inSection()).toBe(names.at(-2));
  });

  it('review people one by one, and never all of them at once', async () => {
    await show('propose-review');
    const decided = () => gallery.page.locator('.review .review-button[aria-pressed="true"]').count();
    await press('a');
    expect(await decided()).toBe(0);
    await press('j', 'a', 'x');
    await expect.poll(decided).toBe(2);
    await seen('Looked at: 2 of 60');
    await press('Control+z');
    await seen('Looked at: 1 of 60');
    await why();
    await gallery.page.locator('.decision .paper').waitFor();
    await press('Control+Enter');
    await seen(/In the central log №\s48/u);
  });
});

describe('second signatures, by keys alone', () => {
  it('are given: the change is read, confirmed and signed, and the queue has one less', async () => {
    await chooseFirst('waiting-none-chosen');
    await seen('Reason');
    await press('a');
    await gallery.page.locator('.decision .paper').waitFor();
    expect(await gallery.page.locator('.part-count').textContent()).toBe('4');
    await press('Control+Enter');
    await seen(/In the central log №\s48/u);
    await expect.poll(() => gallery.page.locator('.part-count').textContent()).toBe('3');
  });

  it('are given to a release whose acts are read one by one', async () => {
    await show('waiting-release');
    await seen('2026-05430');
    expect(await gallery.page.locator('.blocked-act').count()).toBe(3);
    await press('a');
    await gallery.page.locator('.decision .paper').waitFor();
    await press('Control+Enter');
    await seen(/In the central log №\s48/u);
  });

  it('are declined only with a reason', async () => {
    await show('waiting');
    await press('x');
    expect(await sign().isDisabled()).toBe(true);
    await gallery.page.getByRole('textbox', { name: 'Note' }).fill('The order names another role');
    await gallery.page.locator('.decision .paper').waitFor();
    await press('Control+Enter');
    await seen('Nothing has changed. Propose it anew where it is needed.');
  });

  it('are not given to the own proposal, which can be withdrawn', async () => {
    await show('waiting-own');
    expect(await gallery.page.locator('.decision').getByRole('radio').count()).toBe(1);
    await press('a');
    expect(await sign().isDisabled()).toBe(true);
    await press('w');
    await gallery.page.locator('.decision .paper').waitFor();
    await press('Control+Enter');
    await seen('withdrawn');
  });
});

describe('roles, policies and sessions, by keys alone', () => {
  it('are reached by Alt 7, and the table of rights is saved', async () => {
    await show('queue');
    await press('Alt+7');
    await gallery.page.getByRole('button', { name: 'Roles and permissions' }).focus();
    await press('Enter');
    await gallery.page.getByRole('button', { name: 'Save as CSV' }).focus();
    await press('Enter');
    await seen('Saved');
  });

  it('show the whole policy and what it changed', async () => {
    await show('policies');
    await seen('Clock drift that refuses');
    const changed = await gallery.page.locator('.diff tbody tr').count();
    await gallery.page.getByText('Whole document').click();
    expect(await gallery.page.locator('.diff tbody tr').count()).toBeGreaterThan(changed);
  });

  it('end a session elsewhere, and not the one of this workstation', async () => {
    await show('sessions');
    expect(await gallery.page.locator('.session').count()).toBe(3);
    expect(await gallery.page.getByRole('button', { name: 'Sign out there' }).count()).toBe(2);
    await gallery.page.getByRole('button', { name: 'Sign out there' }).first().focus();
    await press('Enter');
    await expect.poll(() => gallery.page.locator('.session').count()).toBe(2);
  });
});
