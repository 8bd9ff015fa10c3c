import { BrowserWindow, type IpcMainInvokeEvent } from 'electron';
import { ok, refuse, Secret, type Result } from '../../core/kernel/index.ts';
import { channelOf } from '../../contracts/bridge/index.ts';
import type { PromptVerbs, PromptView } from '../../contracts/ipc/index.ts';
import type { PromptAnswer, PromptPort, PromptQuestion } from '../engine/index.ts';
import { isOwnPage, type WindowHandlers } from '../ipc/index.ts';
import { appOrigin, lockedSession, serveApp } from '../security/index.ts';
import { backgroundOf, type WindowFiles } from './operator-window.ts';
import { sealedPreferences } from './web-preferences.ts';

export const promptAddress = `${appOrigin}/prompt.html`;

const widthPx = 560;
const heightPx = 640;

type Open = {
  readonly window: BrowserWindow;
  readonly view: () => Promise<PromptView>;
  readonly submit: (answer: PromptAnswer) => Promise<Result<null>>;
  readonly cancel: () => void;
};

function secretOf<Kind extends 'pin' | 'password'>(kind: Kind, bytes: Uint8Array | null): Secret<Kind> | null {
  if (bytes === null) return null;
  const secret = new Secret(kind, Uint8Array.from(bytes));
  bytes.fill(0);
  return secret;
}

/**
 * The window that asks for PIN and password: its own session and preload, modal to the operator's window, one at a time, gone
 * with the window that asked. What was typed goes to the attempt and nowhere else.
 */
export class SealedPrompt implements PromptPort {
  readonly #files: WindowFiles;
  readonly #isPackaged: boolean;
  readonly #parent: () => BrowserWindow | undefined;
  #open: Open | undefined;
  #heard: () => void = () => undefined;
  #session: Electron.Session | undefined;

  constructor(options: {
    readonly files: WindowFiles;
    readonly isPackaged: boolean;
    readonly parent: () => BrowserWindow | undefined;
  }) {
    this.#files = options.files;
    this.#isPackaged = options.isPackaged;
    this.#parent = options.parent;
  }

  isOurs(event: IpcMainInvokeEvent): boolean {
    return isOwnPage(event, this.#open?.window, promptAddress);
  }

  readonly handlers: WindowHandlers<PromptVerbs> = {
    'prompt.get': async () => (this.#open === undefined ? refuse('cancelled') : ok(await this.#open.view())),
    'prompt.submit': async (input) => {
      const answer = {
        pin: secretOf('pin', input.pin),
        password: secretOf('password', input.password),
        formerPassword: secretOf('password', input.formerPassword),
        newRecognitionPhrase: input.newRecognitionPhrase,
        activationCode: input.activationCode,
      };
      try {
        return this.#open === undefined ? refuse('cancelled') : await this.#open.submit(answer);
      } finally {
        answer.pin?.wipe();
        answer.password?.wipe();
        answer.formerPassword?.wipe();
      }
    },
    'prompt.cancel': () => {
      this.#open?.cancel();
      return Promise.resolve(ok(null));
    },
  };

  /** Tells of each key and each movement in the prompt. */
  onInput(listener: () => void): void {
    this.#heard = listener;
  }

  cancel(): void {
    this.#open?.cancel();
  }

  changed(): void {
    const window = this.#open?.window;
    if (window !== undefined && !window.isDestroyed()) window.webContents.send(channelOf('prompt', 'prompt.changed'));
  }

  ask<T>(question: PromptQuestion<T>): Promise<Result<T>> {
    const parent = this.#parent();
    if (this.#open !== undefined || parent === undefined || parent.isDestroyed())
      return Promise.resolve(refuse('prompt-open'));
    return new Promise((resolve) => {
      let running: Promise<unknown> | undefined;
      let isOver = false;
      const window = this.#makeWindow(parent);
      const finish = (result: Result<T>): void => {
        if (isOver) return;
        isOver = true;
        this.#open = undefined;
        if (!parent.isDestroyed()) {
          parent.webContents.removeListener('did-start-loading', cancel);
          parent.webContents.removeListener('render-process-gone', cancel);
        }
        if (!window.isDestroyed()) window.destroy();
        resolve(result);
      };
      const submit = async (answer: PromptAnswer): Promise<Result<null>> => {
        if (running !== undefined) return refuse('prompt-open');
        const attempt = question.attempt(answer);
        running = attempt;
        try {
          const result = await attempt;
          // Settled after the answer has left, so that the page that asked still hears it.
          if (result.ok) setImmediate(() => finish(result));
          else this.changed();
          return result.ok ? ok(null) : result;
        } finally {
          running = undefined;
        }
      };
      const cancel = (): void => {
        // A signature on its way cannot be called back: what it recorded is told, whether or not the window still stands.
        void Promise.resolve(running).then(
          () => setImmediate(() => finish(refuse('cancelled'))),
          () => finish(refuse('cancelled')),
        );
      };
      window.on('closed', cancel);
      window.webContents.on('render-process-gone', cancel);
      // A page that was loaded anew or crashed is not the page that asked.
      parent.webContents.once('did-start-loading', cancel);
      parent.webContents.once('render-process-gone', cancel);
      this.#open = { window, view: question.view, submit, cancel };
    });
  }

  #makeWindow(parent: BrowserWindow): BrowserWindow {
    if (this.#session === undefined) {
      this.#session = lockedSession('prompt');
      serveApp(this.#session, this.#files.pages);
    }
    const [x = 0, y = 0] = parent.getPosition();
    const [parentWidth = widthPx, parentHeight = heightPx] = parent.getSize();
    const window = new BrowserWindow({
      parent,
      modal: true,
      show: false,
      width: widthPx,
      height: heightPx,
      x: Math.round(x + (parentWidth - widthPx) / 2),
      y: Math.max(0, Math.round(y + (parentHeight - heightPx) / 2)),
      useContentSize: true,
      resizable: false,
      minimizable: false,
      maximizable: false,
      fullscreenable: false,
      skipTaskbar: true,
      title: 'Qorgan',
      backgroundColor: backgroundOf('auto'),
      webPreferences: sealedPreferences({
        session: this.#session,
        preload: `${this.#files.preloads}/prompt.cjs`,
        isPackaged: this.#isPackaged,
      }),
    });
    window.setMenu(null);
    window.webContents.on('input-event', () => this.#heard());
    // Screenshots and screen sharing show a blank rectangle where the system can do that; Linux cannot.
    window.setContentProtection(true);
    window.once('ready-to-show', () => window.show());
    void window.loadURL(promptAddress);
    return window;
  }
}
