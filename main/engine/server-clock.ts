import { refuse, type Result } from '../../core/kernel/index.ts';
import type { Clock } from './ports.ts';

export type ClockLimits = { readonly warnDriftMs: number; readonly refuseDriftMs: number };

export type ClockState = { readonly driftMs: number | null; readonly state: 'good' | 'warn' | 'refused' | 'unknown' };

/**
 * How far the clock of this machine is from the server's. Learnt from every answer that tells the server's time; half of the
 * round trip is the uncertainty and is taken off, so that a slow line alone never looks like a wrong clock.
 */
export class ServerClock {
  readonly #clock: Clock;
  #offsetMs: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Server minus workstation; `undefined` before the first contact. */
  get offsetMs(): number | undefined {
    return this.#offsetMs;
  }

  learn(serverTimeMs: number, askedAtMs: number): void {
    const answeredAtMs = this.#clock.nowMs();
    const uncertaintyMs = Math.max(0, (answeredAtMs - askedAtMs) / 2);
    const raw = serverTimeMs - (askedAtMs + uncertaintyMs);
    this.#offsetMs = Math.round(Math.sign(raw) * Math.max(0, Math.abs(raw) - uncertaintyMs));
  }

  forget(): void {
    this.#offsetMs = undefined;
  }

  serverNowMs(): number {
    return this.#clock.nowMs() + (this.#offsetMs ?? 0);
  }

  state(limits: ClockLimits): ClockState {
    if (this.#offsetMs === undefined) return { driftMs: null, state: 'unknown' };
    const driftMs = -this.#offsetMs;
    const size = Math.abs(driftMs);
    return { driftMs, state: size >= limits.refuseDriftMs ? 'refused' : size >= limits.warnDriftMs ? 'warn' : 'good' };
  }

  /** A clock that is known to be wrong by more than the policy allows signs nothing. */
  allowsSigning(limits: ClockLimits): Result<null, 'clock-wrong'> {
    const { driftMs, state } = this.state(limits);
    return state === 'refused' ? refuse('clock-wrong', { driftMs: driftMs ?? 0 }) : { ok: true, value: null };
  }
}
