import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { words, type Locale, type MessageId, type MessageValues } from '../../locales/index.ts';
import type { DrivenApplication } from './application.ts';

export type Secrets = { readonly pin: string; readonly password: string };

const patienceMs = 20_000;

/** Presses what may close the window: it can be gone before the press is answered. */
async function pressLast(page: Page, button: Locator): Promise<void> {
  try {
    await button.click();
  } catch (error) {
    if (page.isClosed()) return;
    await page.waitForEvent('close', { timeout: 1_000 }).catch(() => {
      throw error;
    });
  }
}

/** A person at the real application: reads its words, presses its buttons, types into its sealed prompt. */
export class Operator {
  readonly #application: DrivenApplication;
  readonly #pictures: string;
  locale: Locale;

  constructor(application: DrivenApplication, options: { readonly locale: Locale; readonly pictures: string }) {
    this.#application = application;
    this.#pictures = options.pictures;
    this.locale = options.locale;
    mkdirSync(options.pictures, { recursive: true });
  }

  get page(): Page {
    return this.#application.operator;
  }

  say(id: MessageId, values: MessageValues = {}): string {
    return words(this.locale, id, values);
  }

  button(id: MessageId, values: MessageValues = {}): Locator {
    return this.page.getByRole('button', { name: this.say(id, values) }).first();
  }

  /** A picture of a window as it is; answers its path. */
  async picture(name: string, page: Page = this.page): Promise<string> {
    const path = join(this.#pictures, `${name}.png`);
    await page.screenshot({ path });
    return path;
  }

  async chooseCard(commonName: string): Promise<void> {
    await this.page.locator('.certificate', { hasText: commonName }).first().click({ timeout: patienceMs });
  }

  /** Types into the prompt that is open and confirms; the prompt stays open where it refuses. */
  async answerPrompt(secrets: Secrets, options: { readonly picture?: string } = {}): Promise<Page> {
    const prompt = await this.#application.prompt();
    const pin = prompt.getByLabel(this.say('prompt.pin'), { exact: true });
    await pin.waitFor({ timeout: patienceMs });
    await pin.fill(secrets.pin);
    const password = prompt.getByLabel(this.say('prompt.password'), { exact: true });
    if ((await password.count()) > 0) await password.fill(secrets.password);
    if (options.picture !== undefined) await this.picture(options.picture, prompt);
    await pressLast(prompt, prompt.locator('button[type=submit]'));
    return prompt;
  }

  /** Gives up what a prompt asks for. */
  async giveUp(prompt: Page): Promise<void> {
    await pressLast(prompt, prompt.getByRole('button', { name: this.say('prompt.cancel') }));
    await this.closed(prompt);
  }

  async closed(prompt: Page): Promise<void> {
    if (prompt.isClosed()) return;
    try {
      await prompt.waitForEvent('close', { timeout: patienceMs });
    } catch (error) {
      await this.picture('prompt-did-not-close', prompt);
      throw error;
    }
  }

  /** Starts a shift, whatever the window shows then. */
  async enterShift(
    person: { readonly surname: string; readonly name: string } & Secrets,
    picture?: string,
  ): Promise<void> {
    await this.chooseCard(`${person.surname} ${person.name}`);
    await this.button('screens.shift.start').click({ timeout: patienceMs });
    const prompt = await this.answerPrompt(person, picture === undefined ? {} : { picture });
    await this.closed(prompt);
  }

  async startShift(...shift: Parameters<Operator['enterShift']>): Promise<void> {
    await this.enterShift(...shift);
    await this.#orShows('shift-did-not-start', this.page.getByRole('listbox').waitFor({ timeout: patienceMs }));
  }

  /** What did not come is refused with a picture of the window and the refusals that stand in it. */
  async #orShows(name: string, waited: Promise<void>): Promise<void> {
    try {
      await waited;
    } catch (error) {
      const refusals = await this.page.locator('.refusal').allInnerTexts();
      const at = await this.picture(name);
      throw new Error(`the window says ${JSON.stringify(refusals)}, see ${at}`, { cause: error });
    }
  }

  /** The rows of the queue as they are listed now. */
  get rows(): Locator {
    return this.page.getByRole('option');
  }

  async openCase(number: string): Promise<void> {
    await this.rows
      .filter({ hasText: number.slice(-5) })
      .first()
      .click({ timeout: patienceMs });
    await this.page
      .getByRole('complementary', { name: this.say('screens.decision.title') })
      .waitFor({ timeout: patienceMs });
  }

  async openTab(tab: 'documents' | 'checks' | 'history'): Promise<void> {
    await this.page.getByRole('tab', { name: this.say(`screens.case.tab.${tab}`) }).click();
  }

  async claim(secrets: Secrets, picture?: string): Promise<void> {
    await this.button('screens.decision.claim').click({ timeout: patienceMs });
    await this.closed(await this.answerPrompt(secrets, picture === undefined ? {} : { picture }));
  }

  async approve(note: string, secrets: Secrets, picture?: string): Promise<void> {
    await this.page.getByRole('radio', { name: this.say('screens.decision.approve') }).click({ timeout: patienceMs });
    await this.page.getByLabel(this.say('screens.decision.note')).first().fill(note);
    await this.button('screens.decision.sign').click({ timeout: patienceMs });
    await this.closed(await this.answerPrompt(secrets, picture === undefined ? {} : { picture }));
  }

  /** Waits until the step "in the central log" of the act that was signed last stands as done. */
  async inCentralLog(): Promise<void> {
    await this.page.locator('.outcome .step-done').nth(2).waitFor({ timeout: patienceMs });
  }

  async go(section: 'queue' | 'journal' | 'connection' | 'about'): Promise<void> {
    await this.page
      .getByRole('navigation')
      .getByRole('button', { name: this.say(`screens.nav.${section}`) })
      .click();
  }

  async openEntry(text: string): Promise<void> {
    await this.page.locator('.journal-scroll [role=row]', { hasText: text }).first().click({ timeout: patienceMs });
  }

  /** Saves act, signature and receipt of the entry that is open into a folder, as if it had been chosen in the dialog. */
  async saveProof(folder: string): Promise<void> {
    mkdirSync(folder, { recursive: true });
    await this.#application.electron.evaluate(({ dialog }, chosen) => {
      dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
    }, folder);
    await this.button('screens.entry.export').click({ timeout: patienceMs });
    await this.page.getByText(this.say('screens.entry.exported')).waitFor({ timeout: patienceMs });
  }
}
