import { randomUUID } from 'node:crypto';
import { ok, refuse } from '../../core/kernel/index.ts';
import { leaveAtOnce, processPort, serveHost } from '../../native/host/index.ts';
import { echoHost } from './echo-contract.ts';

serveHost({
  contract: echoHost,
  port: processPort(),
  newIncidentId: randomUUID,
  log: (line) => process.stderr.write(`${line}\n`),
  exit: leaveAtOnce,
  start({ greeting, failsToStart }, emit) {
    if (failsToStart) throw new Error('planted start failure');
    return {
      greet: () => ok(greeting),
      describe: ({ bytes }) =>
        ok({
          kind: bytes.constructor.name,
          length: bytes.length,
          poolLength: bytes.buffer.byteLength,
          environment: Object.keys(process.env).sort(),
        }),
      echo: ({ bytes }) => ok({ bytes }),
      refuseDeclared: () => refuse('card-absent', { slot: 1 }),
      refuseUndeclared: () => refuse('undeclared') as unknown as ReturnType<typeof refuse<'card-absent'>>,
      throwBug: () => {
        throw new Error('planted bug with a secret path /var/lib/operator');
      },
      answerWrongly: () => ok({ n: 'not a number' as unknown as number }),
      announceWrongly: () => {
        emit('ticked', { n: 'not a number' as unknown as number });
        return ok(null);
      },
      crash: () => process.abort(),
      hang: () => {
        for (;;) if (process.pid < 0) return ok(null);
      },
      hangAfterwards: () => {
        setTimeout(() => {
          for (;;) if (process.pid < 0) return;
        }, 20);
        return ok(null);
      },
      wait: async ({ ms }) => {
        await new Promise((resolve) => setTimeout(resolve, ms));
        return ok(null);
      },
      tick: ({ n }) => {
        emit('ticked', { n });
        return ok(null);
      },
    };
  },
});
