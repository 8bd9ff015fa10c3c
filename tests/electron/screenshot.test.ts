import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { member, prepareDemo, type DemoWorld } from '../../dev/demo/index.ts';
import { giveTo, launchApplication, Operator, type DrivenApplication } from '../../dev/run/index.ts';
import { displayOfTests } from './display.ts';
import { user } from './user.ts';

const directory = mkdtempSync(join(tmpdir(), 'qorgan-screenshot-'));
const pictures = resolve(import.meta.dirname, '../../out/screenshots');
const reviewer = member('reviewer');
const note = 'A note that is not signed yet';
const prefix = 'data:image/png;base64,';

let world: DemoWorld;
let application: DrivenApplication;
let operator: Operator;
let picture: Buffer;

type Item = {
  readonly sha256: string;
  readonly reason: string;
  readonly state: string;
  readonly caseId: string | null;
};
type Bridge = {
  readonly qorgan: {
    readonly call: (
      verb: string,
      input: unknown,
    ) => Promise<{
      readonly value?: { readonly items: readonly Item[] };
      readonly refusal?: { readonly code: string };
    }>;
  };
};

const ask = (verb: string, input: unknown) =>
  operator.page.evaluate(([name, given]) => (globalThis as unknown as Bridge).qorgan.call(name, given), [
    verb,
    input,
  ] as const);

async function evidence(): Promise<readonly Item[]> {
  return (await ask('evidence.list', { before: null, limit: 10, caseId: null })).value?.items ?? [];
}

const dialog = () => operator.page.getByRole('dialog');

/** The bytes that the person is shown before he decides. */
async function shownPicture(): Promise<Buffer> {
  const source = (await dialog().locator('img').getAttribute('src')) ?? '';
  expect(source.startsWith(prefix)).toBe(true);
  return Buffer.from(source.slice(prefix.length), 'base64');
}

/** Every file below a folder that holds these bytes, as they are or in base64. */
function filesWith(folder: string, bytes: Buffer): readonly string[] {
  const needle = bytes.subarray(bytes.length / 2, bytes.length / 2 + 48);
  const texts = [0, 1, 2].map((shift) => bytes.subarray(bytes.length / 2 + shift, bytes.length / 2 + shift + 48));
  const needles = [needle, ...texts.map((part) => Buffer.from(part.toString('base64')))];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true)
    .filter((file) => needles.some((part) => readFileSync(file).includes(part)));
}

beforeAll(async () => {
  chmodSync(directory, 0o711);
  world = await prepareDemo(join(directory, 'demo'), () => () => undefined);
  if (user !== undefined) giveTo(user, world.store.directory);
  application = await launchApplication({ profileDirectory: world.workstation, display: await displayOfTests(), user });
  operator = new Operator(application, { locale: 'kk', pictures });
  await operator.startShift(reviewer);
}, 240_000);

afterAll(async () => {
  await application?.close();
  await world?.server.stop();
  rmSync(directory, { recursive: true, force: true });
});

describe('a picture of the window', { timeout: 90_000 }, () => {
  it('is shown before it is kept, and to cancel it loses nothing of what stood behind it', async () => {
    await operator.rows.nth(1).click();
    await operator.claim(reviewer);
    await operator.page.getByLabel(operator.say('screens.decision.note')).first().fill(note);
    await operator.page.keyboard.press('Control+Shift+S');
    await dialog().waitFor();
    picture = await shownPicture();
    expect(picture.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
    await operator.picture('screenshot-dialog');
    await operator.page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
    expect(await operator.page.getByLabel(operator.say('screens.decision.note')).first().inputValue()).toBe(note);
    expect(await evidence()).toEqual([]);
    expect(readdirSync(join(world.workstation, 'vault')).filter((name) => name.startsWith('evidence-'))).toEqual([]);
  });

  it('is of this window alone, as it stood before the dialog opened', async () => {
    const size = await operator.page.evaluate(() => [innerWidth, innerHeight]);
    expect([picture.readUInt32BE(16), picture.readUInt32BE(20)]).toEqual(size);
    await operator.page.keyboard.press('Control+Shift+S');
    await dialog().waitFor();
    const again = await shownPicture();
    expect([again.readUInt32BE(16), again.readUInt32BE(20)]).toEqual(size);
    picture = again;
  });

  it('is recorded with its reason, its case and the very bytes that were shown', async () => {
    const reason = operator.say('screens.screenshot.reason.dispute');
    const keep = dialog().getByRole('button', { name: operator.say('screens.screenshot.keep') });
    expect(await keep.isDisabled()).toBe(true);
    await dialog().getByRole('radio', { name: reason }).click();
    await dialog().getByLabel(operator.say('screens.screenshot.note')).fill('фото');
    await keep.click();
    await dialog().getByRole('status').waitFor();
    await operator.picture('screenshot-kept');
    const [item] = await evidence();
    expect(item).toMatchObject({
      sha256: createHash('sha256').update(picture).digest('hex'),
      reason: `${reason}: фото`,
    });
    expect(item?.caseId).not.toBeNull();
    await dialog()
      .getByRole('button', { name: operator.say('screens.screenshot.open') })
      .click();
    await operator.page.getByRole('heading', { name: `${reason}: фото` }).waitFor();
  });

  it('goes to the server by itself, where it waits in quarantine as long as there is no antivirus', async () => {
    await operator.page.getByText(operator.say('refusals.antivirus-absent.what')).waitFor({ timeout: 20_000 });
    await operator.picture('evidence-quarantined');
    expect((await evidence())[0]?.state).toBe('quarantined');
  });

  it('lies nowhere in the folder of the workstation but in one encrypted file', () => {
    const files = readdirSync(join(world.workstation, 'vault')).filter((name) => name.startsWith('evidence-'));
    expect(files).toHaveLength(1);
    expect(filesWith(world.workstation, picture)).toEqual([]);
    // The search would find it, as it is and as text.
    const planted = mkdtempSync(join(directory, 'planted-'));
    writeFileSync(join(planted, 'raw'), picture);
    writeFileSync(join(planted, 'text'), picture.toString('base64'));
    expect(filesWith(planted, picture)).toHaveLength(2);
  });

  it('is named by the next act on its case', async () => {
    await operator.page.locator('.fact .text-button').first().click();
    await operator.page.getByRole('radio', { name: operator.say('screens.decision.approve') }).click();
    await operator.button('screens.decision.sign').click();
    await operator.closed(await operator.answerPrompt(reviewer));
    await operator.inCentralLog();
    const [item] = (await evidence()) as readonly (Item & { readonly isNamed: boolean })[];
    expect(item?.isNamed).toBe(true);
  });

  it('that was not kept is gone when the window is locked', async () => {
    await operator.page.keyboard.press('Control+Shift+S');
    await dialog().waitFor();
    await operator.page.keyboard.press('Control+l');
    await operator.page.locator('.certificate').first().waitFor();
    expect(await operator.page.locator('img').count()).toBe(0);
    const taken = await ask('screenshot.take', null);
    expect(taken.refusal?.code).toBe('phase-wrong');
  });
});
