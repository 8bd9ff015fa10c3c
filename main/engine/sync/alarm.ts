import type { ActionId } from '../../../core/kernel/index.ts';
import type { Engine } from '../context.ts';

/** Ids and numbers that name what the alarm is about. */
export type AlarmDetails = Readonly<Record<string, string | number>>;

/** What was raised about acts since the start; bounded by the acts that one shift sends. */
const raised = new WeakMap<Engine, Set<string>>();

/** Journals an alarm and puts it where the person cannot overlook it. The same alarm about the same act is raised once. */
export async function raiseAlarm(
  engine: Engine,
  code: string,
  actionId?: ActionId,
  details?: AlarmDetails,
): Promise<void> {
  const atMs = engine.options.clock.nowMs();
  if (actionId === undefined && engine.state.alarms.some((alarm) => alarm.code === code)) return;
  const known = raised.get(engine) ?? new Set<string>();
  raised.set(engine, known);
  if (actionId !== undefined && known.size === known.add(`${code} ${actionId}`).size) return;
  engine.options.log({ kind: 'alarm', code });
  const body = {
    code,
    ...(actionId === undefined ? {} : { actionId }),
    ...(details === undefined ? {} : { details: { ...details } }),
  };
  const written = await engine.vault.call('entries.append', { entry: { kind: 'alarm', body }, atMs });
  const id = written.ok ? String(written.value.sequence) : `unwritten-${atMs}`;
  engine.state.alarms = [...engine.state.alarms, { id, code, atMs }].slice(-32);
  engine.emit('app.changed');
}
