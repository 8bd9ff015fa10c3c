import { app, type BrowserWindow } from 'electron';
import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { channelOf } from '../../contracts/bridge/index.ts';
import {
  operatorVerbPhases,
  operatorVerbs,
  promptVerbs,
  type OperatorVerb,
  type OperatorVerbs,
  type PromptVerbs,
} from '../../contracts/ipc/index.ts';
import { createWorkstation, type Workstation } from '../engine/index.ts';
import { isOwnPage, type AnswerOptions } from '../ipc/index.ts';
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
  /** Told at each question for cards. */
  readonly cardsAsked: () => void;
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

export type Desk = {
  readonly workstation: Workstation;
  readonly operator: AnswerOptions<OperatorVerbs>;
  readonly prompt: AnswerOptions<PromptVerbs>;
};

/** Starts the thinking behind the window and says how its doors are answered; loaded while the page reads its scripts. */
export function openDesk(options: DeskOptions): Desk {
  const { prompt, window, cardsAsked } = options;
  const workstation = start(options);
  const handlers = operatorHandlers(workstation, () => window);
  workstation.on((event) => {
    if (!window.isDestroyed()) window.webContents.send(channelOf('operator', event));
  });
  return {
    workstation,
    operator: {
      verbs: operatorVerbs,
      handlers: {
        ...handlers,
        'certificates.list': (input) => {
          cardsAsked();
          return handlers['certificates.list'](input);
        },
      },
      isOurs: (event) => isOwnPage(event, window, operatorAddress),
      refuses: (name) => {
        const phases: readonly string[] = operatorVerbPhases[name as OperatorVerb];
        return phases.includes(workstation.phase()) ? undefined : { code: 'phase-wrong' };
      },
      report: reportBug,
    },
    prompt: {
      verbs: promptVerbs,
      handlers: prompt.handlers,
      isOurs: (event) => prompt.isOurs(event),
      refuses: () => undefined,
      report: reportBug,
    },
  };
}
