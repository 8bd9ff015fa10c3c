import type {
  CallResult,
  EventName,
  EventPayload,
  HostContract,
  VerbInput,
  VerbName,
} from '../../contracts/rpc/index.ts';
import type { SuperviseOptions } from './options.ts';
import { Supervisor, type HostState } from './supervisor.ts';

/** A host process that is kept alive, as its caller sees it. */
export type SupervisedHost<Contract extends HostContract> = {
  readonly state: HostState;
  /** The process that lives now; `undefined` between two lives. */
  readonly pid: number | undefined;
  /**
   * Asks the host. Waits, bounded, while the host starts or works on other calls; never rejects. A call that the host held
   * when it died may or may not have had its effect: only the verb's own rules say whether it may be repeated.
   * The bytes of `input` stay the caller's to wipe; the copies made on the way are wiped here and by the host.
   */
  call<Name extends VerbName<Contract>>(
    verb: Name,
    input: VerbInput<Contract['verbs'][Name]>,
  ): Promise<CallResult<Contract['verbs'][Name]>>;
  /** Hears an event of the host, across its lives, until the returned function is called. */
  on<Name extends EventName<Contract>>(
    event: Name,
    listener: (payload: EventPayload<Contract, Name>) => void,
  ): () => void;
  /** Hears each change of state until the returned function is called. */
  onState(listener: (state: HostState) => void): () => void;
  /** Ends this life at once (SIGKILL); the next one starts after the usual delay. */
  kill(): void;
  /** Ends the host for good: waiting calls are refused with `host-unavailable`. Resolves when the process is gone. */
  close(): Promise<void>;
};

/**
 * Starts a host and keeps it alive: restart with exponential delay and jitter, calls bounded in number and time, a late or
 * contract-breaking host killed. Works on Node 24 and inside Electron's main process.
 */
export function superviseHost<Contract extends HostContract>(
  options: SuperviseOptions<Contract>,
): SupervisedHost<Contract> {
  // The door between the typed contract and the untyped machine: outputs and events were parsed by the contract's schemas.
  return new Supervisor(options as unknown as SuperviseOptions<HostContract>) as unknown as SupervisedHost<Contract>;
}
