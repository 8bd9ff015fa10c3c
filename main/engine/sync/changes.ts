import { ok, type Result } from '../../../core/kernel/index.ts';
import { changesLimitMax } from '../../../contracts/http/index.ts';
import type { Engine, Shift } from '../context.ts';

/** Most answers taken in one round, so that acts that wait are not held up by a long history. */
const pagesMax = 20;

/** Folds what the server accepted since the last time into the vault. Answers whether there is more. */
export async function pullChanges(engine: Engine, shift: Shift): Promise<Result<{ readonly hasMore: boolean }>> {
  const held = await engine.vault.call('cases.position', null);
  if (!held.ok) return held;
  let { position } = held.value;
  for (let page = 0; page < pagesMax; page += 1) {
    const query = { after: String(position), limit: String(changesLimitMax) };
    const answer = await shift.client.call('changes', { query });
    if (!answer.ok) return answer;
    if (answer.value.position === position) return ok({ hasMore: false });
    const applied = await engine.vault.call('cases.apply', { position: answer.value.position, changes: answer.value.changes });
    if (!applied.ok) return applied;
    position = applied.value.position;
    if (applied.value.changed.length > 0) engine.emit('cases.changed');
    if (position >= answer.value.latest) return ok({ hasMore: false });
  }
  return ok({ hasMore: true });
}
