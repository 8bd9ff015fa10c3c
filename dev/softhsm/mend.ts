import { copyFileSync, existsSync, readdirSync, renameSync, statSync, watch } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SoftHsmStore } from './token-store.ts';

/** SoftHSM rewrites a token file in less than a millisecond; one that is still short after this was left so by a killed process. */
const settledAfterMs = 30;

type TokenFiles = { readonly live: string; readonly pristine: string };

function tokenFiles(store: SoftHsmStore): readonly TokenFiles[] {
  const tokens = join(store.directory, 'tokens');
  return readdirSync(tokens).map((name) => ({
    live: join(tokens, name, 'token.object'),
    pristine: join(tokens, name, 'token.pristine'),
  }));
}

/** Remembers every token as it is now, for `mendTokens`. */
export function keepPristine(store: SoftHsmStore): void {
  for (const { live, pristine } of tokenFiles(store)) copyFileSync(live, pristine);
}

function mend({ live, pristine }: TokenFiles): void {
  if (!existsSync(pristine) || statSync(live).size === statSync(pristine).size) return;
  copyFileSync(pristine, `${live}.new`);
  renameSync(`${live}.new`, live);
}

/**
 * Repairs tokens that a killed process left without their head: SoftHSM 2.6 truncates `token.object` and writes it again at
 * *every login*, so that a SIGKILL in between loses the token. Real cards do not do this; a demonstration must not either.
 */
export function mendTokens(store: SoftHsmStore): void {
  for (const files of tokenFiles(store)) mend(files);
}

/** Repairs tokens as soon as they break, while something uses the store; stops when the returned function is called. */
export function guardTokens(store: SoftHsmStore): () => void {
  let timer: NodeJS.Timeout | undefined;
  const watchers = tokenFiles(store).map(({ live }) =>
    watch(dirname(live), { persistent: false }, () => {
      clearTimeout(timer);
      timer = setTimeout(() => mendTokens(store), settledAfterMs);
    }),
  );
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}
