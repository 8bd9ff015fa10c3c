import { mayRead } from '../../../core/access/index.ts';
import { ok, refuse, type Refusal, type Result } from '../../../core/kernel/index.ts';
import type { Change } from '../../../contracts/http/index.ts';
import type { ToldChange } from '../../../contracts/vault-host/index.ts';
import type { Engine, Shift } from '../context.ts';
import { raiseAlarm } from './alarm.ts';
import { verifyChange } from './verify-change.ts';

/** Changes that are asked for at once: what verifies in a few hundredths of a second, so that no window waits for it. */
const pageSize = 100;
/** Most answers taken at once: 200 changes take a sixth of a second, and whoever signs beside a long history waits no longer for it. */
const pagesMax = 2;

/** `hasMore`: ask again at once. `isUnproven`: something newer is accepted but has no place in the log yet; ask again soon. */
export type Pulled = { readonly hasMore: boolean; readonly isUnproven: boolean };

/** The changes up to the first that the log does not hold yet: a case is told once, with the place of its act. */
function provenPart(changes: readonly Change[]): readonly Change[] {
  const end = changes.findIndex(({ act }) => act.leafIndex === null);
  return end < 0 ? changes : changes.slice(0, end);
}

/** What the vault gets to see: the envelope to fold, its signature to keep, and the name of the signer where main verified him. */
function toldOf(shift: Shift, change: Change): ToldChange {
  const { act, ...rest } = change;
  const { actorName: _actorName, ...told } = act;
  const signer = verifyChange(shift.enrolment, change);
  return { ...rest, act: told, signer: signer.ok ? signer.value : null };
}

/** A feed that cannot be followed is an alarm of its own: it keeps nothing from being proven, and no outage explains it. */
async function broken<T extends { readonly ok: false; readonly refusal: Refusal }>(
  engine: Engine,
  refused: T,
): Promise<T> {
  const { code, details } = refused.refusal;
  // An answer that has a status is a refusal of something on the way, not a feed.
  const isUnreadable = code === 'server-answer-malformed' && details?.['status'] === undefined;
  if (code === 'changes-out-of-order' || isUnreadable) await raiseAlarm(engine, 'feed-broken');
  return refused;
}

/** The two feeds of the server, each with its door and with the verbs of the vault that folds it. */
const feeds = {
  cases: { door: 'changes', position: 'cases.position', apply: 'cases.apply' },
  access: { door: 'accessChanges', position: 'access.position', apply: 'access.apply' },
} as const;

type FeedName = keyof typeof feeds;

/**
 * Verifies what the log holds since the last time and folds it into the vault. An act that does not hold raises `change-forged` and
 * stops its case; all others go on.
 */
export async function pullChanges(engine: Engine, shift: Shift, feed: FeedName = 'cases'): Promise<Result<Pulled>> {
  const { door, ...verbs } = feeds[feed];
  const held = await engine.vault.call(verbs.position, null);
  if (!held.ok) return held;
  let { position } = held.value;
  for (let page = 0; page < pagesMax; page += 1) {
    const query = { after: String(position), limit: String(pageSize) };
    const answer = await shift.client.call(door, { query });
    if (!answer.ok) return broken(engine, answer);
    const { changes, latest } = answer.value;
    const proven = provenPart(changes);
    const isUnproven = proven.length < changes.length;
    // A server that goes back has nothing more to tell, whatever it says of its latest.
    if (proven.length === 0) return ok({ hasMore: false, isUnproven });
    const applied = await engine.vault.call(verbs.apply, { changes: proven.map((change) => toldOf(shift, change)) });
    if (!applied.ok) return broken(engine, applied);
    if (applied.value.position <= position) return broken(engine, refuse('changes-out-of-order'));
    position = applied.value.position;
    const [forged] = applied.value.forged;
    if (forged !== undefined)
      await raiseAlarm(engine, 'change-forged', undefined, {
        case: forged.caseId,
        position: forged.position,
        why: forged.why,
      });
    if (applied.value.changed.length > 0) engine.emit('cases.changed');
    if (isUnproven || position >= latest) return ok({ hasMore: false, isUnproven });
  }
  return ok({ hasMore: true, isUnproven: false });
}

/** Pulls that one reading waits for at the most: 100,000 changes. */
const pullsMax = 500;

/** Pulls a feed to its end; a server that never comes to one is refused. */
export async function pullAll(engine: Engine, shift: Shift, feed: FeedName): Promise<Result<null>> {
  for (let pulls = 0; pulls < pullsMax; pulls += 1) {
    const pulled = await pullChanges(engine, shift, feed);
    if (!pulled.ok) return pulled;
    if (!pulled.value.hasMore) return ok(null);
  }
  return refuse('changes-out-of-order');
}

/** True where the person of this shift reads changes of rights by the policy. */
const readsAccess = ({ enrolment, roles }: Shift): boolean => mayRead(enrolment.policy.access, roles, 'access');

/** Pulls every feed that the person of this shift may read. */
export async function pullFeeds(engine: Engine, shift: Shift): Promise<Result<Pulled>> {
  const cases = await pullChanges(engine, shift);
  if (!cases.ok || !readsAccess(shift)) return cases;
  const access = await pullChanges(engine, shift, 'access');
  if (!access.ok) return access;
  return ok({
    hasMore: cases.value.hasMore || access.value.hasMore,
    isUnproven: cases.value.isUnproven || access.value.isUnproven,
  });
}
