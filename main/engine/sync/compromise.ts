import { refuse, type Result } from '../../../core/kernel/index.ts';
import type { Engine, Shift } from '../context.ts';
import { raiseAlarm, takeUpAlarms } from './alarm.ts';

/** How a server refuses whose log was declared lost. */
export const lostCode = 'log-compromised';

/**
 * Fetches what a server of a lost log says of it. The vault believes it by the platform key that it pinned, and from then on nothing
 * more of that log; the words of the server alone change nothing.
 */
export async function learnCompromise(engine: Engine, { client }: Shift): Promise<Result<null>> {
  const told = await client.call('logCompromise');
  if (!told.ok) return told;
  const { statement } = told.value;
  if (statement === null) return refuse('server-answer-malformed');
  const atMs = engine.options.clock.nowMs();
  const taken = await engine.vault.call('log.compromised', { statement, atMs });
  if (!taken.ok) {
    if (taken.refusal.code === 'log-compromise-invalid') await raiseAlarm(engine, taken.refusal.code);
    return taken;
  }
  engine.state.quarantine = lostCode;
  return takeUpAlarms(engine);
}
