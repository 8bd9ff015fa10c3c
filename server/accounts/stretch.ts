import { argon2 } from 'node:crypto';
import { assert, ok, refuse, type Result, type Secret } from '../../core/kernel/index.ts';

/** What Argon2id (RFC 9106) costs; written into each record, so that it may grow. */
export type StretchCost = { readonly memoryKib: number; readonly passes: number; readonly lanes: number };

/** The first choice of OWASP's cheat sheet on storing passwords: ten sign-ins a second leave a server of two cores room for acts. */
export const stretchCost: StretchCost = { memoryKib: 19_456, passes: 2, lanes: 1 };

export const hashSizeBytes = 32;
/**
 * Where a password waits. `failing` are devices at which many were wrong in a row: they have one place at most, so that the other is
 * always of those who sign in, who go first.
 */
export type Lane = 'clear' | 'failing';

/** Two at once: 38 MiB, and two threads of the pool are left to signatures. */
const runningMax = 2;
const failingRunningMax = 1;
/** Two seconds of work: who waits longer asks again. */
const waitingMax = 64;

type Line = { running: number; readonly waiting: (() => void)[] };
// Of the process, however many platforms it serves: memory and threads are its own.
const lines: Readonly<Record<Lane, Line>> = {
  clear: { running: 0, waiting: [] },
  failing: { running: 0, waiting: [] },
};

function hasPlace(lane: Lane): boolean {
  const { clear, failing } = lines;
  if (clear.running + failing.running >= runningMax) return false;
  return lane === 'clear' || failing.running < failingRunningMax;
}

/** False where one more would be refused: asked before anything is counted. */
export function mayStretch(lane: Lane = 'clear'): boolean {
  return hasPlace(lane) || lines[lane].waiting.length < waitingMax;
}

async function enter(lane: Lane): Promise<boolean> {
  const line = lines[lane];
  if (hasPlace(lane)) {
    line.running += 1;
    return true;
  }
  if (line.waiting.length >= waitingMax) return false;
  await new Promise<void>((resolve) => line.waiting.push(resolve));
  return true;
}

/** Hands the place on to whoever waits longest, of the clear first. */
function leave(lane: Lane): void {
  lines[lane].running -= 1;
  for (const next of ['clear', 'failing'] as const) {
    const begin = hasPlace(next) ? lines[next].waiting.shift() : undefined;
    if (begin === undefined) continue;
    lines[next].running += 1;
    begin();
    return;
  }
}

/** Stretches a password on a thread of the pool; however many ask, memory stays flat. Refused `server-busy` where too many wait. */
export async function stretchPassword(
  password: Secret<'password'>,
  salt: Uint8Array,
  { memoryKib, passes, lanes }: StretchCost,
  lane: Lane = 'clear',
): Promise<Result<Buffer, 'server-busy'>> {
  if (!(await enter(lane))) return refuse('server-busy');
  try {
    const cost = { memory: memoryKib, passes, parallelism: lanes, tagLength: hashSizeBytes };
    const hash = await new Promise<Buffer>((resolve, reject) =>
      // Lent for the call: what runs on the other thread is a copy of Node's own.
      password.use((message) =>
        argon2('argon2id', { message, nonce: salt, ...cost }, (error, derived) =>
          error === null ? resolve(derived) : reject(error),
        ),
      ),
    );
    assert(hash.length === hashSizeBytes, 'stretch: a hash has its length');
    return ok(hash);
  } finally {
    leave(lane);
  }
}
