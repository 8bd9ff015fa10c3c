import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startDisplay, type VirtualDisplay } from '../../build/display.mjs';
import { inRoot } from '../../build/paths.mjs';
import { canSandbox, nobody } from '../../build/runtime/index.mjs';
import {
  buildPackage,
  hasXvfb,
  cleanUp,
  homeOfNobody,
  isRoot,
  startAsNobody,
  until,
  workstation,
  type Started,
} from './built.ts';
import { countColours, readScreen, toPng } from './picture.ts';

const framebufferFolder = mkdtempSync(join(tmpdir(), 'qorgan-screen-'));
let display: VirtualDisplay | undefined;
const started: Started[] = [];
// A blank window under a mouse pointer has some fifty; text has its shades of grey and the accent.
const drawnColours = 250;

beforeAll(async () => {
  await buildPackage();
  if (hasXvfb) display = await startDisplay({ width: 1366, height: 768, framebufferFolder });
}, 180_000);

afterAll(async () => {
  await cleanUp(started);
  display?.stop();
  rmSync(framebufferFolder, { recursive: true, force: true });
});

/** Starts the packaged application as nobody, with Chromium's sandbox and a home of its own. */
function launch(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Started {
  const home = homeOfNobody();
  const child = startAsNobody(workstation, ['--disable-gpu', ...args], {
    HOME: home,
    DISPLAY: display?.display ?? '',
    ...environment,
  });
  started.push(child);
  return child;
}

function lastObject(text: string): unknown {
  return JSON.parse(
    text
      .trim()
      .split('\n')
      .findLast((line) => line.startsWith('{')) ?? 'null',
  );
}

// The package never runs without its sandbox, so that where there can be none it does not run.
const obstacle = [
  ...(hasXvfb ? [] : ['Xvfb is not installed']),
  ...(canSandbox(isRoot ? nobody : undefined) ? [] : ['this machine lets nobody make a user namespace']),
][0];

describe('the packaged application, run by nobody', () => {
  beforeEach((context) => {
    if (obstacle !== undefined) context.skip(obstacle);
  });

  it('checks itself and says what it is', async () => {
    const { code, stdout, stderr } = await launch(['--self-check']).ended;
    expect(lastObject(stdout), stderr).toMatchObject({ isGood: true, isPackaged: true, missing: [] });
    expect(code).toBe(0);
  }, 60_000);

  it('is not turned into a Node or given an inspector from outside', async () => {
    const asNode = await launch(['--self-check', '--eval', 'console.log("foreign code")'], {
      ELECTRON_RUN_AS_NODE: '1',
    }).ended;
    expect(asNode.stdout).not.toContain('foreign code\n');
    expect(lastObject(asNode.stdout)).toMatchObject({ isGood: true });
    const inspected = await launch(['--inspect=0', '--self-check'], { NODE_OPTIONS: '--inspect=0' }).ended;
    expect(inspected.stderr).not.toContain('Debugger listening');
  }, 60_000);

  it('shows its window, and opens no debugging port when asked for one', async () => {
    const screen = join(framebufferFolder, 'Xvfb_screen0');
    const port = 39_222;
    const application = launch([`--remote-debugging-port=${port}`]);
    let before = 0;
    const isDrawn = (): boolean => {
      const colours = countColours(readScreen(screen));
      const isSettled = colours > drawnColours && colours === before;
      before = colours;
      return isSettled;
    };
    await until('the window is drawn and stands still', isDrawn, 45_000, 500).catch((error: Error) => {
      throw new Error(`${error.message}\n${application.output()}`);
    });
    expect(application.process.exitCode).toBe(null);
    mkdirSync(inRoot('out', 'screenshots'), { recursive: true });
    writeFileSync(inRoot('out', 'screenshots', 'package-first-start.png'), toPng(readScreen(screen)));
    expect(await answers(port)).toBe(false);
    expect(application.output()).not.toContain('DevTools listening');
    application.process.kill('SIGTERM');
    await application.ended;
  }, 90_000);
});

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
