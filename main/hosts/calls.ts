import { refuse, type Refusal, type Result } from '../../core/kernel/index.ts';
import type { HostRefusalCode, VerbDefinition } from '../../contracts/rpc/index.ts';
import type { HostLimits, HostTimers } from './options.ts';

export type AnyResult = Result<unknown>;

type Call = {
  readonly id: number;
  readonly name: string;
  readonly verb: VerbDefinition;
  readonly input: unknown;
  readonly settle: (result: AnyResult) => void;
  cancelTimer: () => void;
};

export type CallBookOptions = {
  readonly limits: HostLimits;
  readonly timers: HostTimers;
  readonly inFlightMax: number;
  readonly send: (call: { readonly id: number; readonly verb: string; readonly input: unknown }) => void;
  /** A call handed to the host was late; its caller has been told. The host can no longer be trusted to answer. */
  readonly onLate: () => void;
};

/** The calls of one host: those that wait, bounded, and those handed over. Each is settled exactly once. */
export class CallBook {
  readonly #options: CallBookOptions;
  #lastId = 0;
  #waiting: Call[] = [];
  readonly #inFlight = new Map<number, Call>();
  #isOpen = false;

  constructor(options: CallBookOptions) {
    this.#options = options;
  }

  get inFlightCount(): number {
    return this.#inFlight.size;
  }

  /** Resolves with the host's answer or with a refusal of the supervisor; never rejects. */
  add(name: string, verb: VerbDefinition, input: unknown): Promise<AnyResult> {
    const { limits, timers } = this.#options;
    if (this.#waiting.length >= limits.queueMaxCount) return Promise.resolve(refuse<HostRefusalCode>('host-busy'));
    return new Promise((settle) => {
      this.#lastId += 1;
      const call: Call = { id: this.#lastId, name, verb, input, settle, cancelTimer: () => undefined };
      call.cancelTimer = timers.after(limits.queueWaitMaxMs, () => {
        this.#waiting = this.#waiting.filter((other) => other !== call);
        settle(refuse<HostRefusalCode>('host-unavailable'));
      });
      this.#waiting.push(call);
      this.#handOver();
    });
  }

  /** The host is ready: hand over what waits. */
  open(): void {
    this.#isOpen = true;
    this.#handOver();
  }

  /** The host is being killed: nothing more is handed to it, what it holds may still be answered. */
  pause(): void {
    this.#isOpen = false;
  }

  /** The verb of a call that the host still owes, or `undefined` for an answer to a call that is settled. */
  verbOf(id: number): VerbDefinition | undefined {
    return this.#inFlight.get(id)?.verb;
  }

  settle(id: number, result: AnyResult): void {
    const call = this.#inFlight.get(id);
    if (call === undefined) return;
    this.#inFlight.delete(id);
    call.cancelTimer();
    call.settle(result);
    this.#handOver();
  }

  /** The host is gone. What it held is refused; what only waited goes to its successor, since it was never begun. */
  lose(isCrash: boolean): void {
    this.pause();
    const lost = [...this.#inFlight.values()];
    this.#inFlight.clear();
    for (const call of lost) {
      call.cancelTimer();
      call.settle(refuse((isCrash ? call.verb.lostAs : undefined) ?? 'host-restarted'));
    }
  }

  /** The supervisor is closed: nothing waits any longer. */
  drop(refusal: Refusal): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const call of waiting) {
      call.cancelTimer();
      call.settle({ ok: false, refusal });
    }
  }

  #handOver(): void {
    while (this.#isOpen && this.#inFlight.size < this.#options.inFlightMax) {
      const call = this.#waiting.shift();
      if (call === undefined) return;
      call.cancelTimer();
      call.cancelTimer = this.#options.timers.after(call.verb.timeoutMs, () => this.#late(call));
      this.#inFlight.set(call.id, call);
      this.#options.send({ id: call.id, verb: call.name, input: call.input });
    }
  }

  #late(call: Call): void {
    this.#inFlight.delete(call.id);
    call.settle(refuse(call.verb.lateAs ?? 'host-timeout'));
    this.#options.onLate();
  }
}
