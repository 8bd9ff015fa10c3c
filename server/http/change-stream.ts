import type { ServerResponse } from 'node:http';
import { changesSignal } from '../../contracts/http/index.ts';
import type { Platform } from '../platform/index.ts';
import { readLatestPosition } from '../store/index.ts';

/** Workstations that listen at once. */
const listenersMax = 1_024;
/** The database is the one signal that every profile has: it is asked this often, once for all listeners. */
const pollMs = 1_000;
/** Proxies close silent connections; a comment keeps them. */
const heartbeatTicks = 15;

/** Server-sent events that say "there is something newer" and nothing else. */
export type ChangeStream = {
  /** False where too many listen already. */
  readonly add: (response: ServerResponse) => boolean;
  readonly close: () => void;
};

/** Starts the poll. A failed poll is told to `onFailure` and tried again at the next tick. */
export function startChangeStream(platform: Platform, onFailure: (error: unknown) => void): ChangeStream {
  const listeners = new Set<ServerResponse>();
  let last = '';
  let ticks = 0;
  let isPolling = false;

  async function signal(): Promise<string> {
    const latest = await readLatestPosition(platform.database);
    return JSON.stringify(changesSignal.parse({ latest, treeSize: platform.log.checkpointSize() }));
  }

  async function poll(): Promise<void> {
    if (isPolling || listeners.size === 0) return;
    isPolling = true;
    try {
      const now = await signal();
      ticks += 1;
      const text = now === last ? (ticks % heartbeatTicks === 0 ? ':\n\n' : '') : `event: position\ndata: ${now}\n\n`;
      last = now;
      if (text !== '') for (const listener of listeners) listener.write(text);
    } catch (error) {
      onFailure(error);
    } finally {
      isPolling = false;
    }
  }

  const timer = setInterval(() => void poll(), pollMs);
  timer.unref();
  return {
    add: (response) => {
      if (listeners.size >= listenersMax) return false;
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      listeners.add(response);
      response.on('close', () => listeners.delete(response));
      // A newcomer learns the present position at once.
      void signal().then((now) => response.write(`event: position\ndata: ${now}\n\n`), onFailure);
      return true;
    },
    close: () => {
      clearInterval(timer);
      for (const listener of listeners) listener.end();
    },
  };
}
