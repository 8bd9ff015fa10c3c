import {
  admit,
  attemptRulesDefault,
  claimTurn,
  countFailure,
  countHeard,
  networkOf,
  takeBackHeard,
  type Admission,
  type AttemptRules,
  type AttemptScope,
  type Failures,
  type PolicyDocument,
} from '../../core/access/index.ts';
import type { DeviceId } from '../../core/kernel/index.ts';
import type { Desk } from '../platform/index.ts';
import { sweepAttempts, type AttemptKey } from '../store/index.ts';
import {
  addOne,
  deleteCounters,
  raiseEdited,
  readCounters,
  replaceCounter,
  writesMax,
  type Counter,
} from './counters.ts';
import { notePassword } from './lanes.ts';
import { forgetWritten } from './written-counters.ts';

/**
 * Who tries, from where. `person` is an IIN, known or not: strangers are counted as people are. `holding` is what was proven to be
 * held before anything is compared, a certificate by its hash: whoever guesses without it holds up nobody who has it.
 */
export type AttemptPlace = {
  readonly person: string;
  readonly holding: string;
  readonly device: DeviceId;
  readonly address: string;
};

/** An attempt that one of the two ends, after the factors were compared: neither answer nor time tells which of them came in vain. */
export type Attempt = {
  /** Some factor is wrong. */
  readonly failed: () => Promise<void>;
  /** All are right. False where the person is held up nevertheless: he is answered as whoever is wrong. */
  readonly succeeded: () => Promise<boolean>;
};

export type AttemptContext = {
  readonly platform: Desk;
  /** Whose policy says how failures count. */
  readonly registry: { readonly policy: () => { readonly policy: Pick<PolicyDocument, 'attempts'> } };
};

/** More counters than a hundred thousand attempts make: some 50 MB. The oldest go first. */
const countersMax = 200_000;

type Keep = AttemptScope | 'heard' | 'right';
type Keys = Readonly<Record<Keep, AttemptKey>>;
type Counters = Readonly<Record<Keep, Counter>>;

function keysOf({ keyring }: Desk, { person, holding, device, address }: AttemptPlace): Keys {
  const pair = `${person} ${device} ${holding}`;
  const texts = { pair, heard: pair, right: pair, account: person, device, address: networkOf(address) };
  const key = (scope: Keep): AttemptKey => ({ scope, subject: keyring.tag(`attempt ${scope}`, texts[scope]) });
  return {
    ...{ pair: key('pair'), account: key('account'), device: key('device'), address: key('address') },
    ...{ heard: key('heard'), right: key('right') },
  };
}

async function readAll(platform: Desk, keys: Keys): Promise<Counters> {
  const { pair, account, device, address, heard, right } = keys;
  const of = await readCounters(platform, [pair, account, device, address, heard, right]);
  return {
    ...{ pair: of(pair), account: of(account), device: of(device), address: of(address) },
    ...{ heard: of(heard), right: of(right) },
  };
}

function failuresIn(found: Counters): Readonly<Record<Keep, Failures>> {
  const { pair, account, device, address, heard, right } = found;
  return {
    ...{ pair: pair.failures, account: account.failures, device: device.failures, address: address.failures },
    ...{ heard: heard.failures, right: right.failures },
  };
}

export function attemptRulesOf({ registry }: AttemptContext): AttemptRules {
  return registry.policy().policy.attempts ?? attemptRulesDefault;
}

type Reserved = { readonly admission: Admission; readonly found: Counters | undefined };

/** Takes the place of this try before anything is compared; the own counter in use by too many at once makes it wait for the others. */
async function reserve(platform: Desk, rules: AttemptRules, keys: Keys): Promise<Reserved> {
  for (let round = 1; round <= writesMax; round += 1) {
    const found = await readAll(platform, keys);
    const nowMs = platform.surroundings.nowMs();
    if (found.pair.isEdited) {
      await raiseEdited(platform);
      await replaceCounter(platform, keys.pair, found.pair, found.pair.failures);
      continue;
    }
    const admission = admit(failuresIn(found), rules, nowMs);
    const [keep, next] =
      admission === 'judged'
        ? (['pair', countFailure(found.pair.failures, rules, nowMs)] as const)
        : (['heard', heardAfter(admission, found, rules, nowMs)] as const);
    const written = await replaceCounter(platform, keys[keep], found[keep], next);
    if (written !== undefined) return { admission, found: { ...found, [keep]: written } };
  }
  return { admission: 'unheard', found: undefined };
}

function heardAfter(admission: Admission, { heard }: Counters, rules: AttemptRules, nowMs: number): Failures {
  return admission === 'heard' ? countHeard(heard.failures, rules, nowMs) : heard.failures;
}

const others = ['account', 'device', 'address'] as const;

/** Three counters are written, whatever becomes of the try. */
async function fail(platform: Desk, rules: AttemptRules, keys: Keys, { admission, found }: Reserved): Promise<void> {
  const by = (failures: Failures): Failures =>
    admission === 'judged' ? countFailure(failures, rules, platform.surroundings.nowMs()) : failures;
  await Promise.all(others.map((scope) => addOne(platform, keys[scope], by, found?.[scope])));
}

/** As many are written as by `fail`. */
async function noteRight(
  platform: Desk,
  rules: AttemptRules,
  keys: Keys,
  { admission, found }: Reserved,
): Promise<boolean> {
  const same = (failures: Failures): Failures => failures;
  if (found === undefined) {
    await Promise.all(others.map((scope) => addOne(platform, keys[scope], same)));
    return false;
  }
  const { right, isTurn } = claimTurn({ right: found.right.failures }, rules, platform.surroundings.nowMs());
  const isHeard = admission === 'heard';
  if (isHeard && isTurn) return true;
  await Promise.all([
    isHeard
      ? addOne(platform, keys.heard, takeBackHeard, found.heard)
      : addOne(platform, keys.device, same, found.device),
    addOne(platform, keys.right, () => right, found.right),
    addOne(platform, keys.account, same, found.account),
  ]);
  return false;
}

/**
 * Begins an attempt of a person at a device. It is counted before anything is compared, so that tries at once are no more tries;
 * success takes it back. Counters are rows that all servers of the platform share.
 */
export async function beginAttempt(context: AttemptContext, place: AttemptPlace): Promise<Attempt> {
  const { platform } = context;
  const rules = attemptRulesOf(context);
  const keys = keysOf(platform, place);
  const reserved = await reserve(platform, rules, keys);
  return {
    failed: () => {
      notePassword(place.device, false);
      return fail(platform, rules, keys, reserved);
    },
    succeeded: async () => {
      const isIn = reserved.admission === 'judged' || (await noteRight(platform, rules, keys, reserved));
      if (isIn) notePassword(place.device, true);
      if (isIn) await deleteCounters(platform, [keys.pair, keys.heard, keys.right]);
      return isIn;
    },
  };
}

/** Deletes what is forgotten, and keeps the table bounded. */
export async function forgetAttempts(context: AttemptContext): Promise<void> {
  const { platform } = context;
  const rules = attemptRulesOf(context);
  const beforeMs = platform.surroundings.nowMs() - rules.forgetAfterMs;
  await sweepAttempts(platform.database, { beforeMs, rowsMax: countersMax, onUntil: forgetWritten });
}
