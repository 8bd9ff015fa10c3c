import type { Refusal, Result } from '../../core/kernel/index.ts';
import type { Engine } from './context.ts';

const retryMaxMs = 30_000;
/**
 * The longest that a server may tell us to wait: enough for it to breathe, and no server, nor whoever answers in its place, has a
 * workstation wait for a year.
 */
const toldMaxSeconds = 300;
/** More failures change nothing: the longest wait is reached long before. */
const failuresMax = 10;

/** What one background loop does in a round, and what it makes of how a round ended. */
export type RoundsOptions<T> = {
  readonly engine: Engine;
  /** Names the loop beside a bug. */
  readonly where: string;
  readonly retryFirstMs: number;
  readonly round: () => Promise<Result<T>>;
  /** Answers how long to rest, in ms. */
  readonly onDone: (value: T) => number;
  readonly onFailed: (refusal: Refusal) => void;
};

/** How long a server wants not to be asked again, in ms; 0 where it does not say. */
export function toldToWaitMs({ details }: Refusal): number {
  const told = Number(details?.['retryAfterSeconds'] ?? 0);
  return Number.isFinite(told) ? Math.min(Math.max(0, told), toldMaxSeconds) * 1_000 : 0;
}

/**
 * Rounds of work beside the person, one at a time, until it is stopped. After a failure the rest doubles up to half a minute, with
 * jitter, and is no shorter than the server says, whoever kicks meanwhile; a thrown bug fails its round with an incident id and not the
 * loop.
 */
export class Rounds<T> {
  readonly #options: RoundsOptions<T>;
  #failures = 0;
  #isStopped = false;
  #isKicked = false;
  #wake: (() => void) | undefined;
  #letGo: (() => void) | undefined;
  #ended: Promise<void> = Promise.resolve();

  constructor(options: RoundsOptions<T>) {
    this.#options = options;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Begins, once `before` is done. */
  start(before: Promise<void> = Promise.resolve()): void {
    this.#ended = this.#run(before);
  }

  /** Starts the next round now, or right after the one that runs. */
  kick(): void {
    this.#isKicked = true;
    this.#wake?.();
  }

  /** What failed before counts no longer: the next failure waits the first delay only. */
  forgetFailures(): void {
    this.#failures = 0;
  }

  /** Resolves when no round runs any longer. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#wake?.();
    this.#letGo?.();
    await this.#ended;
  }

  async #run(before: Promise<void>): Promise<void> {
    const { round, onDone } = this.#options;
    await before;
    while (!this.isStopped) {
      this.#isKicked = false;
      const ended = await round().catch((error: unknown) => this.#bug(error));
      if (this.isStopped) return;
      if (ended.ok) this.forgetFailures();
      if (ended.ok) await this.#rest(onDone(ended.value));
      else {
        const restMs = this.#failed(ended.refusal);
        const heldMs = this.#spread(toldToWaitMs(ended.refusal));
        await this.#hold(heldMs);
        await this.#rest(Math.max(0, restMs - heldMs));
      }
    }
  }

  #bug(error: unknown): Result<T> {
    const { engine, where } = this.#options;
    const incidentId = Buffer.from(engine.options.random(8)).toString('hex');
    const stack = error instanceof Error ? (error.stack ?? error.message) : 'thrown value is not an error';
    engine.options.log({ kind: 'bug', incidentId, where, stack });
    return { ok: false, refusal: { code: 'internal', incidentId } };
  }

  #failed(refusal: Refusal): number {
    const { engine, retryFirstMs, onFailed } = this.#options;
    onFailed(refusal);
    const delayMs = Math.min(retryFirstMs * 2 ** this.#failures, retryMaxMs);
    this.#failures = Math.min(this.#failures + 1, failuresMax);
    return delayMs * (0.5 + engine.options.chance());
  }

  /** Longer, never shorter: whom a server sent away together do not come back together. */
  #spread(delayMs: number): number {
    return delayMs * (1 + this.#options.engine.options.chance() / 2);
  }

  /** No kick ends it. */
  #hold(delayMs: number): Promise<void> {
    if (delayMs === 0 || this.#isStopped) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#letGo?.(), delayMs);
      this.#letGo = () => {
        clearTimeout(timer);
        this.#letGo = undefined;
        resolve();
      };
    });
  }

  #rest(delayMs: number): Promise<void> {
    if (this.#isKicked || this.#isStopped) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#wake?.(), delayMs);
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
    });
  }
}
