import { Worker } from 'node:worker_threads';
import { InvariantError, ok, refuse, type Result } from '../../core/kernel/index.ts';
import type { Registry, Trust } from '../accounts/index.ts';
import type { CheckedAct, ReadRefusal, RequestProof } from './read-acts.ts';
import { textOf, type Answered, type Told } from './messages.ts';

/** Requests that wait for the thread; 4,096 ordinary acts, about a second of its work. */
const waitingMaxBytes = 16_777_216;
/** What a request costs beside its texts, so that small ones are counted too. */
const requestOwnBytes = 1_024;
/** The largest body takes the thread some 20 ms: one that answers nothing for so long hangs. */
const hangMs = 10_000;
const watchMs = 1_000;
/** A thread that dies at once must not take a core by being started again. */
const restartPauseMs = 500;
/** A device over whose requests the thread was lost so many times rests after each further loss, while the others go on. */
const lossesMax = 3;
const restMs = 300_000;
const forgetMs = 3_600_000;
/** Many times what all bodies that may wait take as values; a thread beyond it leaks, and starts anew. */
const heapMaxMb = 512;

/** The acts of one request, checked: by which trust, and at what moment they were received. */
export type CheckedActs = {
  readonly acts: readonly CheckedAct[];
  readonly receivedAtMs: number;
  /** Whoever relies on the checks sees that it is still the registry's. */
  readonly trust: Trust;
};

/** Reads and checks requests with acts in a thread of its own, so that the one that decides and stores is free for that. */
export type ActChecker = {
  /**
   * The checked acts of a request in the order of the requests. `server-busy`: too much waits, the thread was lost, or it was lost
   * over this device again and again; nothing was taken. A bug met in the thread is thrown.
   */
  readonly check: (proof: RequestProof, body: Uint8Array) => Promise<Result<CheckedActs, ReadRefusal | 'server-busy'>>;
  readonly close: () => Promise<void>;
};

export type ActCheckerOptions = {
  readonly registry: Pick<Registry, 'trust'>;
  readonly nowMs: () => number;
  /** Told each time that the thread is lost; it is started again. */
  readonly onLost: (error: Error) => void;
  /** What the thread runs; another in tests. */
  readonly threadFile?: URL;
};

/** Named from two folders up, which is the same place in the source and in the bundle. */
const ownThread = new URL('../../server/checks/thread.ts', import.meta.url);

/** `lost-over`: the request that the thread was reading; `lost`: one that waited. */
type Outcome = Answered | 'lost' | 'lost-over';

type Waiting = {
  readonly sizeBytes: number;
  readonly answer: (outcome: Outcome) => void;
};

type Request = Omit<Extract<Told, { readonly kind: 'request' }>, 'id' | 'version' | 'kind'>;

/** One life of the thread. */
type Thread = {
  readonly waitingBytes: () => number;
  readonly ask: (trust: Trust, request: Request) => Promise<Outcome>;
  readonly end: () => Promise<unknown>;
};

function sizeOf({ body, proof }: Request): number {
  return requestOwnBytes + body.length + proof.base.length;
}

/** Which devices the thread is kept from; at most as many as are enrolled. What goes well between two losses excuses neither. */
function createRests(): {
  readonly restSeconds: (device: string) => number;
  readonly noteLoss: (device: string) => void;
} {
  const losses = new Map<string, { readonly count: number; readonly atMs: number }>();
  return {
    restSeconds: (device) => {
      const last = losses.get(device);
      if (last === undefined || last.count < lossesMax) return 0;
      return Math.max(0, Math.ceil((last.atMs + restMs - performance.now()) / 1_000));
    },
    noteLoss: (device) => {
      const last = losses.get(device);
      const atMs = performance.now();
      losses.set(device, { count: last === undefined || atMs - last.atMs > forgetMs ? 1 : last.count + 1, atMs });
    },
  };
}

function startThread(file: URL, onEnd: (why: Error) => void): Thread {
  const worker = new Worker(file, { resourceLimits: { maxOldGenerationSizeMb: heapMaxMb } });
  // The doors keep the process alive; a start that fails must be able to end.
  worker.unref();
  const waiting = new Map<number, Waiting>();
  let waitingBytes = 0;
  let lastId = 0;
  let trusted: Trust | undefined;
  let version = 0;
  let progressAtMs = 0;
  let why: Error | undefined;

  const tell = (told: Told): void => worker.postMessage(told);
  const lose = (error: Error): void => {
    why ??= error;
    void worker.terminate();
  };
  const watch = setInterval(() => {
    if (waiting.size > 0 && performance.now() - progressAtMs > hangMs)
      lose(new InvariantError('checks: the thread hangs'));
  }, watchMs);
  watch.unref();
  worker.on('message', (answered: Answered) => {
    progressAtMs = performance.now();
    const asked = waiting.get(answered.id);
    waiting.delete(answered.id);
    waitingBytes -= asked?.sizeBytes ?? 0;
    asked?.answer(answered);
  });
  worker.on('error', lose);
  worker.on('messageerror', lose);
  worker.on('exit', () => {
    clearInterval(watch);
    onEnd(why ?? new InvariantError('checks: the thread ended'));
    // Requests are read in the order in which they came.
    let outcome: Outcome = 'lost-over';
    for (const { answer } of waiting.values()) {
      answer(outcome);
      outcome = 'lost';
    }
  });
  return {
    waitingBytes: () => waitingBytes,
    ask: (trust, request) =>
      new Promise((answer) => {
        if (trust !== trusted) {
          trusted = trust;
          version += 1;
          tell({ kind: 'trust', version, source: trust.source });
        }
        if (waiting.size === 0) progressAtMs = performance.now();
        lastId += 1;
        const sizeBytes = sizeOf(request);
        waiting.set(lastId, { sizeBytes, answer });
        waitingBytes += sizeBytes;
        tell({ kind: 'request', id: lastId, version, ...request });
      }),
    end: () => worker.terminate(),
  };
}

/** Starts the thread, and starts it again whenever it is lost: it crashed, ran out of memory, or hung. */
export function startActChecker(options: ActCheckerOptions): ActChecker {
  const { registry, nowMs, onLost, threadFile = ownThread } = options;
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;
  let thread: Thread | undefined;
  const rests = createRests();

  function start(): void {
    thread = startThread(threadFile, (why) => {
      thread = undefined;
      if (isClosed) return;
      onLost(why);
      timer = setTimeout(start, restartPauseMs);
    });
  }

  start();
  return {
    check: async (proof, body) => {
      const publicKey = textOf(proof.publicKey);
      const retryAfterSeconds = rests.restSeconds(publicKey);
      if (retryAfterSeconds > 0) return refuse('server-busy', { retryAfterSeconds });
      if (thread === undefined || (thread.waitingBytes() > 0 && thread.waitingBytes() + body.length > waitingMaxBytes))
        return refuse('server-busy');
      const trust = registry.trust();
      const receivedAtMs = nowMs();
      const answered = await thread.ask(trust, {
        atMs: receivedAtMs,
        proof: { ...proof, publicKey, signature: textOf(proof.signature) },
        body: textOf(body),
      });
      if (answered === 'lost-over') rests.noteLoss(publicKey);
      if (answered === 'lost' || answered === 'lost-over') return refuse('server-busy');
      if ('frames' in answered) {
        const failure = new InvariantError('checks: a request could not be read');
        failure.stack = `${failure.message}\n${answered.frames}`;
        throw failure;
      }
      return answered.read.ok ? ok({ acts: answered.read.value, receivedAtMs, trust }) : answered.read;
    },
    close: async () => {
      isClosed = true;
      clearTimeout(timer);
      await thread?.end();
    },
  };
}
