import { Worker } from 'node:worker_threads';
import type { TokenReference, TokenState } from '../../../contracts/device-host/index.ts';
import type { CardModule } from './module.ts';
import { isPkcs11Error } from './refusals.ts';
import { readTokens } from './tokens.ts';
import { watchNotice } from './watch-thread.ts';

export type WatchOptions = {
  readonly modules: readonly CardModule[];
  /** A file whose worker thread runs `watchSlots`. */
  readonly threadFile: string;
  readonly pollEveryMs: number;
  /** Whether modules are waited in for slot events at all; polled otherwise. */
  readonly mayWaitForSlots: boolean;
  /** Runs again and again for the life of the process. */
  readonly every: (intervalMs: number, run: () => void) => void;
  readonly onInserted: (token: TokenState) => void;
  readonly onRemoved: (reference: TokenReference) => void;
};

const keyOf = (reference: TokenReference): string => `${reference.slotId} ${reference.serial}`;

/** One module's cards as last seen; `look` compares and tells the difference. */
function createLook(module: CardModule, options: WatchOptions): () => void {
  let seen = new Map<string, TokenReference>();
  return () => {
    const api = module.load();
    if (!api.ok) return;
    const now = new Map<string, TokenReference>();
    try {
      for (const token of readTokens(api.value, module)) {
        const key = keyOf(token.reference);
        now.set(key, token.reference);
        if (!seen.has(key)) options.onInserted(token);
      }
    } catch (error) {
      // The reader service is down, or the module is: no card can be used, which the person sees as removed.
      if (!isPkcs11Error(error)) throw error;
    }
    for (const [key, reference] of seen) if (!now.has(key)) options.onRemoved(reference);
    seen = now;
  };
}

function watchModule(module: CardModule, look: () => void, options: WatchOptions): void {
  const poll = (): void => options.every(options.pollEveryMs, look);
  if (!options.mayWaitForSlots || !module.load().ok) return poll();
  const thread = new Worker(options.threadFile, { workerData: { path: module.path } });
  thread.unref();
  thread.on('message', (message) => {
    if (watchNotice.parse(message) === 'changed') look();
    else poll();
  });
  // A thread that failed must not take the host along: polling sees the same cards, later.
  thread.on('error', poll);
}

/**
 * Tells of every card that is there, then of each that comes or goes. A module that can wait for slot events has a thread that
 * does; any other is polled. The looks happen on the calling thread, between calls, since they use the same library.
 */
export function watchTokens(options: WatchOptions): void {
  const watched = options.modules.map((module) => ({ module, look: createLook(module, options) }));
  // Every module is tried before any is waited in: a death while waiting must not be taken for that of the one being tried.
  for (const { look } of watched) look();
  for (const { module, look } of watched) watchModule(module, look, options);
}
