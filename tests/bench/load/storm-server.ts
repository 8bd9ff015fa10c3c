import { createServerLog, realSurroundings, startServer } from '../../../server/boot/index.ts';
import { scaleArgon2 } from './scaled-argon2.ts';

/**
 * The platform server of a storm, a process of its own: its clock is told from outside, its stretches are scaled, and it says what
 * memory it holds after everything that it can do without was collected.
 */
export type StormOrder = { readonly nowMs: number } | 'measure' | 'close';
export type StormReport =
  | { readonly url: string; readonly certificate: string }
  | { readonly heapMiB: number; readonly rssMiB: number };

const [directory = ''] = process.argv.slice(2);
const say = (report: StormReport): void => void process.send?.(report);
let nowMs = Date.now();
// Undone by nobody: the process ends with its storm.
scaleArgon2();
const server = await startServer({
  directory,
  profile: 'demo',
  listen: { host: '127.0.0.1', port: 0 },
  log: createServerLog(() => undefined),
  surroundings: { ...realSurroundings, nowMs: () => nowMs },
});
if (!server.ok) throw new Error(`storm: ${server.refusal.code}`);
const { url, pin, close } = server.value;

// Its storm was cut off.
process.on('disconnect', () => process.exit());
process.on('message', (order: StormOrder) => {
  if (order === 'close') {
    void close().then(() => process.disconnect());
  } else if (order === 'measure') {
    for (let i = 0; i < 3; i += 1) (globalThis as { gc?: () => void }).gc?.();
    const { heapUsed, external, rss } = process.memoryUsage();
    say({ heapMiB: (heapUsed + external) / 1_048_576, rssMiB: rss / 1_048_576 });
  } else nowMs = Math.max(nowMs, order.nowMs);
});
say({ url, certificate: Buffer.from(pin.certificate).toString('base64') });
