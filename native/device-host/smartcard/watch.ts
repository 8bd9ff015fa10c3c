import { Worker } from 'node:worker_threads';
import type { TokenReference, TokenState } from '../../../contracts/device-host/index.ts';
import type { CardModule } from './module.ts';
import { isPkcs11Error } from './refusals.ts';
import { readTokens } from './tokens.ts';
import { watchNotice } from './watch-thread.ts';

/** One module with its cards as last told of. */
export type WatchedModule = {
  readonly module: CardModule;
  /** The cards that it sees now; tells of each that came or went since the look before, whoever looks. */
  readonly look: () => readonly TokenState[];
};

export type CardEvents = {
  readonly onInserted: (token: TokenState) => void;
  readonly onRemoved: (reference: TokenReference) => void;
};

export type WatchOptions = {
  readonly watched: readonly WatchedModule[];
  /** A file whose worker thread runs `watchSlots`. */
  readonly threadFile: string;
  readonly pollEveryMs: number;
  /** Whether modules are waited in for slot events at all; polled otherwise. */
  readonly mayWaitForSlots: boolean;
  /** Runs again and again for the life of the process. */
  readonly every: (intervalMs: number, run: () => void) => void;
};

const keyOf = (reference: TokenReference): string => `${reference.slotId} ${reference.serial}`;

/** The reader service is down, or the module is: no card can be used, which the person sees as removed. */
function tokensOrNone(module: CardModule): readonly TokenState[] {
  const api = module.load();
  if (!api.ok) return [];
  try {
    return readTokens(api.value, module);
  } catch (error) {
    if (!isPkcs11Error(error)) throw error;
    return [];
  }
}

/**
 * Every look is compared with the one before, a listing that a person asked for as well: a card that anybody was told of, and that
 * leaves before the watcher's own look, would otherwise leave without a word.
 */
export function watchable(module: CardModule, { onInserted, onRemoved }: CardEvents): WatchedModule {
  let seen = new Map<string, TokenReference>();
  return {
    module,
    look() {
      const tokens = tokensOrNone(module);
      const before = seen;
      seen = new Map(tokens.map(({ reference }) => [keyOf(reference), reference]));
      for (const token of tokens) if (!before.has(keyOf(token.reference))) onInserted(token);
      for (const [key, reference] of before) if (!seen.has(key)) onRemoved(reference);
      return tokens;
    },
  };
}

function watchModule({ module, look }: WatchedModule, options: WatchOptions): void {
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
  // Every module is tried before any is waited in: a death while waiting must not be taken for that of the one being tried.
  for (const { look } of options.watched) look();
  for (const one of options.watched) watchModule(one, options);
}
