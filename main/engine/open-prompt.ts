import { refuse, type Result } from '../../core/kernel/index.ts';
import type { PromptPort, PromptQuestion } from './ports.ts';

/** A prompt of which is known whether a question stands open: from its first showing until the answer was recorded or given up. */
export type WatchedPrompt = PromptPort & {
  readonly isOpen: boolean;
  /** Resolves once no question stands open. */
  readonly settled: () => Promise<void>;
};

/** Lets one question through at a time, whatever the windows do. */
export function watchPrompt(prompt: PromptPort): WatchedPrompt {
  let open: Promise<unknown> | undefined;
  return {
    get isOpen() {
      return open !== undefined;
    },
    settled: async () => {
      await open?.catch(() => undefined);
    },
    changed: () => prompt.changed?.(),
    cancel: () => prompt.cancel?.(),
    async ask<T>(question: PromptQuestion<T>): Promise<Result<T>> {
      if (open !== undefined) return refuse('prompt-open');
      const asked = prompt.ask(question);
      open = asked;
      try {
        return await asked;
      } finally {
        open = undefined;
      }
    },
  };
}
