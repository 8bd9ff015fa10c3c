import { chmodSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { channelOf, operatorVerbNames, promptVerbNames } from '../../contracts/bridge/index.ts';
import { operatorVerbPhases, type AppView, type OperatorVerb, type Phase } from '../../contracts/ipc/index.ts';
import { member, prepareDemo, type DemoWorld } from '../../dev/demo/index.ts';
import { giveTo, launchApplication, Operator, type DrivenApplication } from '../../dev/run/index.ts';
import { displayOfTests } from './display.ts';
import { user } from './user.ts';
import { verbSamples } from './verb-samples.ts';

const directory = mkdtempSync(join(tmpdir(), 'qorgan-verbs-'));
const pictures = resolve(import.meta.dirname, '../../out/screenshots');
const reviewer = member('reviewer');
const verbs = Object.keys(verbSamples) as readonly OperatorVerb[];

let world: DemoWorld;
let application: DrivenApplication;

async function open(profileDirectory: string): Promise<void> {
  application = await launchApplication({ profileDirectory, display: await displayOfTests(), user });
  await application.operator.waitForFunction(() => document.querySelector('#root')?.childElementCount !== 0);
}

beforeAll(async () => {
  chmodSync(directory, 0o711);
  world = await prepareDemo(join(directory, 'demo'), () => () => undefined);
  if (user !== undefined) giveTo(user, world.store.directory);
}, 240_000);

afterAll(async () => {
  await world?.server.stop();
  rmSync(directory, { recursive: true, force: true });
});

type Answered = { readonly ok: boolean; readonly value?: unknown; readonly refusal?: { readonly code: string } };
type Bridge = { readonly qorgan: { readonly call: (verb: string, input: unknown) => Promise<Answered> } };

/** It asks a person, whatever it is called with. */
const promptVerb: OperatorVerb = 'password.change';

async function closePrompt(): Promise<void> {
  const prompt = await application.prompt();
  await prompt.locator('form').waitFor();
  // The window is gone before the key is up again; whether it was cancelled, the answer says.
  await prompt.keyboard.press('Escape').catch(() => undefined);
}

/** What the page of the operator's window is answered, as `phase-wrong`, another refusal or `done`. */
async function ask(verb: OperatorVerb, isOpen: boolean): Promise<string> {
  const asked = application.operator.evaluate(
    ([name, input]) => (globalThis as unknown as Bridge).qorgan.call(name, input),
    [verb, verbSamples[verb]] as const,
  );
  if (verb === promptVerb && isOpen) await closePrompt();
  const answered = await asked;
  return answered.ok ? 'done' : (answered.refusal?.code ?? 'nothing');
}

async function phase(): Promise<Phase> {
  const answered = await application.operator.evaluate(() =>
    (globalThis as unknown as Bridge).qorgan.call('app.get', null),
  );
  return (answered.value as AppView).phase;
}

/** Calls every verb in this phase; answers those that are open or shut against the table. */
async function wrongIn(expected: Phase): Promise<readonly string[]> {
  expect(await phase()).toBe(expected);
  const wrong: string[] = [];
  for (const verb of verbs) {
    const isOpen = (operatorVerbPhases[verb] as readonly Phase[]).includes(expected);
    const answered = await ask(verb, isOpen);
    const isBroken = ['internal', 'input-malformed', 'sender-refused', 'nothing'].includes(answered);
    if (isBroken || isOpen === (answered === 'phase-wrong')) wrong.push(`${verb}: ${answered}`);
  }
  return wrong;
}

const operatorNow = (): Operator => new Operator(application, { locale: 'kk', pictures });

describe('the verbs of the windows', { timeout: 120_000 }, () => {
  it('are exactly those of the contracts, and main listens to nothing else', async () => {
    await open(join(directory, 'empty'));
    const [handled, listened] = await application.electron.evaluate(({ ipcMain }) => {
      const inner = ipcMain as unknown as { readonly _invokeHandlers: Map<string, unknown> };
      return [[...inner._invokeHandlers.keys()], ipcMain.eventNames().map(String)] as const;
    });
    const expected = [
      ...operatorVerbNames.map((name) => channelOf('operator', name)),
      ...promptVerbNames.map((name) => channelOf('prompt', name)),
    ];
    expect(handled.toSorted()).toEqual(expected.toSorted());
    // Electron itself hears its own errors.
    expect(listened.filter((name) => name !== 'error')).toEqual([]);
  });

  it('answer before the enrolment what their phases say', async () => {
    expect(await wrongIn('not-enrolled')).toEqual([]);
  });

  it('answer no other window, even one of main with the same page and the same bridge', async () => {
    const preload = resolve(import.meta.dirname, '../../dist/preload/operator.cjs');
    const answered = await application.electron.evaluate(
      async ({ BrowserWindow }, { path, samples }) => {
        const session = BrowserWindow.getAllWindows()[0]?.webContents.session;
        const webPreferences = { preload: path, sandbox: true, ...(session === undefined ? {} : { session }) };
        const window = new BrowserWindow({ show: false, webPreferences });
        await window.loadURL('app://qorgan/operator.html');
        const script = `Promise.all(Object.entries(${JSON.stringify(samples)}).map(([verb, input]) => qorgan.call(verb, input)))`;
        const answers = (await window.webContents.executeJavaScript(script)) as Answered[];
        window.destroy();
        return answers.map((one) => one.refusal?.code ?? 'done');
      },
      { path: preload, samples: verbSamples },
    );
    expect(answered).toHaveLength(verbs.length);
    expect(new Set(answered)).toEqual(new Set(['sender-refused']));
    await application.close();
  });

  it('answer while locked and while open what their phases say', async () => {
    await open(world.workstation);
    expect(await wrongIn('locked')).toEqual([]);
    cpSync(join(world.workstation, 'vault'), join(directory, 'vault-before'), { recursive: true });
    await operatorNow().startShift(reviewer);
    expect(await wrongIn('open')).toEqual([]);
    await application.close();
  });

  it('answer in quarantine what their phases say', async () => {
    // The journal of the last shift is taken away: the server knows it, and the vault does not.
    rmSync(join(world.workstation, 'vault'), { recursive: true });
    cpSync(join(directory, 'vault-before'), join(world.workstation, 'vault'), { recursive: true });
    await open(world.workstation);
    // The journal may be found out before the queue is ever shown.
    await operatorNow().enterShift(reviewer);
    for (let looks = 0; looks < 400 && (await phase()) !== 'quarantined'; looks += 1) await sleep(50);
    expect(await wrongIn('quarantined')).toEqual([]);
    await application.close();
  });
});
