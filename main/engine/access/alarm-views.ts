import { mayRead } from '../../../core/access/index.ts';
import { ok, type Result } from '../../../core/kernel/index.ts';
import type { AlarmView } from '../../../contracts/ipc/index.ts';
import type { Engine, Shift } from '../context.ts';
import { named } from './change-views.ts';
import { judgeHere } from './draft.ts';
import { openingView } from './openings.ts';
import { readRegistry, type HeldRegistry } from './registry.ts';

function alarmView(
  engine: Engine,
  shift: Shift,
  registry: HeldRegistry,
  { leaf, leafIndex, record, end }: HeldRegistry['view']['alarms'][number],
): AlarmView {
  const change = { kind: 'alarm', leaf, record } as const;
  const command = { type: 'access.propose', payload: { change, reason: '—', basis: '—' } } as const;
  const code = judgeHere(engine, shift, registry, { before: { status: 'absent' }, command });
  const waiting = registry.changes.find(
    ({ state }) => state.status === 'proposed' && state.change.kind === 'alarm' && state.change.leaf === leaf,
  );
  return {
    ...openingView(leaf, record),
    leafIndex,
    end: end === null ? null : { by: named(registry, end.by), atMs: end.atMs },
    waiting: waiting?.caseId ?? null,
    propose: code === undefined ? null : { code },
  };
}

/** Every opening of the emergency account, newest first, with its alarm; as the server tells it, held against the signatures of those that are closed. */
export async function listAlarms(engine: Engine, shift: Shift): Promise<Result<{ readonly items: AlarmView[] }>> {
  const registry = await readRegistry(engine, shift);
  if (!registry.ok) return registry;
  const { alarms } = registry.value.view;
  return ok({ items: alarms.map((alarm) => alarmView(engine, shift, registry.value, alarm)).toReversed() });
}

/** How many alarms the status line of this person speaks of: all who read rights are told, and among them are those who close it. */
export function alarmsFor({ state }: Engine): number {
  const { shift } = state;
  if (shift === undefined) return 0;
  return mayRead(shift.enrolment.policy.access, shift.roles, 'access') ? state.standingAlarms : 0;
}
