import type { HostConfiguration, HostContract } from '../../contracts/rpc/index.ts';

/** Monotonic time and one-shot timers, passed in; `after` returns its cancel. */
export type HostTimers = {
  nowMs(): number;
  after(delayMs: number, run: () => void): () => void;
};

/** What a supervisor tells the log. `output` is text of a foreign library and may hold anything: development only. */
export type HostLogEntry =
  | { readonly kind: 'started' | 'ready' | 'closed'; readonly host: string }
  | { readonly kind: 'exited'; readonly host: string; readonly reason: string; readonly pendingCount: number }
  | {
      readonly kind: 'killed';
      readonly host: string;
      readonly reason: 'late-call' | 'late-start' | 'late-pulse' | 'asked' | 'malformed-message';
    }
  | { readonly kind: 'malformed'; readonly host: string; readonly incidentId: string; readonly what: string }
  | { readonly kind: 'output'; readonly host: string; readonly line: string };

/** Every wait and queue of a supervisor has a bound. */
export type HostLimits = {
  /** Calls that wait while the host starts or works; more are refused with `host-busy`. */
  readonly queueMaxCount: number;
  /** A call that waited this long without being handed over is refused with `host-unavailable`. */
  readonly queueWaitMaxMs: number;
  /** A host that is not ready by then is killed and started again. */
  readonly startMaxMs: number;
  /** A ready host with nothing to do is asked this often whether it lives. */
  readonly pulseEveryMs: number;
  /** A host that held no call and did not answer for this long hangs in something that nobody asked it for: it is killed. */
  readonly pulseMaxMs: number;
  readonly restartDelayFirstMs: number;
  readonly restartDelayMaxMs: number;
  /** A host that lived this long is healthy again: the next failure waits the first delay only. */
  readonly healthyAfterMs: number;
  /** A closing host has this long to leave on its own before it is killed. */
  readonly closeMaxMs: number;
};

export const defaultHostLimits: HostLimits = {
  queueMaxCount: 64,
  queueWaitMaxMs: 30_000,
  startMaxMs: 10_000,
  pulseEveryMs: 5_000,
  pulseMaxMs: 10_000,
  restartDelayFirstMs: 100,
  restartDelayMaxMs: 10_000,
  healthyAfterMs: 30_000,
  closeMaxMs: 2_000,
};

export type SuperviseOptions<Contract extends HostContract> = {
  readonly contract: Contract;
  /** The pinned Node that runs the host, and the file that it runs. */
  readonly nodeFile: string;
  readonly file: string;
  /** The whole environment of the host: see `hostEnvironment`. */
  readonly environment: Readonly<Record<string, string>>;
  /** Asked for and sent at every start, with what ended the life before: a signal's name or `code N`; `undefined` at the first. */
  readonly configuration: (endedBy: string | undefined) => HostConfiguration<Contract>;
  readonly timers: HostTimers;
  /** Uniform in [0, 1). */
  readonly jitter: () => number;
  readonly newIncidentId: () => string;
  readonly log: (entry: HostLogEntry) => void;
  readonly limits?: Partial<HostLimits>;
};
