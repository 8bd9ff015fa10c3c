import { app, type BrowserWindow } from 'electron';
import { join } from 'node:path';
import { channelOf } from '../../contracts/bridge/index.ts';
import {
  operatorVerbPhases,
  operatorVerbs,
  promptVerbs,
  type OperatorVerb,
  type OperatorVerbs,
  type PromptVerbs,
} from '../../contracts/ipc/index.ts';
import { createWorkstation, thisMachine, type Workstation } from '../engine/index.ts';
import { cardModules } from '../hosts/index.ts';
import { isOwnPage, type AnswerOptions } from '../ipc/index.ts';
import { operatorAddress, type SealedPrompt } from '../windows/index.ts';
import { operatorHandlers } from './handlers.ts';
import type { Layout } from './layout.ts';
import { writeLog } from './log.ts';

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
    ...thisMachine(directory),
    directory,
    modules: cardModules([join(directory, 'cards.json')]),
    prompt,
    version: app.getVersion(),
    kind: 'workstation',
    hostsMayStart,
    log: writeLog,
  });
}

export type Desk = {
  readonly workstation: Workstation;
  readonly operator: AnswerOptions<OperatorVerbs>;
  readonly prompt: AnswerOptions<PromptVerbs>;
};

/** A shift does not outlive its window: it ends first, and then the window goes. */
function endShiftFirst(window: BrowserWindow, workstation: Workstation): void {
  let isLeaving = false;
  window.on('close', (event) => {
    const isAtWork = workstation.phase() === 'open' || workstation.phase() === 'quarantined';
    if (!isAtWork && !isLeaving) return;
    event.preventDefault();
    if (isLeaving) return;
    isLeaving = true;
    void workstation.leave().finally(() => {
      if (!window.isDestroyed()) window.destroy();
    });
  });
}

/** Starts the thinking behind the window and says how its doors are answered; loaded while the page reads its scripts. */
export function openDesk(options: DeskOptions): Desk {
  const { prompt, window, cardsAsked } = options;
  const workstation = start(options);
  const handlers = operatorHandlers(workstation, () => window);
  workstation.on((event) => {
    if (!window.isDestroyed()) window.webContents.send(channelOf('operator', event));
  });
  endShiftFirst(window, workstation);
  // What the person does at this window; what main and the page do by themselves is no sign of anybody.
  window.webContents.on('input-event', () => workstation.touch());
  prompt.onInput(() => workstation.touch());
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
    },
    prompt: {
      verbs: promptVerbs,
      handlers: prompt.handlers,
      isOurs: (event) => prompt.isOurs(event),
      refuses: () => undefined,
    },
  };
}
