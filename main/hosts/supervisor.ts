import { ok, refuse, type Refusal } from '../../core/kernel/index.ts';
import { toMainMessage, type HostContract, type HostRefusalCode, type WireRefusal } from '../../contracts/rpc/index.ts';
import { restartDelayMs } from './backoff.ts';
import { CallBook, type AnyResult } from './calls.ts';
import { startChild, type Child } from './child.ts';
import { defaultHostLimits, type HostLimits, type HostLogEntry, type SuperviseOptions } from './options.ts';

/** `restarting`: between two lives. `closed` is final. */
export type HostState = 'starting' | 'ready' | 'restarting' | 'closed';

type Life = {
  readonly child: Child;
  readonly startedAtMs: number;
  cancelStartTimer: () => void;
  cancelPulseTimer: () => void;
  isKilledByUs: boolean;
};

function toRefusal(wire: WireRefusal): Refusal {
  return {
    code: wire.code,
    ...(wire.details === undefined ? {} : { details: wire.details }),
    ...(wire.incidentId === undefined ? {} : { incidentId: wire.incidentId }),
  };
}

/** One host through all its lives. Untyped inside; `superviseHost` puts the contract's types on it. */
export class Supervisor {
  readonly #options: SuperviseOptions<HostContract>;
  readonly #limits: HostLimits;
  readonly #calls: CallBook;
  readonly #listeners = new Map<string, Set<(payload: unknown) => void>>();
  readonly #stateListeners = new Set<(state: HostState) => void>();
  #life: Life | undefined;
  #state: HostState = 'starting';
  #failures = 0;
  #endedBy: string | undefined;
  #cancelRestart: () => void = () => undefined;
  #onGone: () => void = () => undefined;

  constructor(options: SuperviseOptions<HostContract>) {
    this.#options = options;
    this.#limits = { ...defaultHostLimits, ...options.limits };
    this.#calls = new CallBook({
      limits: this.#limits,
      timers: options.timers,
      inFlightMax: options.contract.inFlightMax,
      send: (call) => this.#life?.child.send({ kind: 'call', ...call }),
      onLate: () => this.#kill('late-call'),
    });
    this.#start();
  }

  get state(): HostState {
    return this.#state;
  }

  get pid(): number | undefined {
    return this.#life?.child.pid;
  }

  call(name: string, input: unknown): Promise<AnyResult> {
    const verb = Object.hasOwn(this.#options.contract.verbs, name) ? this.#options.contract.verbs[name] : undefined;
    if (verb === undefined) throw new Error(`host ${this.#options.contract.name} has no such verb`);
    if (this.#state === 'closed') return Promise.resolve(refuse<HostRefusalCode>('host-unavailable'));
    return this.#calls.add(name, verb, input);
  }

  on(event: string, listener: (payload: unknown) => void): () => void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners);
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  onState(listener: (state: HostState) => void): () => void {
    this.#stateListeners.add(listener);
    return () => void this.#stateListeners.delete(listener);
  }

  kill(): void {
    this.#kill('asked');
  }

  async close(): Promise<void> {
    if (this.#state === 'closed') return;
    this.#become('closed');
    this.#cancelRestart();
    this.#calls.drop({ code: 'host-unavailable' });
    const life = this.#life;
    if (life !== undefined) {
      const gone = new Promise<void>((resolve) => {
        this.#onGone = resolve;
      });
      const cancelKill = this.#options.timers.after(this.#limits.closeMaxMs, () => life.child.kill());
      life.child.disconnect();
      await gone;
      cancelKill();
    }
    this.#log({ kind: 'closed', host: this.#options.contract.name });
  }

  #start(): void {
    const { contract, nodeFile, file, environment, timers } = this.#options;
    this.#become('starting');
    this.#log({ kind: 'started', host: contract.name });
    const child = startChild({
      nodeFile,
      file,
      environment,
      onMessage: (message) => this.#receive(message),
      onLine: (line) => this.#log({ kind: 'output', host: contract.name, line }),
      onExit: (reason) => this.#exited(reason),
    });
    const life: Life = {
      child,
      startedAtMs: timers.nowMs(),
      cancelStartTimer: () => undefined,
      cancelPulseTimer: () => undefined,
      isKilledByUs: false,
    };
    life.cancelStartTimer = timers.after(this.#limits.startMaxMs, () => this.#kill('late-start'));
    this.#life = life;
    child.send({ kind: 'configure', configuration: this.#options.configuration(this.#endedBy) });
  }

  #kill(reason: Extract<HostLogEntry, { kind: 'killed' }>['reason']): void {
    if (this.#life === undefined) return;
    this.#log({ kind: 'killed', host: this.#options.contract.name, reason });
    this.#life.isKilledByUs = true;
    this.#calls.pause();
    this.#life.child.kill();
  }

  #exited(reason: string): void {
    const life = this.#life;
    const { contract, timers, jitter } = this.#options;
    this.#log({ kind: 'exited', host: contract.name, reason, pendingCount: this.#calls.inFlightCount });
    this.#life = undefined;
    this.#endedBy = reason;
    life?.cancelStartTimer();
    life?.cancelPulseTimer();
    this.#calls.lose(life?.isKilledByUs !== true && this.#state !== 'closed');
    this.#onGone();
    if (this.#state === 'closed') return;
    this.#become('restarting');
    const livedMs = life === undefined ? 0 : timers.nowMs() - life.startedAtMs;
    if (livedMs >= this.#limits.healthyAfterMs) this.#failures = 0;
    const delayMs = restartDelayMs(this.#failures, jitter(), this.#limits);
    this.#failures += 1;
    this.#cancelRestart = timers.after(delayMs, () => this.#start());
  }

  #receive(raw: unknown): void {
    const parsed = toMainMessage.safeParse(raw);
    if (!parsed.success) return this.#malformed('frame');
    const message = parsed.data;
    switch (message.kind) {
      case 'ready':
        return this.#ready();
      case 'pong':
        return this.#restPulse();
      case 'answer':
        return this.#answered(message.id, message.value);
      case 'refusal':
        return this.#calls.settle(message.id, { ok: false, refusal: toRefusal(message.refusal) });
      case 'event':
        return this.#announce(message.name, message.payload);
    }
  }

  #ready(): void {
    if (this.#state !== 'starting') return;
    this.#life?.cancelStartTimer();
    this.#log({ kind: 'ready', host: this.#options.contract.name });
    this.#become('ready');
    this.#calls.open();
    this.#restPulse();
  }

  /** Between two pulses. */
  #restPulse(): void {
    const life = this.#life;
    if (life === undefined) return;
    life.cancelPulseTimer();
    life.cancelPulseTimer = this.#options.timers.after(this.#limits.pulseEveryMs, () => this.#feelPulse(life));
  }

  /** A host that holds a call is judged by the time of that call, which may rightly block it for long. */
  #feelPulse(life: Life): void {
    if (this.#calls.inFlightCount > 0) return this.#restPulse();
    life.child.send({ kind: 'ping' });
    life.cancelPulseTimer = this.#options.timers.after(this.#limits.pulseMaxMs, () => {
      if (this.#calls.inFlightCount > 0) this.#restPulse();
      else this.#kill('late-pulse');
    });
  }

  #answered(id: number, value: unknown): void {
    const parsed = this.#calls.verbOf(id)?.output.safeParse(value);
    if (parsed === undefined) return;
    if (parsed.success) return this.#calls.settle(id, ok(parsed.data));
    const incidentId = this.#reportMalformed('answer');
    this.#calls.settle(id, { ok: false, refusal: { code: 'internal', incidentId } });
  }

  #announce(name: string, payload: unknown): void {
    const { events } = this.#options.contract;
    const parsed = Object.hasOwn(events, name) ? events[name]?.safeParse(payload) : undefined;
    if (parsed?.success !== true) return this.#malformed('event');
    for (const listener of this.#listeners.get(name) ?? []) listener(parsed.data);
  }

  /** A host that does not keep to its contract is broken or taken over: it gets a new life. */
  #malformed(what: string): void {
    this.#reportMalformed(what);
    this.#kill('malformed-message');
  }

  #reportMalformed(what: string): string {
    const incidentId = this.#options.newIncidentId();
    this.#log({ kind: 'malformed', host: this.#options.contract.name, incidentId, what });
    return incidentId;
  }

  #become(state: HostState): void {
    this.#state = state;
    for (const listener of this.#stateListeners) listener(state);
  }

  #log(entry: HostLogEntry): void {
    this.#options.log(entry);
  }
}
