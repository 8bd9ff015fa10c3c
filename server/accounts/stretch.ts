import { argon2 } from 'node:crypto';
import { assert, ok, refuse, type Result, type Secret } from '../../core/kernel/index.ts';

/** What Argon2id (RFC 9106) costs; written into each record, so that it may grow. */
export type StretchCost = { readonly memoryKib: number; readonly passes: number; readonly lanes: number };

/** The first choice of OWASP's cheat sheet on storing passwords: ten sign-ins a second leave a server of two cores room for acts. */
export const stretchCost: StretchCost = { memoryKib: 19_456, passes: 2, lanes: 1 };

export const hashSizeBytes = 32;
/** Two at once: 38 MiB, and two threads of the pool are left to signatures. */
const runningMax = 2;
/** Two seconds of work: who waits longer asks again. */
const waitingMax = 64;

// Of the process, however many platforms it serves: memory and threads are its own.
let running = 0;
const waiting: (() => void)[] = [];

/** False where one more would be refused: asked before anything is counted. */
export function mayStretch(): boolean {
  return running < runningMax || waiting.length < waitingMax;
}

async function enter(): Promise<boolean> {
  if (running < runningMax) {
    running += 1;
    return true;
  }
  if (waiting.length >= waitingMax) return false;
  await new Promise<void>((resolve) => waiting.push(resolve));
  return true;
}

/** Hands the place on to whoever waits longest. */
function leave(): void {
  const next = waiting.shift();
  if (next === undefined) running -= 1;
  else next();
}

/** Stretches a password on a thread of the pool; however many ask, memory stays flat. Refused `server-busy` where too many wait. */
export async function stretchPassword(
  password: Secret<'password'>,
  salt: Uint8Array,
  { memoryKib, passes, lanes }: StretchCost,
): Promise<Result<Buffer, 'server-busy'>> {
  if (!(await enter())) return refuse('server-busy');
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
    leave();
  }
}
