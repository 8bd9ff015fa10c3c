import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { startDisplay } from '../../build/display.mjs';
import { electronRuntime } from '../../build/runtime/index.mjs';
import type { Measure } from './run.ts';

const root = resolve(import.meta.dirname, '../..');
const hello = join(import.meta.dirname, 'hello');
const roundCount = 5;
/** By then the window stands still and whatever the start put off is done. */
const settledAfterMs = 2_500;
const startMaxMs = 30_000;

type Sample = { readonly paintMs: number; readonly mainMemoryMb: number };

/** The address by which the browser inside can be asked. */
function devToolsOf(child: ChildProcess): Promise<string> {
  return new Promise((settle, reject) => {
    const timer = setTimeout(
      () => reject(new Error('the application did not open its door for the measurement')),
      startMaxMs,
    );
    if (child.stderr === null) throw new Error('no error stream');
    createInterface({ input: child.stderr }).on('line', (line) => {
      const address = /DevTools listening on (ws:\S+)/u.exec(line)?.[1];
      if (address === undefined) return;
      clearTimeout(timer);
      settle(address);
    });
  });
}

/** Runs in the page: when it had painted the largest thing that it shows, in milliseconds since 1970; then it can be used. */
const askPaint = `new Promise((settle) => {
  new PerformanceObserver((list) => settle(performance.timeOrigin + list.getEntries().at(-1).startTime))
    .observe({ type: 'largest-contentful-paint', buffered: true });
})`;

type Answer = { readonly id?: number; readonly result?: { readonly result?: { readonly value?: unknown } } };

/** Asks the only page, over its own line: nothing is attached to the application before it has started. */
async function usableAt(browserAddress: string): Promise<number> {
  const list = (await (await fetch(`http://${new URL(browserAddress).host}/json/list`)).json()) as readonly {
    readonly type: string;
    readonly webSocketDebuggerUrl: string;
  }[];
  const page = list.find(({ type }) => type === 'page');
  if (page === undefined) throw new Error('the application opened no window');
  const line = new WebSocket(page.webSocketDebuggerUrl);
  return new Promise((settle, reject) => {
    line.addEventListener('error', () => reject(new Error('the page did not answer')));
    line.addEventListener('open', () =>
      line.send(
        JSON.stringify({
          id: 1,
          method: 'Runtime.evaluate',
          params: { expression: askPaint, awaitPromise: true, returnByValue: true },
        }),
      ),
    );
    line.addEventListener('message', ({ data }) => {
      const answer = JSON.parse(String(data)) as Answer;
      if (answer.id !== 1) return;
      line.close();
      settle(Number(answer.result?.result?.value));
    });
  });
}

/** Resident memory of a process, without what is only mapped. */
function memoryMb(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/mu.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) / 1_024;
}

async function startOnce(executable: string, folder: string, display: string): Promise<Sample> {
  const profile = mkdtempSync(join(tmpdir(), 'qorgan-start-'));
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const words = ['--remote-debugging-port=0', '--disable-gpu', ...sandbox, folder, `--profile-directory=${profile}`];
  const startedAtMs = Date.now();
  const child = spawn(executable, words, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, DISPLAY: display },
  });
  try {
    const address = await devToolsOf(child);
    await sleep(settledAfterMs);
    const mainMemoryMb = memoryMb(child.pid ?? 0);
    return { paintMs: (await usableAt(address)) - startedAtMs, mainMemoryMb };
  } finally {
    const gone = new Promise((settle) => child.once('exit', settle));
    child.kill('SIGKILL');
    await gone;
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Start to first usable paint and memory of main, beside a window that says hello, taken in turns. */
export async function measure(): Promise<readonly Measure[]> {
  const runtime = electronRuntime();
  if (runtime === undefined) throw new Error('there is no Electron yet: run `npm run setup`');
  const { display, stop } = await startDisplay({ width: 1_920, height: 1_080 });
  const own: Sample[] = [];
  const yardstick: Sample[] = [];
  try {
    // The first start of each fills the caches and does not count.
    for (let round = 0; round <= roundCount; round += 1) {
      const hi = await startOnce(runtime.executable, hello, display);
      const us = await startOnce(runtime.executable, root, display);
      if (round > 0) {
        yardstick.push(hi);
        own.push(us);
      }
    }
  } finally {
    stop();
  }
  const pair = (name: string, unit: string, pick: (sample: Sample) => number): Measure => {
    const value = median(own.map(pick));
    const baseline = median(yardstick.map(pick));
    return { name, value, unit, baseline, ratio: value / baseline };
  };
  return [
    pair('application start to first usable paint', 'ms', ({ paintMs }) => paintMs),
    pair('memory of the main process', 'MB', ({ mainMemoryMb }) => mainMemoryMb),
  ];
}
