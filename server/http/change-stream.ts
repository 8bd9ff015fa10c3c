import type { ServerResponse } from 'node:http';
import { changesSignal, sessionEndedData, sessionEndedEvent } from '../../contracts/http/index.ts';
import type { Result } from '../../core/kernel/index.ts';
import type { Registry, SessionRefusal } from '../accounts/index.ts';
import type { Platform } from '../platform/index.ts';
import { readLatestPosition } from '../store/index.ts';

/** Workstations that listen at once. */
const listenersMax = 1_024;
/** The database is the one signal that every profile has: it is asked this often, once for all listeners. */
const pollMs = 1_000;
/** Proxies close silent connections; a comment keeps them. */
const heartbeatTicks = 15;

/** Windows and reconnections of one workstation; the oldest ends where a further one comes. */
const listenersOfDeviceMax = 4;
/** The row of each listener's session is read again once in so many polls: another server may have ended it. */
const sessionTicks = 15;

/** One who listens, and whether he still may. */
export type Listener = {
  readonly device: string;
  readonly tokenHash: string;
  /** Asked at each poll and after each change of the registry, so it asks no table. */
  readonly standing: () => Result<unknown, SessionRefusal | 'read-not-allowed'>;
  readonly mayListen: () => Promise<Result<unknown, SessionRefusal | 'read-not-allowed'>>;
};

/** Server-sent events that say "there is something newer" or "your session is over", and nothing else. */
export type ChangeStream = {
  /** False where too many listen already. */
  readonly add: (response: ServerResponse, listener: Listener) => boolean;
  /** Ends the streams of a session that ended, and says why where it was not the desk itself that ended it. */
  readonly end: (tokenHash: string, code?: SessionRefusal) => void;
  /** Ends the streams of whoever may go on no longer by the registry as it is now. */
  readonly recheck: () => void;
  readonly close: () => void;
};

/** Who listens, in the order in which they came. */
function createListeners() {
  const listeners = new Map<ServerResponse, Listener>();
  let turn = 0;

  function end(response: ServerResponse, code?: string): void {
    const told = sessionEndedData.safeParse({ code });
    if (told.success) response.write(`event: ${sessionEndedEvent}\ndata: ${JSON.stringify(told.data)}\n\n`);
    listeners.delete(response);
    response.end();
  }

  return {
    end,
    entries: () => [...listeners],
    add: (response: ServerResponse, listener: Listener): boolean => {
      const own = [...listeners].filter(([, { device }]) => device === listener.device);
      if (own.length >= listenersOfDeviceMax && own[0] !== undefined) end(own[0][0]);
      if (listeners.size >= listenersMax) return false;
      listeners.set(response, listener);
      response.on('close', () => listeners.delete(response));
      // A stream that broke closes next; unheard, its error would end the process.
      response.on('error', () => undefined);
      return true;
    },
    /** Nothing is written to a stream that ended meanwhile. */
    tell: (response: ServerResponse, text: string): void => {
      if (listeners.has(response)) response.write(text);
    },
    recheck: (): void => {
      for (const [response, listener] of [...listeners]) {
        const standing = listener.standing();
        if (!standing.ok) end(response, standing.refusal.code);
      }
    },
    /** A part of the listeners at each poll, in turn: whose session ended or ran out hears nothing more. */
    endFinished: async (): Promise<void> => {
      const all = [...listeners];
      const share = Math.ceil(all.length / sessionTicks);
      for (let i = 0; i < share; i += 1) {
        turn = (turn + 1) % all.length;
        const [response, listener] = all[turn] ?? [];
        if (response === undefined || listener === undefined) continue;
        const may = await listener.mayListen();
        if (!may.ok) end(response, may.refusal.code);
      }
    },
  };
}

/** What the stream tells of. */
export type Told = {
  readonly platform: Platform;
  readonly registry: Pick<Registry, 'rights' | 'policy'>;
};

/** Starts the poll. A failed poll is told to `onFailure` and tried again at the next tick. */
export function startChangeStream({ platform, registry }: Told, onFailure: (error: unknown) => void): ChangeStream {
  const listeners = createListeners();
  let last = '';
  let ticks = 0;
  let isPolling = false;

  async function signal(): Promise<string> {
    const latest = await readLatestPosition(platform.database);
    const latestAccess = await readLatestPosition(platform.database, 'access');
    const newest = registry.rights()?.policies.at(-1)?.record ?? registry.policy().policy;
    const treeSize = platform.log.checkpointSize();
    return JSON.stringify(changesSignal.parse({ latest, latestAccess, policyVersion: newest.version, treeSize }));
  }

  async function poll(): Promise<void> {
    if (isPolling || listeners.entries().length === 0) return;
    isPolling = true;
    try {
      listeners.recheck();
      const now = await signal();
      ticks += 1;
      const text = now === last ? (ticks % heartbeatTicks === 0 ? ':\n\n' : '') : `event: position\ndata: ${now}\n\n`;
      last = now;
      if (text !== '') for (const [response] of listeners.entries()) listeners.tell(response, text);
      await listeners.endFinished();
    } catch (error) {
      onFailure(error);
    } finally {
      isPolling = false;
    }
  }

  const timer = setInterval(() => void poll(), pollMs);
  timer.unref();
  return {
    add: (response, listener) => {
      if (!listeners.add(response, listener)) return false;
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      // A newcomer learns the present position at once.
      void signal().then((now) => listeners.tell(response, `event: position\ndata: ${now}\n\n`), onFailure);
      return true;
    },
    end: (tokenHash, code) => {
      for (const [response, listener] of listeners.entries())
        if (listener.tokenHash === tokenHash) listeners.end(response, code);
    },
    recheck: () => listeners.recheck(),
    close: () => {
      clearInterval(timer);
      for (const [response] of listeners.entries()) listeners.end(response);
    },
  };
}
