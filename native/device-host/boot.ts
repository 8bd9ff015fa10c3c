import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import { deviceHost } from '../../contracts/device-host/index.ts';
import { leaveAtOnce, processPort, serveHost } from '../host/index.ts';
import { openModule } from './smartcard/module.ts';
import { smartcardHandlers } from './smartcard/handlers.ts';
import { listOnce } from './smartcard/tokens.ts';
import { watchable, watchTokens, type CardEvents } from './smartcard/watch.ts';
import { watchSlots } from './smartcard/watch-thread.ts';

/** The device host's process. The same file is the body of its watching threads, so that it stays one file when bundled. */
function serve(): void {
  const log = (line: string): void => void process.stderr.write(`${line}\n`);
  serveHost({
    contract: deviceHost,
    port: processPort(),
    newIncidentId: randomUUID,
    log,
    // A thread that waits inside a module would keep an orderly exit waiting for ever.
    exit: leaveAtOnce,
    start(configuration, emit) {
      for (const module of configuration.modules) Object.assign(process.env, module.environment);
      const trying = <T>(moduleId: string, run: () => T): T => {
        emit('module.trying', { moduleId });
        try {
          return run();
        } finally {
          emit('module.tried', { moduleId });
        }
      };
      const events: CardEvents = {
        onInserted: (token) => emit('token.inserted', { token }),
        onRemoved: (reference) => emit('token.removed', { reference }),
      };
      const watched = configuration.modules.map((module) =>
        watchable(openModule(module, { log, trying, listOnce }), events),
      );
      setImmediate(() =>
        watchTokens({
          watched,
          threadFile: fileURLToPath(import.meta.url),
          pollEveryMs: configuration.pollEveryMs,
          mayWaitForSlots: configuration.mayWaitForSlots,
          every: (intervalMs, run) => void setInterval(run, intervalMs),
        }),
      );
      return smartcardHandlers(watched);
    },
  });
}

if (isMainThread) serve();
else watchSlots();
