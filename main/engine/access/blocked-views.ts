import type { Release } from '../../../core/access/index.ts';
import { ok, refuse, type Iin, type Result } from '../../../core/kernel/index.ts';
import type { ScreenInput, ScreenOutput } from '../../../contracts/ipc/index.ts';
import type { Engine, Shift } from '../context.ts';
import { readBlockedActs, shownBlockedAct, toldOf } from './blocked-acts.ts';
import { mayPropose } from './people-views.ts';
import { readRegistry, type HeldRegistry } from './registry.ts';

/** What two people let in, as this desk has verified their signatures. */
function releasesOf({ changes }: HeldRegistry): readonly Release[] {
  return changes.flatMap(({ told }) =>
    told?.state.status === 'confirmed' && told.state.change.kind === 'release' ? [told.state.change] : [],
  );
}

/**
 * What a person sent that was received after his block, newest first, each act verified here. What the server says to have let in counts only where this
 * desk has verified a release that names it: until then there is no list (`registry-unsettled`).
 */
export async function listBlockedActs(
  engine: Engine,
  shift: Shift,
  { iin }: ScreenInput<'people.blockedActs'>,
): Promise<Result<ScreenOutput<'people.blockedActs'>>> {
  const about = iin as Iin;
  const acts = await readBlockedActs(engine, shift, about);
  if (!acts.ok) return acts;
  const registry = await readRegistry(engine, shift);
  if (!registry.ok) return registry;
  const named = new Set(
    releasesOf(registry.value)
      .flatMap((one) => (one.iin === about ? one.acts : []))
      .map(({ hash }) => hash),
  );
  if (acts.value.some(({ act, released }) => released !== null && !named.has(act.hash)))
    return refuse('registry-unsettled');
  const items: ScreenOutput<'people.blockedActs'>['items'] = [];
  for (const one of acts.value)
    items.push({ ...shownBlockedAct(one.act), caseId: one.caseId, told: await toldOf(engine, one) });
  return ok({ items, propose: mayPropose(engine, shift, registry.value, { about, kind: 'release' }) });
}
