import type { AccessChange, BlockedAct, Release } from '../../../core/access/index.ts';
import {
  canonicalize,
  ok,
  refuse,
  type CaseId,
  type Iin,
  type JournalEpoch,
  type Result,
} from '../../../core/kernel/index.ts';
import { sha256Hex } from '../../../eds/index.ts';
import { blockedAct, parseActEnvelope } from '../../../contracts/documents/index.ts';
import type { Engine, Shift } from '../context.ts';
import { uuidV4 } from '../crypto.ts';
import { raiseAlarm } from '../sync/alarm.ts';
import { verifyChange } from '../sync/verify-change.ts';

type Told = {
  readonly envelope: string;
  readonly cms: string;
  readonly receivedAtMs: number;
  readonly released: { readonly outcome: string; readonly receivedAtMs: number } | null;
};

/** An act that was received after the block of its signer, as this desk has verified it; when it was received is the word of the server. */
export type ReadBlockedAct = Pick<Told, 'receivedAtMs' | 'released'> & {
  readonly act: BlockedAct;
  readonly caseId: CaseId;
  /** Of the registration, where the act carries it. */
  readonly number: string | null;
};

/** The act of an answer; `undefined` where it is not one that this person signed for this platform. */
function readAct({ enrolment }: Shift, iin: Iin, told: Told): ReadBlockedAct | undefined {
  const { envelope: text, cms, receivedAtMs, released } = told;
  const envelope = parseActEnvelope(text);
  if (!envelope.ok) return undefined;
  const { id, type, device, epoch, sequence, claimedAtMs, actor, subject, payload } = envelope.value;
  const { platform, profile, log } = enrolment.bundle;
  const isOurs =
    envelope.value.platform === platform && envelope.value.profile === profile && envelope.value.log === log.origin;
  const signer = verifyChange(enrolment, { envelope: text, cms, act: { receivedAtMs } });
  const act = blockedAct.safeParse({ device, epoch, sequence, id, type, claimedAtMs, hash: sha256Hex(text) });
  if (!isOurs || !signer.ok || actor.iin !== iin || !act.success) return undefined;
  return {
    ...{ receivedAtMs, released, act: act.data, caseId: subject.case },
    number: 'form' in payload ? payload.form.number : null,
  };
}

/** What a screen shows of such an act. */
export const shownBlockedAct = ({ hash, type, claimedAtMs, device, sequence }: BlockedAct) => ({
  ...{ hash, type, claimedAtMs, device, sequence },
});

/** What the server tells of an act; the number of a registration that only its first act carries is that of the case as this desk holds it. */
export async function toldOf(engine: Engine, { number, caseId, receivedAtMs, released }: ReadBlockedAct) {
  const found = number === null ? await engine.vault.call('cases.get', { caseId }) : undefined;
  const held = found?.ok === true && found.value.state.status !== 'absent' ? found.value.state.form.number : null;
  return { number: number ?? held, receivedAtMs, released };
}

const textOf = (act: BlockedAct): string => canonicalize(act);
const noDoubles = (names: readonly string[]): boolean => new Set(names).size === names.length;

/**
 * Asks for what a person sent that was received after his block, newest first, and verifies every act. `blocked-acts-not-verified`, and an alarm, where
 * one of them is not what it is said to be.
 */
export async function readBlockedActs(
  engine: Engine,
  shift: Shift,
  iin: Iin,
): Promise<Result<readonly ReadBlockedAct[]>> {
  const told = await shift.client.call('blockedActs', { query: { iin } });
  if (!told.ok) return told;
  const acts = told.value.acts.map((one) => readAct(shift, iin, one)).filter((one) => one !== undefined);
  const isWhole = acts.length === told.value.acts.length && noDoubles(acts.map(({ act }) => act.hash));
  if (isWhole) return ok(acts);
  await raiseAlarm(engine, 'blocked-acts-not-verified');
  return refuse('blocked-acts-not-verified');
}

/** The order in which they are received again: that of each device. */
const byPlace = ({ act: one }: ReadBlockedAct, { act: other }: ReadBlockedAct): number =>
  one.device === other.device ? one.sequence - other.sequence : one.device < other.device ? -1 : 1;

/** The release of the acts that were chosen by their hashes, read anew; `blocked-acts-changed` where one is not there any more, or was let in already. */
export async function draftRelease(
  engine: Engine,
  shift: Shift,
  { iin, name }: Pick<Release, 'iin' | 'name'>,
  chosen: readonly string[],
): Promise<Result<AccessChange>> {
  const read = await readBlockedActs(engine, shift, iin);
  if (!read.ok) return read;
  const found = read.value.filter(({ act, released }) => released === null && chosen.includes(act.hash));
  if (found.length !== chosen.length) return refuse('blocked-acts-changed');
  const acts = found.toSorted(byPlace).map(({ act }) => act);
  return ok({ kind: 'release', iin, name, epoch: uuidV4(engine.options.random) as JournalEpoch, acts });
}

/** Whether every act that a release names is there as it says, and was not let in yet: whoever signs second reads them himself. */
export async function checkRelease(engine: Engine, shift: Shift, { iin, acts }: Release): Promise<Result<null>> {
  const read = await readBlockedActs(engine, shift, iin);
  if (!read.ok) return read;
  const open = new Set(read.value.filter(({ released }) => released === null).map(({ act }) => textOf(act)));
  return acts.every((act) => open.has(textOf(act))) ? ok(null) : refuse('blocked-acts-changed');
}
