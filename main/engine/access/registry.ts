import { setTimeout as sleep } from 'node:timers/promises';
import {
  checkRegistry,
  personHash,
  recordHash,
  type CheckedRegistry,
  type FoldedSignatures,
  type Person,
  type RecordName,
  type RegistryState,
} from '../../../core/access/index.ts';
import { ok, refuse, type Result } from '../../../core/kernel/index.ts';
import { sha256 } from '../../../eds/index.ts';
import type { RegistryView } from '../../../contracts/http/index.ts';
import type { HeldChange } from '../../../contracts/vault-host/index.ts';
import type { Engine, Shift } from '../context.ts';
import { raiseAlarm } from '../sync/alarm.ts';
import { pullAll } from '../sync/changes.ts';
import { signaturesOf, readHeldChanges } from './held-changes.ts';

/** The registry as the server tells it, held against every change that this desk has verified. */
export type HeldRegistry = {
  readonly state: RegistryState;
  readonly view: RegistryView;
  readonly changes: readonly HeldChange[];
  /** Grows with each change that is touched. */
  readonly mark: number;
  /** All else is the word of the server. */
  readonly verified: CheckedRegistry['verified'];
};

/** A change may come between the two readings: what differs still after so many looks was told wrongly. */
const looksMax = 4;
/** The log writes down within a second what the server has accepted. */
const lookEveryMs = 700;
/** Many times what the server promises: what it says for so long not to be in the log yet was told wrongly. */
const unsettledMaxMs = 60_000;

/** Since when a desk is told of records that the log does not hold yet: those of the last reading, by their names. */
const unsettledSince = new WeakMap<Engine, ReadonlyMap<string, number>>();

function isUnsettledTooLong(engine: Engine, names: readonly RecordName[]): boolean {
  const nowMs = engine.options.clock.monotonicMs();
  const before = unsettledSince.get(engine);
  const since = new Map(names.map((name) => JSON.stringify(name)).map((name) => [name, before?.get(name) ?? nowMs]));
  unsettledSince.set(engine, since);
  return [...since.values()].some((sinceMs) => nowMs - sinceMs > unsettledMaxMs);
}

/** The registry of an answer; `undefined` where a hash is not that of its record. */
function stateOf({ people, devices, policies, alarms }: RegistryView): RegistryState | undefined {
  const state: RegistryState = {
    people: new Map(
      people.map(({ leafIndex: _place, ...one }): [Person['record']['iin'], Person] => [
        one.record.iin,
        { ...one, source: '' },
      ]),
    ),
    devices: new Map(devices.map(({ record, hash }) => [record.record.device, { record, hash, source: '' }])),
    policies: policies.map(({ record, hash }) => ({ record, hash, source: '' })),
    // What was let in is a matter of its acts, and changes the rights of nobody.
    releases: new Map(),
    alarms: new Map(
      alarms.map(({ leaf, record, end }) => [leaf, { record, end: end && { by: end.by, atMs: end.atMs, source: '' } }]),
    ),
  };
  const isHashed =
    [...state.people.values()].every(({ record, block, hash }) => personHash(sha256, record, block) === hash) &&
    [...state.devices.values(), ...state.policies].every(({ record, hash }) => recordHash(sha256, record) === hash);
  const isOnce =
    state.people.size === people.length && state.devices.size === devices.length && state.alarms.size === alarms.length;
  return isHashed && isOnce ? state : undefined;
}

/** True for a record that a change put there which the log does not hold yet: no desk has been told of it. */
function isUnsettled(view: RegistryView, name: RecordName): boolean {
  switch (name.kind) {
    case 'person':
      return view.people.some(({ record, leafIndex }) => record.iin === name.iin && leafIndex === null);
    case 'device':
      return view.devices.some(({ record, leafIndex }) => record.record.device === name.device && leafIndex === null);
    case 'alarm':
      return view.alarms.some(({ leaf, end }) => leaf === name.leaf && end?.leafIndex === null);
    case 'policy':
      return view.policies.some(({ record, leafIndex }) => record.version === name.version && leafIndex === null);
  }
}

type Look = { readonly registry: HeldRegistry; readonly differing: readonly RecordName[] };

/** What the changes that were verified in this shift came to, where the registry was told by them. */
const foldedIn = new WeakMap<Shift, FoldedSignatures>();

async function look(engine: Engine, shift: Shift): Promise<Result<Look>> {
  const told = await shift.client.call('registry', {});
  if (!told.ok) return told;
  const pulled = await pullAll(engine, shift, 'access');
  if (!pulled.ok) return pulled;
  const held = await readHeldChanges(engine, shift);
  if (!held.ok) return held;
  const { changes, mark } = held.value;
  const state = stateOf(told.value);
  if (state === undefined) return refuse('server-answer-malformed');
  const { verified, differing, folded } = checkRegistry(state, signaturesOf(changes), sha256, foldedIn.get(shift));
  // What stands on a registry that was told wrongly is folded anew.
  if (differing.length === 0) foldedIn.set(shift, folded);
  else foldedIn.delete(shift);
  return ok({ registry: { state, view: told.value, changes, mark, verified }, differing });
}

/**
 * Reads the registry and holds it against the changes that this desk has verified. `registry-differs`, and an alarm, where a record is told
 * otherwise than two signatures have it, or is said for a minute not to be in the log yet (`registry-unsettled`); what stands since the founding is the
 * word of the server.
 */
export async function readRegistry(engine: Engine, shift: Shift): Promise<Result<HeldRegistry>> {
  for (let looks = 1; ; looks += 1) {
    const seen = await look(engine, shift);
    if (!seen.ok) return seen;
    const { registry, differing } = seen.value;
    if (differing.length === 0) {
      unsettledSince.delete(engine);
      lastRead.set(shift, { registry, atMs: engine.options.clock.monotonicMs() });
      return ok(registry);
    }
    if (looks < looksMax) {
      await sleep(lookEveryMs);
      continue;
    }
    const isWaiting = differing.every((name) => isUnsettled(registry.view, name));
    if (isWaiting && !isUnsettledTooLong(engine, differing)) return refuse('registry-unsettled');
    await raiseAlarm(engine, 'registry-differs');
    return refuse('registry-differs');
  }
}

const lastRead = new WeakMap<Shift, { readonly registry: HeldRegistry; readonly atMs: number }>();
/** The server is asked anew after this time though nothing was touched: what it tells then may be wrong, and that is an alarm. */
const recentMs = 10_000;

/**
 * The registry for whoever only looks at changes: as it was read a moment ago, where no change was touched since. What is signed is judged by
 * `readRegistry`.
 */
export async function recentRegistry(engine: Engine, shift: Shift): Promise<Result<HeldRegistry>> {
  const last = lastRead.get(shift);
  if (last === undefined || engine.options.clock.monotonicMs() - last.atMs >= recentMs)
    return readRegistry(engine, shift);
  const held = await readHeldChanges(engine, shift);
  if (!held.ok) return held;
  return held.value.mark === last.registry.mark ? ok(last.registry) : readRegistry(engine, shift);
}
