import type {
  CallResult,
  EventName,
  EventPayload,
  HostContract,
  VerbInput,
  VerbName,
} from '../../contracts/rpc/index.ts';
import type { HostState, SupervisedHost } from '../hosts/index.ts';

/**
 * A host that is started when `mayStart` resolves and not before: the first paint of the window has the processor for itself. What
 * is asked earlier waits; listeners hear the host from its first breath.
 */
export function lateHost<Contract extends HostContract>(
  mayStart: Promise<void>,
  start: () => SupervisedHost<Contract>,
): SupervisedHost<Contract> {
  let host: SupervisedHost<Contract> | undefined;
  let isClosed = false;
  const started = mayStart.then(() => {
    if (!isClosed) host = start();
    return host;
  });
  const whenStarted = (subscribe: (host: SupervisedHost<Contract>) => () => void): (() => void) => {
    let stop: () => void = () => undefined;
    let isStopped = false;
    void started.then((there) => {
      if (there !== undefined && !isStopped) stop = subscribe(there);
    });
    return () => {
      isStopped = true;
      stop();
    };
  };
  return {
    get state(): HostState {
      return host?.state ?? (isClosed ? 'closed' : 'starting');
    },
    get pid() {
      return host?.pid;
    },
    async call<Name extends VerbName<Contract>>(
      verb: Name,
      input: VerbInput<Contract['verbs'][Name]>,
    ): Promise<CallResult<Contract['verbs'][Name]>> {
      const there = await started;
      return there === undefined ? { ok: false, refusal: { code: 'host-unavailable' } } : there.call(verb, input);
    },
    on<Name extends EventName<Contract>>(event: Name, listener: (payload: EventPayload<Contract, Name>) => void) {
      return whenStarted((there) => there.on(event, listener));
    },
    onState: (listener) => whenStarted((there) => there.onState(listener)),
    kill: () => host?.kill(),
    async close() {
      isClosed = true;
      await host?.close();
    },
  };
}
