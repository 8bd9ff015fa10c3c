import { countFailure, heldUntilMs, networkOf, noFailures, type AttemptRules } from '../../core/access/index.ts';
import type { Desk } from '../platform/index.ts';
import type { AttemptKey } from '../store/index.ts';
import { attemptRulesOf, type AttemptContext } from './attempts.ts';
import { addOne, readCounters } from './counters.ts';

const nobody = { pair: noFailures, account: noFailures, device: noFailures, address: noFailures };
/** Codes that cost nothing: guessing 120 bits is hopeless, the limit keeps the log readable. */
const codesFree = 10;

function codeRules(rules: AttemptRules): AttemptRules {
  return { ...rules, free: { ...rules.free, pair: codesFree } };
}

function codeKeyOf({ keyring }: Desk, address: string): AttemptKey {
  return { scope: 'code', subject: keyring.tag('attempt code', networkOf(address)) };
}

/** Lets an address try that gave no good code: the wait in seconds, 0 where there is none. */
export async function addressWaitSeconds(context: AttemptContext, address: string): Promise<number> {
  const { platform } = context;
  const key = codeKeyOf(platform, address);
  const { failures } = (await readCounters(platform, [key]))(key);
  const nowMs = platform.surroundings.nowMs();
  const until = heldUntilMs({ ...nobody, pair: failures }, codeRules(attemptRulesOf(context)), nowMs);
  return Math.max(0, Math.ceil((until - nowMs) / 1_000));
}

/** Counts a wrong enrolment code of an address. */
export async function countWrongCode(context: AttemptContext, address: string): Promise<void> {
  const { platform } = context;
  const rules = attemptRulesOf(context);
  const nowMs = platform.surroundings.nowMs();
  await addOne(platform, codeKeyOf(platform, address), (failures) => countFailure(failures, rules, nowMs));
}
