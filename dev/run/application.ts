import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { canSandbox, electronRuntime, type User } from '../../build/runtime/index.mjs';

const root = resolve(import.meta.dirname, '../..');

/** The real application, driven from outside like a person would. */
export type DrivenApplication = {
  readonly electron: ElectronApplication;
  readonly operator: Page;
  /** The sealed prompt, once it is there. */
  prompt(): Promise<Page>;
  /** Resizes the operator's window to exactly this many points of content. */
  resize(widthPx: number, heightPx: number): Promise<void>;
  close(): Promise<void>;
};

export type LaunchOptions = {
  readonly profileDirectory: string;
  readonly display: string;
  readonly onLog?: (line: string) => void;
  /** Who runs the application where this is root, which has no sandbox; the profile folder is given to him. */
  readonly user?: User | undefined;
  /** Where the bundles lie, if not in this source tree. */
  readonly applicationDirectory?: string;
};

/** Gives a folder and all that is in it to a user. */
export function giveTo({ uid, gid }: User, folder: string): void {
  execFileSync('chown', ['--recursive', `${uid}:${gid}`, folder]);
}

/** A cold start on a busy machine takes five seconds. Playwright now and then misses the moment in which it may attach, and never recovers. */
const launchTimeoutMs = 20_000;
const launchAttemptsMax = 3;
const windowTimeoutMs = 30_000;

/** Launches the unpackaged build on the Electron that set-up prepared. Throws where there is none: run `npm run setup`. */
export async function launchApplication(options: LaunchOptions): Promise<DrivenApplication> {
  const runtime = electronRuntime();
  if (runtime === undefined) throw new Error('there is no Electron yet: run `npm run setup`');
  mkdirSync(options.profileDirectory, { recursive: true, mode: 0o700 });
  if (options.user !== undefined) giveTo(options.user, options.profileDirectory);
  const electron = await launch(runtime.executable, options);
  if (options.onLog !== undefined)
    electron.process().stderr?.on('data', (chunk: Buffer) => options.onLog?.(chunk.toString('utf8')));
  const operator = await electron.firstWindow({ timeout: windowTimeoutMs });
  await operator.waitForLoadState('load');
  return {
    electron,
    operator,
    prompt: () => promptOf(electron),
    resize: (widthPx, heightPx) => resize(electron, widthPx, heightPx),
    close: () => electron.close(),
  };
}

async function launch(program: string, options: LaunchOptions, attempt = 1): Promise<ElectronApplication> {
  // Chromium's own sandbox wherever it works; root cannot have it.
  const { user } = options;
  const hasSandbox = canSandbox(user);
  try {
    return await _electron.launch({
      executablePath: user === undefined ? program : join(import.meta.dirname, 'as-user.sh'),
      args: [
        ...(hasSandbox ? [] : ['--no-sandbox']),
        '--disable-gpu',
        options.applicationDirectory ?? root,
        `--profile-directory=${options.profileDirectory}`,
      ],
      ...(hasSandbox ? { chromiumSandbox: true } : {}),
      env: {
        ...environment(),
        DISPLAY: options.display,
        ...(user === undefined ? {} : asUser(user, program, options.profileDirectory)),
      },
      timeout: launchTimeoutMs,
    });
  } catch (error) {
    if (attempt >= launchAttemptsMax) throw error;
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'unknown';
    process.stderr.write(
      `WARNING: launch ${attempt} of at most ${launchAttemptsMax} of the application failed and is tried again: ${why}\n`,
    );
    return launch(program, options, attempt + 1);
  }
}

const asUser = ({ uid, gid }: User, program: string, home: string): Record<string, string> => ({
  ...{ RUN_AS_UID: `${uid}`, RUN_AS_GID: `${gid}`, RUN_AS_PROGRAM: program },
  HOME: home,
});

function environment(): Record<string, string> {
  const kept = ['PATH', 'HOME', 'LANG', 'TMPDIR', 'XDG_RUNTIME_DIR', 'PCSCLITE_CSOCK_NAME'];
  return Object.fromEntries(
    kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}

async function promptOf(electron: ElectronApplication): Promise<Page> {
  const isPrompt = (page: Page): boolean => page.url().includes('/prompt.html');
  const there = electron.windows().find(isPrompt);
  const page = there ?? (await electron.waitForEvent('window', { predicate: isPrompt, timeout: windowTimeoutMs }));
  await page.waitForLoadState('load');
  return page;
}

async function resize(electron: ElectronApplication, widthPx: number, heightPx: number): Promise<void> {
  await electron.evaluate(
    ({ BrowserWindow }, size) => {
      const window = BrowserWindow.getAllWindows().find((one) => one.getParentWindow() === null);
      window?.setMinimumSize(400, 300);
      window?.setContentSize(size.widthPx, size.heightPx);
    },
    { widthPx, heightPx },
  );
}
