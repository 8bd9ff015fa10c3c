import { refuse, type Result } from '../../core/kernel/index.ts';
import type { PromptPort, PromptQuestion } from './ports.ts';

/** A prompt of which is known whether a question stands open: from its first showing until the answer was recorded or given up. */
export type WatchedPrompt = PromptPort & { readonly isOpen: boolean };

/** Lets one question through at a time, whatever the windows do. */
export function watchPrompt(prompt: PromptPort): WatchedPrompt {
  let isOpen = false;
  return {
    get isOpen() {
      return isOpen;
    },
    changed: () => prompt.changed?.(),
    async ask<T>(question: PromptQuestion<T>): Promise<Result<T>> {
      if (isOpen) return refuse('prompt-open');
      isOpen = true;
      try {
        return await prompt.ask(question);
      } finally {
        isOpen = false;
      }
    },
  };
}
