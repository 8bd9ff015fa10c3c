import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { createServerLog, realSurroundings, startServer } from '../../../server/boot/index.ts';
import { scaleArgon2 } from './scaled-argon2.ts';

/**
 * The platform server of a storm, a process of its own: its clock may be told from outside, and it says what memory it holds after
 * everything that it can do without was collected, how long its event loop was kept since it was asked before, and how long it had
 * each sign-in. Each order is answered, in its turn. The second argument `scaled` makes its stretches cheap, `timed` keeps
 * the times.
 */
export type StormOrder = { readonly nowMs: number } | 'measure' | 'times' | 'close';
/** Of one request at the door of sign-in, by the log of the server. */
export type SignInTime = { readonly status: number; readonly durationMs: number };
export type StormMemory = {
  readonly heapMiB: number;
  readonly rssMiB: number;
  readonly loopP99Ms: number;
  readonly loopMaxMs: number;
};
export type StormReport =
  | { readonly url: string; readonly certificate: string }
  | { readonly nowMs: number }
  | { readonly times: readonly SignInTime[] }
  | StormMemory;

const [directory = '', cost] = process.argv.slice(2);
const say = (report: StormReport): void => void process.send?.(report);
let toldMs: number | undefined;
let times: SignInTime[] = [];

function noteTime(line: string): void {
  const { route, status, durationMs } = JSON.parse(line) as Partial<SignInTime> & { readonly route?: string };
  if (route === '/v1/sign-in' && status !== undefined && durationMs !== undefined) times.push({ status, durationMs });
}

// Undone by nobody: the process ends with its storm.
if (cost === 'scaled') scaleArgon2();
const server = await startServer({
  directory,
  profile: 'demo',
  listen: { host: '127.0.0.1', port: 0 },
  log: createServerLog(cost === 'timed' ? noteTime : () => undefined),
  surroundings: { ...realSurroundings, nowMs: () => toldMs ?? Date.now() },
});
if (!server.ok) throw new Error(`storm: ${server.refusal.code}`);
const { url, pin, close } = server.value;
const loop = monitorEventLoopDelay({ resolution: 1 });
loop.enable();

async function measure(): Promise<StormMemory> {
  const [loopP99Ms, loopMaxMs] = [loop.percentile(99) / 1e6, loop.max / 1e6];
  for (let i = 0; i < 3; i += 1) {
    (globalThis as { gc?: () => void }).gc?.();
    // What was waiting for its finaliser is let go of between two collections.
    await sleep(20);
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  loop.reset();
  return { heapMiB: (heapUsed + external) / 1_048_576, rssMiB: rss / 1_048_576, loopP99Ms, loopMaxMs };
}

// Its storm was cut off.
process.on('disconnect', () => process.exit());
process.on('message', (order: StormOrder) => {
  if (order === 'close') {
    void close().then(() => process.disconnect());
  } else if (order === 'measure') {
    void measure().then(say);
  } else if (order === 'times') {
    say({ times });
    times = [];
  } else {
    toldMs = Math.max(toldMs ?? 0, order.nowMs);
    say({ nowMs: toldMs });
  }
});
say({ url, certificate: Buffer.from(pin.certificate).toString('base64') });
