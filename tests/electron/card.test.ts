import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { must } from '../../dev/demo/index.ts';
import { launchApplication, Operator, type DrivenApplication } from '../../dev/run/index.ts';
import { missingReaderPackages } from '../../dev/virtual-card/index.ts';
import { compiler } from '../cards/compile.ts';
import { bearer, makeCardWorld, type CardWorld } from './card-world.ts';
import { displayOfTests } from './display.ts';
import { user } from './user.ts';

const pictures = resolve(import.meta.dirname, '../../out/screenshots');
const missing = missingReaderPackages();
if (missing.length > 0)
  process.stderr.write(`SKIPPED: a card in a reader at the real window, not installed: ${missing.join(', ')}\n`);

let world: CardWorld;
let application: DrivenApplication;
let operator: Operator;

type Bridge = { readonly qorgan: { readonly call: (verb: string, input: unknown) => Promise<unknown> } };

function ask(verb: string, input: unknown): Promise<unknown> {
  const question = { verb, input };
  return operator.page.evaluate(
    (asked) => (globalThis as unknown as Bridge).qorgan.call(asked.verb, asked.input),
    question,
  );
}

/** How many acts the journal holds, and how many wait to be sent. */
async function recorded(): Promise<number> {
  const listed = (await ask('journal.list', { before: null, limit: 100, onlyActs: true })) as {
    readonly value: { readonly items: readonly unknown[] };
  };
  return listed.value.items.length;
}

/** Longer than a desk that did not wait for the prompt would take to lock. */
const standsOpenMs = 3_000;

/** The phase of the desk, and why it locked by itself. */
async function lockedBy(): Promise<readonly unknown[]> {
  const { value } = (await ask('app.get', null)) as {
    readonly value: { readonly phase: string; readonly lockedBy: { readonly code: string } | null };
  };
  return [value.phase, value.lockedBy?.code ?? null];
}

/** The start screen says in words that the card is gone, with the next step. */
async function lockedWithoutCard(): Promise<void> {
  for (const part of ['what', 'why', 'next'] as const)
    await operator.page
      .locator('.refusal')
      .getByText(operator.say(`refusals.desk-locked-card.${part}`))
      .waitFor();
  expect(await lockedBy()).toEqual(['locked', 'desk-locked-card']);
}

/** How many shifts the journal says were ended. */
async function shiftsEnded(): Promise<number> {
  const listed = (await ask('journal.list', { before: null, limit: 100, onlyActs: false })) as {
    readonly value: { readonly items: readonly { readonly kind: string }[] };
  };
  return listed.value.items.filter(({ kind }) => kind === 'shift-ended').length;
}

const refusal = (page: Page, code: 'card-absent' | 'card-removed' | 'pin-incorrect', part: 'what' | 'next') =>
  page.locator('.refusal').getByText(operator.say(`refusals.${code}.${part}`));

/** What the matter is and what to do stand in the prompt, in the language of the person. */
async function says(page: Page, code: 'card-absent' | 'card-removed' | 'pin-incorrect'): Promise<void> {
  await refusal(page, code, 'what').waitFor();
  await refusal(page, code, 'next').waitFor();
  expect(await page.locator('.refusal').count()).toBe(1);
}

async function signNow(prompt: Page): Promise<void> {
  await operator.answerPrompt(bearer);
  await operator.closed(prompt);
}

describe.skipIf(missing.length > 0)('a card in a reader, at the real window', { timeout: 60_000 }, () => {
  beforeAll(async () => {
    world = await makeCardWorld();
    const display = await displayOfTests();
    application = await launchApplication({ profileDirectory: world.workstation, display, user });
    operator = new Operator(application, { locale: 'kk', pictures });
  }, 120_000);

  afterAll(async () => {
    await application?.close();
    await world?.close();
  });

  it('is usable beside a module that its host died of, which is named with the way on', async (context) => {
    if (compiler === undefined) return context.skip('there is no C compiler');
    const failed = operator.page.locator('.refusal', { hasText: 'broken' });
    await failed.getByText(operator.say('refusals.card-module-set-aside.what')).waitFor();
    await failed.getByText(operator.say('refusals.card-module-set-aside.next')).waitFor();
    await operator.page.locator('.certificate', { hasText: bearer.tokenLabel }).waitFor();
    await operator.picture('shift-module-set-aside');
    const again = failed.getByRole('button', { name: operator.say('screens.action.again') });
    await again.click();
    await failed.getByText(operator.say('refusals.card-module-crashed.what')).waitFor();
    await operator.page.locator('.certificate', { hasText: bearer.tokenLabel }).waitFor();
    rmSync(world.brokenFile);
    await again.click();
    await failed.waitFor({ state: 'detached' });
  });

  it('opens the shift', async () => {
    await operator.startShift(bearer);
    expect(await recorded()).toBe(0);
  });

  it('pulled while the prompt is open: the prompt says so by itself, signs nothing, and signs once the card is back', async () => {
    await operator.rows.first().click();
    await operator.button('screens.decision.claim').click();
    const prompt = await application.prompt();
    await prompt.getByText(bearer.recognitionPhrase).waitFor();
    expect(await prompt.locator('.refusal').count()).toBe(0);
    must(await world.reader.call('remove', { slot: 0 }));
    await says(prompt, 'card-absent');
    expect(await prompt.getByText(operator.say('prompt.attempts.ok')).count()).toBe(0);
    await operator.answerPrompt(bearer);
    await says(prompt, 'card-absent');
    await operator.picture('prompt-card-pulled', prompt);
    expect(await recorded()).toBe(0);
    must(await world.reader.call('insertAgain', { slot: 0 }));
    await prompt.locator('.refusal').waitFor({ state: 'detached' });
    await signNow(prompt);
    await operator.inCentralLog();
    expect(await recorded()).toBe(1);
  });

  it('pulled in mid-signature: the prompt says that nothing was signed, and the next signature is recorded', async () => {
    await ask('preferences.set', { locale: 'ru' });
    operator.locale = 'ru';
    await operator.page.getByRole('radio', { name: operator.say('screens.decision.approve') }).click();
    await operator.button('screens.decision.sign').click();
    const prompt = await application.prompt();
    must(await world.reader.call('leaveAtKeyUse', { slot: 0 }));
    await operator.answerPrompt(bearer);
    await says(prompt, 'card-removed');
    await operator.picture('prompt-card-removed', prompt);
    expect(await recorded()).toBe(1);
    must(await world.reader.call('insertAgain', { slot: 0 }));
    await prompt.locator('.refusal').waitFor({ state: 'detached' });
    await signNow(prompt);
    await operator.inCentralLog();
    expect(await recorded()).toBe(2);
  });

  it('refuses a wrong PIN and says before the next one how many attempts are left', async () => {
    await ask('preferences.set', { locale: 'kk' });
    operator.locale = 'kk';
    await operator.rows.nth(1).click();
    await operator.button('screens.decision.claim').click();
    const prompt = await application.prompt();
    await prompt.getByText(operator.say('prompt.attempts.ok')).waitFor();
    for (const attempts of ['count-low', 'final-try'] as const) {
      await operator.answerPrompt({ pin: '000000', password: '' });
      await says(prompt, 'pin-incorrect');
      await prompt.getByText(operator.say(`prompt.attempts.${attempts}`)).waitFor();
    }
    await operator.picture('prompt-final-try', prompt);
    expect(must(await world.reader.call('attemptsLeft', { slot: 0 }))).toBe(1);
    expect(await recorded()).toBe(2);
    await signNow(prompt);
    await operator.inCentralLog();
    expect(await recorded()).toBe(3);
  });

  it('taken away while a prompt stands open: the desk locks once the person gives up, and not before', async () => {
    await operator.rows.nth(2).click();
    await operator.button('screens.decision.claim').click();
    const prompt = await application.prompt();
    await prompt.getByText(bearer.recognitionPhrase).waitFor();
    must(await world.reader.call('remove', { slot: 0 }));
    await says(prompt, 'card-absent');
    await sleep(standsOpenMs);
    expect(await lockedBy()).toEqual(['open', null]);
    await operator.giveUp(prompt);
    await lockedWithoutCard();
    must(await world.reader.call('insertAgain', { slot: 0 }));
    await operator.startShift(bearer);
    expect(await recorded()).toBe(3);
  });

  it.each(['ru', 'kk'] as const)(
    'taken away with no prompt open: the shift ends, the vault closes, and the start screen says why (%s)',
    async (locale) => {
      await ask('preferences.set', { locale });
      operator.locale = locale;
      const endedBefore = await shiftsEnded();
      must(await world.reader.call('remove', { slot: 0 }));
      await lockedWithoutCard();
      await operator.picture(`shift-locked-card-${locale}`);
      expect(await ask('journal.list', { before: null, limit: 1, onlyActs: false })).toMatchObject({ ok: false });
      must(await world.reader.call('insertAgain', { slot: 0 }));
      await operator.startShift(bearer);
      expect(await lockedBy()).toEqual(['open', null]);
      expect(await shiftsEnded()).toBe(endedBefore + 1);
      expect(await recorded()).toBe(3);
    },
  );
});
