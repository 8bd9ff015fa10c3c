import { app, BrowserWindow } from 'electron';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { channelOf } from '../../contracts/bridge/index.ts';
import { operatorVerbPhases, operatorVerbs, promptVerbs, type OperatorVerb } from '../../contracts/ipc/index.ts';
import { createWorkstation, type Workstation } from '../engine/index.ts';
import { answerWindow, isOwnPage } from '../ipc/index.ts';
import { lockDownApp, lockDownDefaultSession, registerAppScheme } from '../security/index.ts';
import { openOperatorWindow, operatorAddress, SealedPrompt } from '../windows/index.ts';
import { operatorHandlers } from './handlers.ts';
import { configuredModules, findLayout, profileDirectory, type Layout } from './layout.ts';
import { reportBug, writeLog } from './log.ts';
import { selfCheck } from './self-check.ts';

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return randomUUID();
  }
}

function start(layout: Layout, directory: string, prompt: SealedPrompt): Workstation {
  return createWorkstation({
    ...layout,
    directory,
    modules: configuredModules(directory),
    clock: { nowMs: () => Date.now(), monotonicMs: () => performance.now() },
    bootId: bootId(),
    random: (sizeBytes) => new Uint8Array(randomBytes(sizeBytes)),
    chance: () => randomBytes(4).readUInt32BE() / 2 ** 32,
    prompt,
    environment: process.env,
    version: app.getVersion(),
    kind: 'workstation',
    isRoot: process.getuid?.() === 0,
    log: writeLog,
  });
}

function openDoors(workstation: Workstation, prompt: SealedPrompt, window: BrowserWindow): void {
  answerWindow({
    kind: 'operator',
    verbs: operatorVerbs,
    handlers: operatorHandlers(workstation, () => window),
    isOurs: (event) => isOwnPage(event, window, operatorAddress),
    refuses: (name) => {
      const phases: readonly string[] = operatorVerbPhases[name as OperatorVerb];
      return phases.includes(workstation.phase()) ? undefined : { code: 'phase-wrong' };
    },
    report: reportBug,
  });
  answerWindow({
    kind: 'prompt',
    verbs: promptVerbs,
    handlers: prompt.handlers,
    isOurs: (event) => prompt.isOurs(event),
    refuses: () => undefined,
    report: reportBug,
  });
  workstation.on((event) => {
    if (!window.isDestroyed()) window.webContents.send(channelOf('operator', event));
  });
}

function run(): void {
  const layout = findLayout();
  if (process.argv.includes('--self-check')) {
    const report = selfCheck(layout);
    process.stdout.write(`${JSON.stringify(report)}\n`);
    app.exit(report.isGood ? 0 : 1);
    return;
  }
  if (app.isPackaged && process.getuid?.() === 0) {
    // Chromium's sandbox and the file modes of the vault mean nothing to root.
    writeLog({ kind: 'refused', code: 'root-in-production' });
    app.exit(1);
    return;
  }
  const directory = profileDirectory();
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  app.setPath('userData', join(directory, 'browser'));
  if (!app.requestSingleInstanceLock()) return app.quit();
  registerAppScheme();
  let window: BrowserWindow | undefined;
  const prompt = new SealedPrompt({ files: layout, isPackaged: app.isPackaged, parent: () => window });
  const workstation = start(layout, directory, prompt);
  app.on('second-instance', () => window?.focus());
  app.on('window-all-closed', () => app.quit());
  app.on('will-quit', () => void workstation.close());
  app.whenReady().then(
    () => {
      lockDownDefaultSession();
      const { colourScheme } = workstation.app().preferences;
      window = openOperatorWindow(layout, { colourScheme, isPackaged: app.isPackaged });
      openDoors(workstation, prompt, window);
      window.on('closed', () => app.quit());
    },
    (error: unknown) => {
      reportBug('start', error);
      app.exit(1);
    },
  );
}

process.on('uncaughtException', (error) => void reportBug('uncaught', error));
process.on('unhandledRejection', (error) => void reportBug('unhandled', error));
lockDownApp();
run();
