import { sessionRulesDefault, type SessionRules } from '../../core/access/index.ts';
import type { TokenReference } from '../../contracts/device-host/index.ts';
import { sessionEndedData } from '../../contracts/http/index.ts';
import { seeCards } from './cards.ts';
import type { Engine, Shift } from './context.ts';

/** How often the desk looks whether anybody is still there. */
const lookEveryMs = 1_000;

/** The rules of sessions of this enrolment's policy. */
export function sessionRulesOf({ enrolment }: Shift): SessionRules {
  return enrolment.policy.sessions ?? sessionRulesDefault;
}

/** True for what a door answers to a session that is over: the desk locks, whatever the reason. */
export function isSessionOver(code: string): boolean {
  return sessionEndedData.safeParse({ code }).success;
}

/** Locks the desk that nobody touches. What a person does is told by `touch`; what the desk does by itself is not. */
export class IdleWatch {
  readonly #engine: Engine;
  readonly #timer: NodeJS.Timeout;
  #touchedAtMs: number;

  constructor(engine: Engine, shift: Shift) {
    this.#engine = engine;
    this.#touchedAtMs = engine.options.clock.monotonicMs();
    this.#timer = setInterval(() => {
      const restedMs = engine.options.clock.monotonicMs() - this.#touchedAtMs;
      // The policy may change within a shift.
      if (restedMs >= sessionRulesOf(shift).lockIdleMs) engine.lock({ code: 'desk-locked-idle' });
    }, lookEveryMs);
    this.#timer.unref();
  }

  touch(): void {
    this.#touchedAtMs = this.#engine.options.clock.monotonicMs();
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

/**
 * Locks the desk whose card has left. A prompt that stands open says itself that the card is gone and goes on when it is back; the
 * desk locks if it is still away once the prompt is closed.
 */
export async function lockWithoutCard(engine: Engine, removed: TokenReference): Promise<void> {
  const { shift } = engine.state;
  const own = shift?.signer.token.reference;
  if (shift === undefined || own === undefined) return;
  if (own.moduleId !== removed.moduleId || own.serial !== removed.serial) return;
  if (engine.options.prompt.isOpen) {
    await engine.options.prompt.settled();
    const seen = await seeCards(engine);
    if (seen.ok && seen.value.signers.some(({ sha256 }) => sha256 === shift.signer.sha256)) return;
  }
  if (engine.state.shift === shift) engine.lock({ code: 'desk-locked-card' });
}
