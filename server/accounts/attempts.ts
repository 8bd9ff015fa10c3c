import {
  attemptRulesDefault,
  countFailure,
  heldUntilMs,
  noFailures,
  type AttemptRules,
  type AttemptScope,
  type Failures,
} from '../../core/access/index.ts';
import type { DeviceId } from '../../core/kernel/index.ts';
import { isTagged, tagRow, type Platform } from '../platform/index.ts';
import {
  deleteAttempt,
  insertAlarm,
  readAttempts,
  replaceAttempt,
  sweepAttempts,
  type AttemptKey,
  type Row,
} from '../store/index.ts';
import type { Registry } from './registry.ts';

/** Who tries, from where. `person` is an IIN, known or not: strangers are counted as people are. */
export type AttemptPlace = { readonly person: string; readonly device: DeviceId; readonly address: string };

/** An attempt that was let in or held up; one of the two ends it. */
export type Attempt = {
  readonly isHeld: boolean;
  /** Counts the failure where it was not held up, and writes as much where it was: neither answer nor time tells. */
  readonly failed: () => Promise<void>;
  readonly succeeded: () => Promise<void>;
};

type Context = { readonly platform: Platform; readonly registry: Registry };

const scopes = ['pair', 'account', 'device', 'address'] as const satisfies readonly AttemptScope[];
/** Servers that write one counter at once: whoever was last each time gives up counting, or is held up. */
const writesMax = 4;
/** More counters than a hundred thousand attempts make: some 50 MB. The oldest go first. */
const countersMax = 200_000;
/** A counter that somebody edited counts as one with so many failures: the longest delay, once. */
const editedFailures = 1_000_000;

/** A network gives each customer a /64 of IPv6 at least; he is one address. */
function networkOf(address: string): string {
  const mapped = /(?:^|:)(\d+\.\d+\.\d+\.\d+)$/u.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [front = '', back] = address.split('::');
  const head = front.split(':').filter((part) => part !== '');
  const tail = (back ?? '').split(':').filter((part) => part !== '');
  const zeros = back === undefined ? 0 : Math.max(0, 8 - head.length - tail.length);
  return [...head, ...Array.from({ length: zeros }, () => '0'), ...tail].slice(0, 4).join(':');
}

function keysOf({ keyring }: Platform, place: AttemptPlace): Readonly<Record<AttemptScope, AttemptKey>> {
  const { person, device } = place;
  const address = networkOf(place.address);
  const texts = { pair: `${person} ${device}`, account: person, device, address };
  const key = (scope: AttemptScope): AttemptKey => ({ scope, subject: keyring.tag(`attempt ${scope}`, texts[scope]) });
  return { pair: key('pair'), account: key('account'), device: key('device'), address: key('address') };
}

type Found = { readonly row: Row<'attempt'> | undefined; readonly failures: Failures };

function read({ keyring, surroundings }: Platform, row: Row<'attempt'> | undefined): Found {
  if (row === undefined) return { row, failures: noFailures };
  const isOurs = isTagged(keyring, 'attempt', row);
  const failures = isOurs
    ? { count: row.failures, lastAtMs: row.last_at_ms }
    : { count: editedFailures, lastAtMs: surroundings.nowMs() };
  return { row, failures };
}

async function write(platform: Platform, key: AttemptKey, found: Found, failures: Failures): Promise<boolean> {
  const { database, keyring } = platform;
  const row = tagRow(keyring, 'attempt', { ...key, failures: failures.count, last_at_ms: failures.lastAtMs });
  return replaceAttempt(database, row, found.row);
}

type AllFound = Readonly<Record<AttemptScope, Found>>;

async function readAll(platform: Platform, keys: Readonly<Record<AttemptScope, AttemptKey>>): Promise<AllFound> {
  const rows = await readAttempts(platform.database, Object.values(keys));
  const of = (scope: AttemptScope): Found =>
    read(
      platform,
      rows.find((row) => row.scope === scope),
    );
  return { pair: of('pair'), account: of('account'), device: of('device'), address: of('address') };
}

/** The own counter is in use by so many at once that this one waits for the others. */
async function reserve(
  platform: Platform,
  rules: AttemptRules,
  keys: Readonly<Record<AttemptScope, AttemptKey>>,
): Promise<{ readonly isLetIn: boolean; readonly found: AllFound | undefined }> {
  for (let round = 1; round <= writesMax; round += 1) {
    const found = await readAll(platform, keys);
    const nowMs = platform.surroundings.nowMs();
    const failures = {
      pair: found.pair.failures,
      account: found.account.failures,
      device: found.device.failures,
      address: found.address.failures,
    };
    const isHeld = heldUntilMs(failures, rules, nowMs) > nowMs;
    if (failures.pair.count === editedFailures) await raiseEdited(platform);
    const next = isHeld ? failures.pair : countFailure(failures.pair, rules, nowMs);
    if (await write(platform, keys.pair, found.pair, next)) return { isLetIn: !isHeld, found };
  }
  return { isLetIn: false, found: undefined };
}

async function raiseEdited({ database, keyring, surroundings }: Platform): Promise<void> {
  const alarm = { alarm_id: surroundings.uuid(), kind: 'attempts-edited', device: null, details: '{}' };
  await insertAlarm(database, tagRow(keyring, 'alarm', { ...alarm, at_ms: surroundings.nowMs() }));
}

async function count(
  platform: Platform,
  rules: AttemptRules,
  key: AttemptKey,
  { isCounted, known }: { readonly isCounted: boolean; readonly known?: Found | undefined },
): Promise<void> {
  for (let round = 1; round <= writesMax; round += 1) {
    const fresh = round === 1 && known !== undefined ? known : undefined;
    const found = fresh ?? read(platform, (await readAttempts(platform.database, [key]))[0]);
    const next = isCounted ? countFailure(found.failures, rules, platform.surroundings.nowMs()) : found.failures;
    if (await write(platform, key, found, next)) return;
  }
}

/**
 * Begins an attempt of a person at a device. The failure of the pair is counted before anything is compared, so that tries at once are
 * no more tries; success takes it back. Counters are rows that all servers of the platform share.
 */
export async function beginAttempt({ platform, registry }: Context, place: AttemptPlace): Promise<Attempt> {
  const rules = registry.policy().policy.attempts ?? attemptRulesDefault;
  const keys = keysOf(platform, place);
  const { isLetIn, found } = await reserve(platform, rules, keys);
  return {
    isHeld: !isLetIn,
    failed: async () => {
      const others = scopes.filter((scope) => scope !== 'pair');
      await Promise.all(
        others.map((scope) => count(platform, rules, keys[scope], { isCounted: isLetIn, known: found?.[scope] })),
      );
    },
    succeeded: () => deleteAttempt(platform.database, keys.pair),
  };
}

/** Lets an address try that gave no good code: the wait in seconds, 0 where there is none. */
export async function addressWaitSeconds({ platform, registry }: Context, address: string): Promise<number> {
  const rules = registry.policy().policy.attempts ?? attemptRulesDefault;
  const key = codeKeyOf(platform, address);
  const [row] = await readAttempts(platform.database, [key]);
  const nowMs = platform.surroundings.nowMs();
  const until = heldUntilMs({ ...nobody, pair: read(platform, row).failures }, codeRules(rules), nowMs);
  return Math.max(0, Math.ceil((until - nowMs) / 1_000));
}

const nobody = { pair: noFailures, account: noFailures, device: noFailures, address: noFailures };
/** Codes that cost nothing: guessing 120 bits is hopeless, the limit keeps the log readable. */
const codesFree = 10;

function codeRules(rules: AttemptRules): AttemptRules {
  return { ...rules, free: { ...rules.free, pair: codesFree } };
}

function codeKeyOf({ keyring }: Platform, address: string): AttemptKey {
  return { scope: 'code', subject: keyring.tag('attempt code', networkOf(address)) };
}

/** Counts a wrong enrolment code of an address. */
export async function countWrongCode({ platform, registry }: Context, address: string): Promise<void> {
  const rules = registry.policy().policy.attempts ?? attemptRulesDefault;
  await count(platform, rules, codeKeyOf(platform, address), { isCounted: true });
}

/** Deletes what is forgotten, and keeps the table bounded. */
export async function forgetAttempts({ platform, registry }: Context): Promise<void> {
  const rules = registry.policy().policy.attempts ?? attemptRulesDefault;
  const beforeMs = platform.surroundings.nowMs() - rules.forgetAfterMs;
  await sweepAttempts(platform.database, { beforeMs, rowsMax: countersMax });
}
