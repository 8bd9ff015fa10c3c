import type { Logger } from 'pino';
import { watchMirrors, type NamedMirror } from '../cosigning/index.ts';
import type { NamedMirrors } from '../http/index.ts';
import type { Platform } from '../platform/index.ts';

/** Asks the named mirrors what they hold; each change of what is the matter with one stands in the server's log. */
export function followMirrors(
  mirrors: readonly NamedMirror[],
  { log: centralLog, surroundings }: Platform,
  log: Logger,
): NamedMirrors & { readonly stop: () => Promise<void> } {
  const watch = watchMirrors({
    ...{ mirrors, log: centralLog, nowMs: surroundings.nowMs },
    tell: ({ name, size, trouble }) => {
      if (trouble === null) log.info({ mirror: name, size }, 'a mirror vouches for the log');
      else log.error({ mirror: name, trouble }, 'mirror');
    },
  });
  return { ...watch, doorOf: (id) => mirrors.find(({ door }) => door.id === id)?.door };
}
