import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  certificateOf,
  Chance,
  makeIin,
  member,
  must,
  openWorkstation,
  playedPrompt,
  prepareDemo,
  until,
  type DemoWorld,
  type StaffMember,
} from '../../dev/demo/index.ts';
import { giveTo, launchApplication, Operator, type DrivenApplication } from '../../dev/run/index.ts';
import type { Workstation } from '../../main/engine/index.ts';
import { displayOfTests } from './display.ts';
import { user } from './user.ts';

const directory = mkdtempSync(join(tmpdir(), 'qorgan-rights-window-'));
const pictures = resolve(import.meta.dirname, '../../out/screenshots');
const [officer, manager, registrar] = [member('security-officer'), member('manager'), member('registrar')];
const newcomer = { iin: makeIin(new Chance(57), '1990-04-12', false), name: 'Жаңа Қызметкер Сынақұлы' };

let world: DemoWorld;
let application: DrivenApplication | undefined;
let operator: Operator;

function page(): Page {
  return operator.page;
}

async function press(...keys: readonly string[]): Promise<void> {
  for (const key of keys) await page().keyboard.press(key);
}

/** The name of whatever has the focus, as a person who sees no mouse hears it. */
function focused(): Promise<string> {
  return page().evaluate(() => {
    const element = document.activeElement;
    if (element === null) return '';
    const labels =
      element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement ? element.labels : null;
    return element.getAttribute('aria-label') ?? labels?.[0]?.textContent ?? element.textContent;
  });
}

/** More stops than any page of the window has. */
const stopsMax = 120;

/** Walks by Tab alone. */
async function tabTo(name: string): Promise<void> {
  for (let stop = 0; stop < stopsMax; stop += 1) {
    if ((await focused()).startsWith(name)) return;
    await press('Tab');
  }
  await operator.picture('rights-no-way-by-tab');
  throw new Error(`Tab does not lead to ${name}`);
}

async function typeInto(name: string, text: string): Promise<void> {
  await tabTo(name);
  await page().keyboard.type(text);
}

/** Starts the application anew, with a card of this person. */
async function start(person: StaffMember): Promise<void> {
  await application?.close();
  application = await launchApplication({ profileDirectory: world.workstation, display: await displayOfTests(), user });
  operator = new Operator(application, { locale: 'kk', pictures });
  await operator.enterShift(person);
  await page().getByRole('navigation').first().waitFor();
}

/** Signs what is prepared: the PIN is typed into the sealed window, where the focus is already. */
async function signByKeys(person: StaffMember): Promise<void> {
  await page().locator('.decision .paper').waitFor();
  await press('Control+Enter');
  const prompt = await application?.prompt();
  if (prompt === undefined) throw new Error('no application');
  const pin = prompt.getByLabel(operator.say('prompt.pin'), { exact: true });
  await pin.waitFor();
  await expect.poll(() => pin.evaluate((element) => element === document.activeElement)).toBe(true);
  await prompt.keyboard.type(person.pin);
  await prompt.keyboard.press('Enter');
  await operator.closed(prompt);
  await operator.inCentralLog();
}

const screens = (id: string): string => operator.say(`screens.${id}` as never);

beforeAll(async () => {
  chmodSync(directory, 0o711);
  world = await prepareDemo(join(directory, 'demo'), () => () => undefined);
  if (user !== undefined) giveTo(user, world.store.directory);
}, 240_000);

afterAll(async () => {
  await application?.close();
  await world?.server.stop();
  rmSync(directory, { recursive: true, force: true });
});

describe('rights at the real window', { timeout: 120_000 }, () => {
  it('an officer proposes a person by keys alone, and cannot be the second one himself', async () => {
    await start(officer);
    await press('Alt+7');
    await tabTo(screens('access.part.people'));
    await press('Enter');
    await page()
      .getByRole('heading', { name: screens('access.part.people') })
      .waitFor();
    await press('n');
    await page()
      .getByRole('heading', { name: screens('propose.title.new') })
      .waitFor();
    await typeInto(screens('id.iin'), newcomer.iin);
    await typeInto(screens('field.staff.name'), newcomer.name);
    await typeInto(screens('field.staff.employeeNumber'), 'Т-0099');
    await tabTo(screens('role.registrar'));
    await press('Space');
    await typeInto(screens('propose.reason'), 'Жаңа міндет');
    await typeInto(screens('propose.basis'), 'Бұйрық № 7');
    await signByKeys(officer);
    await operator.picture('rights-proposed');
    await press('Alt+7');
    await tabTo(screens('waiting.view.mine'));
    await press('Enter');
    await page().locator('.waiting [role=row]', { hasText: newcomer.name }).waitFor();
    await press('j');
    await page().getByText(screens('waiting.own')).waitFor();
    expect(await page().locator('.decision').getByRole('radio').count()).toBe(1);
    expect(await page().locator('.rail-count').count()).toBe(0);
  });

  it('the second person finds it waiting at another start, confirms it, and reads that it is in force', async () => {
    await start(manager);
    await expect.poll(() => page().locator('.rail-count').textContent()).toBe('1');
    await press('Alt+7');
    await page().locator('.waiting [role=row]', { hasText: newcomer.name }).waitFor();
    await press('j');
    await page().locator('.decision').getByRole('radio').first().waitFor();
    await press('a');
    await signByKeys(manager);
    await page().locator('.decision').getByText(screens('change.state.confirmed')).waitFor();
    await operator.picture('rights-confirmed');
    await expect.poll(() => page().locator('.rail-count').count()).toBe(0);
    await tabTo(screens('access.part.people'));
    await press('Enter');
    const row = page().locator('.people [role=row]', { hasText: newcomer.name });
    await row.getByText(screens('standing.active')).waitFor();
    await row.click();
    await page().locator('.person').getByText(newcomer.name).first().waitFor();
    // Two signatures that this workstation verified put the record there.
    expect(await page().getByText(screens('person.notVerified')).count()).toBe(0);
    await operator.picture('rights-person');
  });

  it('somebody who may not read rights is told so, and has no count', async () => {
    await start(registrar);
    await press('Alt+7');
    await page().locator('.refusal').getByText(operator.say('refusals.read-not-allowed.what')).first().waitFor();
    expect(await page().locator('.rail-count').count()).toBe(0);
  });

  it('a session elsewhere is ended from the window, and that desk locks and says so', async () => {
    const prompt = playedPrompt({ ...registrar, phrase: registrar.recognitionPhrase });
    const station: Workstation = openWorkstation({
      ...{ directory: join(world.directory, 'station'), store: world.store, prompt, kind: 'import-station' },
    });
    try {
      must(await station.startShift(await certificateOf(station, registrar)));
      await until(() => station.app().status.server.state === 'connected');
      await start(registrar);
      await tabTo(screens('frame.person'));
      await press('Enter');
      await page()
        .getByRole('menuitem', { name: screens('account.part.record') })
        .waitFor();
      await press('ArrowDown', 'Enter');
      // His own record, which is all that he reads of rights.
      await tabTo(screens('account.part.record'));
      await press('Enter');
      await expect.poll(() => page().locator('.account-record .rights, .refusal').count()).toBeGreaterThan(0);
      await operator.picture('rights-account');
      expect(await page().locator('.account-record').textContent()).toContain(registrar.iin.slice(6));
      expect(await page().locator('.refusal').count()).toBe(0);
      await tabTo(screens('account.part.sessions'));
      await press('Enter');
      const count = (): Promise<number> => page().locator('.session').count();
      // This window and the station: the window that was closed before ended its shift, and signed out.
      await expect.poll(count).toBe(2);
      await operator.picture('rights-sessions');
      const endedAtMs = performance.now();
      await tabTo(screens('session.end'));
      await press('Enter');
      await expect.poll(count).toBe(1);
      await until(() => station.app().phase === 'locked');
      process.stdout.write(`the other desk locked after ${Math.round(performance.now() - endedAtMs)} ms\n`);
      expect(station.app().lockedBy?.code).toBe('session-signed-out');
    } finally {
      await station.close();
    }
  });
});
