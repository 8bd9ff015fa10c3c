import { assert } from '../../core/kernel/index.ts';
import type { HostPort } from './serve.ts';

/** The channel that the supervisor opened for this process. Throws when the process was not started as a host. */
export function processPort(): HostPort {
  assert(typeof process.send === 'function', 'host: started by a supervisor, with a channel');
  return {
    send(message) {
      // The callback swallows the error of a channel that closed meanwhile: `disconnect` tells the same story.
      if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
    },
    onMessage(listener) {
      process.on('message', listener);
    },
    onDisconnect(listener) {
      process.on('disconnect', listener);
    },
  };
}

/** Ends the process without running the exit handlers of foreign libraries, which are known to hang in their finalisers. */
export function leaveAtOnce(): void {
  process.kill(process.pid, 'SIGKILL');
}
