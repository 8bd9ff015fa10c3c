import { ok, type ActionId, type Result } from '../../../core/kernel/index.ts';
import { acknowledgedAlarm, type EntryBodies } from '../../../core/journal/index.ts';
import type { Engine, Shift } from '../context.ts';

/** Alarms that the window shows at once, the newest; older ones come up as these are acknowledged. */
const shownMax = 32;
const pageSize = 500;
/** Alarms are rare; a journal with more of them than this was flooded, and its newest say so. */
const pagesMax = 8;

/** Ids and numbers that name what the alarm is about. */
export type AlarmDetails = Readonly<Record<string, string | number>>;

/** What was raised about acts, now or in a shift before; bounded by the alarms that are read and the acts that one shift sends. */
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
  engine.state.alarms = [...engine.state.alarms, { id, code, atMs }].slice(-shownMax);
  engine.emit('app.changed');
}

type Kept = { readonly sequence: number; readonly atMs: number; readonly body: EntryBodies['alarm'] };

async function readAlarms(engine: Engine): Promise<Result<readonly Kept[]>> {
  const kept: Kept[] = [];
  let before: number | null = null;
  for (let page = 0; page < pagesMax; page += 1) {
    const read: Result<{ items: { sequence: number; atMs: number; body: string }[] }> = await engine.vault.call(
      'entries.list',
      { before, limit: pageSize, kinds: ['alarm'] },
    );
    if (!read.ok) return read;
    for (const { sequence, atMs, body } of read.value.items)
      kept.push({ sequence, atMs, body: JSON.parse(body) as EntryBodies['alarm'] });
    before = kept.at(-1)?.sequence ?? null;
    if (read.value.items.length < pageSize) break;
  }
  return ok(kept);
}

/** Shows every alarm of the journal that nobody has acknowledged, whichever shift raised it. */
export async function takeUpAlarms(engine: Engine): Promise<Result<null>> {
  const kept = await readAlarms(engine);
  if (!kept.ok) return kept;
  const acknowledged = new Set(
    kept.value.flatMap(({ body }) => (body.code === acknowledgedAlarm ? [body.details?.['entry']] : [])),
  );
  const known = raised.get(engine) ?? new Set<string>();
  raised.set(engine, known);
  for (const { body } of kept.value) if (body.actionId !== undefined) known.add(`${body.code} ${body.actionId}`);
  const open = kept.value.filter(
    ({ sequence, body }) => body.code !== acknowledgedAlarm && !acknowledged.has(sequence),
  );
  const shown = open
    .slice(0, shownMax)
    .map(({ sequence, atMs, body }) => ({ id: String(sequence), code: body.code, atMs }));
  const unwritten = engine.state.alarms.filter(({ id }) => !Number.isSafeInteger(Number(id)));
  engine.state.alarms = [...shown.toReversed(), ...unwritten];
  engine.emit('app.changed');
  return ok(null);
}

/** Takes an alarm off the window by an entry of its own, which says by which certificate; the alarm itself stays in the journal. */
export async function acknowledgeAlarm(engine: Engine, shift: Shift, id: string): Promise<Result<null>> {
  const { alarms } = engine.state;
  if (!alarms.some((alarm) => alarm.id === id)) return ok(null);
  const entry = Number(id);
  if (!Number.isSafeInteger(entry)) {
    // The journal could not be written when it was raised: it stands nowhere but in the window.
    engine.state.alarms = alarms.filter((alarm) => alarm.id !== id);
    engine.emit('app.changed');
    return ok(null);
  }
  const body = { code: acknowledgedAlarm, details: { entry, certificate: shift.signer.sha256 } };
  const atMs = engine.options.clock.nowMs();
  const written = await engine.vault.call('entries.append', { entry: { kind: 'alarm', body }, atMs });
  return written.ok ? takeUpAlarms(engine) : written;
}
