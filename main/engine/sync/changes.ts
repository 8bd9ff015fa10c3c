import { ok, type Result } from '../../../core/kernel/index.ts';
import { changesLimitMax, type Change } from '../../../contracts/http/index.ts';
import type { Engine, Shift } from '../context.ts';

/** Most answers taken in one round, so that acts that wait are not held up by a long history. */
const pagesMax = 20;

/** `hasMore`: ask again at once. `isUnproven`: something newer is accepted but has no place in the log yet; ask again soon. */
export type Pulled = { readonly hasMore: boolean; readonly isUnproven: boolean };

/** The changes up to the first that the log does not hold yet: a case is told once, with the place of its act. */
function provenPart(changes: readonly Change[]): readonly Change[] {
  const end = changes.findIndex(({ act }) => act.leafIndex === null);
  return end < 0 ? changes : changes.slice(0, end);
}

/** Folds what the log holds since the last time into the vault. */
export async function pullChanges(engine: Engine, shift: Shift): Promise<Result<Pulled>> {
  const held = await engine.vault.call('cases.position', null);
  if (!held.ok) return held;
  let { position } = held.value;
  for (let page = 0; page < pagesMax; page += 1) {
    const query = { after: String(position), limit: String(changesLimitMax) };
    const answer = await shift.client.call('changes', { query });
    if (!answer.ok) return answer;
    const { changes, position: end, latest } = answer.value;
    const proven = provenPart(changes);
    const isUnproven = proven.length < changes.length;
    const reached = isUnproven ? (proven.at(-1)?.position ?? position) : end;
    // A server that goes back has nothing more to tell, whatever it says of its latest.
    if (reached <= position) return ok({ hasMore: false, isUnproven });
    const applied = await engine.vault.call('cases.apply', { position: reached, changes: [...proven] });
    if (!applied.ok) return applied;
    position = applied.value.position;
    if (applied.value.changed.length > 0) engine.emit('cases.changed');
    if (isUnproven || position >= latest) return ok({ hasMore: false, isUnproven });
  }
  return ok({ hasMore: true, isUnproven: false });
}
