import { app, type BrowserWindow } from 'electron';
import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { channelOf } from '../../contracts/bridge/index.ts';
import { operatorVerbPhases, operatorVerbs, promptVerbs, type OperatorVerb } from '../../contracts/ipc/index.ts';
import { createWorkstation, type Workstation } from '../engine/index.ts';
import { answerWindow, isOwnPage } from '../ipc/index.ts';
import { operatorAddress, type SealedPrompt } from '../windows/index.ts';
import { configuredModules } from './card-modules.ts';
import { operatorHandlers } from './handlers.ts';
import type { Layout } from './layout.ts';
import { reportBug, writeLog } from './log.ts';

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return randomUUID();
  }
}

export type DeskOptions = {
  readonly layout: Layout;
  readonly directory: string;
  readonly prompt: SealedPrompt;
  readonly window: BrowserWindow;
  readonly hostsMayStart: Promise<void>;
};

function start({ layout, directory, prompt, hostsMayStart }: DeskOptions): Workstation {
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
    hostsMayStart,
    log: writeLog,
  });
}

/** Starts the thinking behind the window and opens its doors; loaded while the window is being made, so that neither waits for the other. */
export function openDesk(options: DeskOptions): Workstation {
  const { prompt, window } = options;
  const workstation = start(options);
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
  return workstation;
}
