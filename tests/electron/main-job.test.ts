import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDisplay } from '../../build/display.mjs';
import { member, prepareDemo, staff, type DemoWorld } from '../../dev/demo/index.ts';
import { giveTo, launchApplication, Operator, type DrivenApplication } from '../../dev/run/index.ts';
import { displayOfTests } from './display.ts';
import { user } from './user.ts';
import { openXDisplay } from './x-windows.ts';

const directory = mkdtempSync(join(tmpdir(), 'qorgan-electron-'));
const pictures = resolve(import.meta.dirname, '../../out/screenshots');
const reviewer = member('reviewer');

let world: DemoWorld;
let application: DrivenApplication;
let operator: Operator;

type Bridge = { readonly qorgan: { readonly call: (verb: string, input: unknown) => Promise<unknown> } };

async function prefer(preferences: {
  readonly locale?: 'kk' | 'ru' | 'en';
  readonly colourScheme?: 'light' | 'dark';
}): Promise<void> {
  await operator.page.evaluate(
    (input) => (globalThis as unknown as Bridge).qorgan.call('preferences.set', input),
    preferences,
  );
  if (preferences.locale !== undefined) operator.locale = preferences.locale;
  await operator.page.waitForTimeout(200);
}

beforeAll(async () => {
  chmodSync(directory, 0o711);
  world = await prepareDemo(join(directory, 'demo'), () => () => undefined);
  if (user !== undefined) giveTo(user, world.store.directory);
  application = await launchApplication({ profileDirectory: world.workstation, display: await displayOfTests(), user });
  operator = new Operator(application, { locale: 'kk', pictures });
}, 240_000);

afterAll(async () => {
  await application?.close();
  await world?.server.stop();
  rmSync(directory, { recursive: true, force: true });
});

describe('the main job at the real application', { timeout: 90_000 }, () => {
  it('shows who may start, and what opens the demonstration, before anything is open', async () => {
    await operator.page.getByText(reviewer.password).first().waitFor();
    // Cards are read after the first paint.
    await operator.page.locator('.certificate').nth(3).waitFor();
    expect(await operator.page.locator('.certificate').count()).toBe(4);
  });

  it('keeps a wrong PIN inside the sealed prompt, with the reason and the way on', async () => {
    await operator.chooseCard(`${reviewer.surname} ${reviewer.name}`);
    await operator.button('screens.shift.start').click();
    const prompt = await operator.answerPrompt({ pin: '0000', password: reviewer.password });
    await prompt.getByText(operator.say('refusals.pin-incorrect.what')).waitFor();
    await operator.picture('prompt-wrong-pin', prompt);
    expect(prompt.isClosed()).toBe(false);
    expect(await prompt.getByLabel(operator.say('prompt.pin'), { exact: true }).inputValue()).toBe('');
    await operator.answerPrompt(reviewer);
    await operator.closed(prompt);
    await operator.page.getByRole('listbox').waitFor();
  });

  it('gives the prompt a page of its own, with no Node and no way to the operator’s verbs', async () => {
    await operator.rows.first().click();
    await operator.button('screens.decision.claim').click();
    const prompt = await application.prompt();
    const found = await prompt.evaluate(() =>
      ['require', 'process', 'qorgan', 'Buffer'].filter((name) => name in globalThis),
    );
    const isOperator = await operator.page.evaluate(() => 'qorganPrompt' in globalThis);
    expect([found, isOperator]).toEqual([[], false]);
    expect(prompt.url()).toBe('app://qorgan/prompt.html');
    await prompt.getByText(reviewer.recognitionPhrase).waitFor();
  });

  it('signs nothing when the person closes the prompt', async () => {
    const prompt = await application.prompt();
    await operator.giveUp(prompt);
    await operator.page.getByText(operator.say('screens.decision.cancelled')).waitFor();
  });

  it('ends the prompt together with the window that asked', async () => {
    await operator.button('screens.decision.claim').click();
    const prompt = await application.prompt();
    await operator.page.reload();
    await operator.page.getByRole('listbox').waitFor();
    expect(prompt.isClosed()).toBe(true);
  });

  it('claims and approves, and shows the entry on its way into the central log', async () => {
    const number = (await operator.rows.first().innerText()).match(/\d{5}/u)?.[0] ?? '';
    await operator.openCase(number);
    await operator.claim(reviewer);
    await operator.inCentralLog();
    await operator.approve('Құжаттар дұрыс.', reviewer, 'prompt-approve');
    await operator.inCentralLog();
    await operator.picture('case-approved');
  });

  it('writes act, signature and receipt where the person chose', async () => {
    const proof = join(directory, 'proof');
    mkdirSync(proof);
    if (user !== undefined) giveTo(user, proof);
    await operator.go('journal');
    await operator.openEntry(operator.say('act-types.registration.approve'));
    await operator.saveProof(proof);
    expect(
      readdirSync(proof)
        .map((file) => file.split('.').slice(1).join('.'))
        .sort(),
    ).toEqual(['act.json', 'html', 'p7s', 'tlog-proof', 'vkey']);
  });

  it('changes its language while it runs', async () => {
    for (const locale of ['ru', 'en', 'kk'] as const) {
      await prefer({ locale });
      await operator.page.getByRole('heading', { name: operator.say('screens.journal.title') }).waitFor();
    }
  });

  it('is photographed in every size, language and light', { timeout: 180_000 }, async () => {
    const sizes = [
      [1_366, 768],
      [1_920, 1_080],
    ] as const;
    const sections = ['queue', 'journal', 'connection', 'about'] as const;
    for (const [width, height] of sizes) {
      await application.resize(width, height);
      for (const locale of ['kk', 'ru'] as const) {
        for (const colourScheme of ['light', 'dark'] as const) {
          await prefer({ locale, colourScheme });
          for (const section of sections) {
            await operator.go(section);
            if (section === 'queue') await operator.rows.nth(2).click();
            await operator.page.waitForTimeout(150);
            await operator.picture(`${section}-${width}x${height}-${locale}-${colourScheme}`);
          }
        }
      }
    }
    expect(existsSync(join(pictures, 'queue-1920x1080-ru-dark.png'))).toBe(true);
  });

  it('locks: the journal closes and the next person has to open it', async () => {
    await prefer({ locale: 'kk', colourScheme: 'light' });
    await operator.button('screens.frame.lock').click();
    await operator.page.locator('.certificate').first().waitFor();
    expect(await operator.page.getByRole('listbox').count()).toBe(0);
  });
});

/** The last part of `npm start`, on a display of its own. */
function startWithDisplay(display: string) {
  const program = resolve(import.meta.dirname, '../../dev/run/main-job.ts');
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [program, `--directory=${world.directory}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH, HOME, DISPLAY: display },
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString('utf8');
  });
  const ended = new Promise<number | null>((settle) => child.on('close', settle));
  return { child, ended, said: () => said };
}

describe('`npm start` where there is a display', () => {
  it('says what to do first, opens the workstation, and ends well when its window is closed, not before', async () => {
    await application.close();
    await world.server.stop();
    const { display, stop } = await startDisplay({ width: 1_366, height: 768 });
    const screen = await openXDisplay(display);
    const { child, ended, said } = startWithDisplay(display);
    try {
      const windows = (): Promise<readonly number[]> => screen.visible('Qorgan');
      await expect.poll(windows, { timeout: 60_000 }).toHaveLength(1);
      expect(said()).toContain('First: choose the card, press "Start the shift"');
      for (const { pin, password } of staff) expect(said()).toContain(`PIN ${pin}, password ${password}`);
      expect(said()).toContain('Close the window to end; nothing is lost.');
      const early = await Promise.race([ended, new Promise((done) => setTimeout(() => done('open'), 3_000))]);
      expect(early).toBe('open');
      const [window = 0] = await windows();
      await screen.askToClose(window);
      expect(await ended).toBe(0);
    } finally {
      child.kill();
      screen.close();
      stop();
    }
  }, 120_000);
});
