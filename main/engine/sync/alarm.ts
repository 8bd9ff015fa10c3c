import { ok, toBase64, type ActionId, type Result } from '../../../core/kernel/index.ts';
import { acknowledgedAlarm, explainedAlarm, logAlarms, type EntryBodies } from '../../../core/journal/index.ts';
import { parseCheckpoint, parseNote } from '../../../core/log/index.ts';
import type { NewEntry } from '../../../contracts/vault-host/index.ts';
import type { Engine, EngineState, Shift } from '../context.ts';

/** Alarms that the window shows at once, the newest; older ones come up as these are acknowledged. */
const shownMax = 32;
const pageSize = 500;
/** Alarms are rare; a journal with more of them than this was flooded, and its newest say so. */
const pagesMax = 8;

type AlarmBody = Extract<NewEntry, { kind: 'alarm' }>['body'];
type Shown = EngineState['alarms'][number];

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
  heads?: AlarmBody['heads'],
): Promise<void> {
  const atMs = engine.options.clock.nowMs();
  const isLogAlarm = logAlarms.some((known) => known === code);
  const isSame = (alarm: Shown): boolean => alarm.code === code && (alarm.isStanding || !isLogAlarm);
  if (actionId === undefined && engine.state.alarms.some(isSame)) return;
  const known = raised.get(engine) ?? new Set<string>();
  raised.set(engine, known);
  if (actionId !== undefined && known.size === known.add(`${code} ${actionId}`).size) return;
  engine.options.log({ kind: 'alarm', code });
  const body = {
    code,
    ...(actionId === undefined ? {} : { actionId }),
    ...(details === undefined ? {} : { details: { ...details } }),
    ...(heads === undefined ? {} : { heads }),
  };
  const written = await engine.vault.call('entries.append', { entry: { kind: 'alarm', body }, atMs });
  const id = written.ok ? String(written.value.sequence) : `unwritten-${atMs}`;
  const shown = { id, code, atMs, isStanding: isLogAlarm, readAtMs: null, heads: null };
  engine.state.alarms = [...engine.state.alarms, shown].slice(-shownMax);
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

/** Size and root of a head that an alarm keeps; its signature was verified when it was kept. */
function headView(note: string | null | undefined): { readonly size: number; readonly root: string } | null {
  const parsed = parseNote(note ?? '');
  const head = parsed.ok ? parseCheckpoint(parsed.value.text) : parsed;
  return head.ok ? { size: head.value.size, root: toBase64(head.value.root) } : null;
}

const isAboutAlarm = (code: string): boolean => code === acknowledgedAlarm || code === explainedAlarm;

/** What the window shows: alarms that nobody acknowledged, and those about the log until they are explained, read or not. */
function shownOf(kept: readonly Kept[], standing: readonly { entry: number; code: string; atMs: number }[]): Shown[] {
  const readAt = new Map<unknown, number>();
  for (const { atMs, body } of kept) if (body.code === acknowledgedAlarm) readAt.set(body.details?.['entry'], atMs);
  const stands = new Set(standing.map(({ entry }) => entry));
  const open = kept.filter(
    ({ sequence, body }) => !isAboutAlarm(body.code) && (stands.has(sequence) || !readAt.has(sequence)),
  );
  const listed = open.slice(0, shownMax).map(({ sequence, atMs, body }): Shown => {
    const { own, other } = body.heads ?? {};
    return {
      ...{ id: String(sequence), code: body.code, atMs, isStanding: stands.has(sequence) },
      readAtMs: readAt.get(sequence) ?? null,
      heads: body.heads === undefined ? null : { own: headView(own), other: headView(other) },
    };
  });
  const isListed = (entry: number): boolean => listed.some(({ id }) => id === String(entry));
  // However many other alarms there are, none of these falls off the list.
  const others = standing
    .filter(({ entry }) => !isListed(entry))
    .map(({ entry, code, atMs }): Shown => ({
      id: String(entry),
      code,
      atMs,
      isStanding: true,
      readAtMs: null,
      heads: null,
    }));
  return [...others, ...listed.toReversed()];
}

/** Shows every alarm of the journal that nobody has acknowledged, whichever shift raised it. */
export async function takeUpAlarms(engine: Engine): Promise<Result<null>> {
  const kept = await readAlarms(engine);
  if (!kept.ok) return kept;
  const status = await engine.vault.call('vault.status', null);
  if (!status.ok) return status;
  const known = raised.get(engine) ?? new Set<string>();
  raised.set(engine, known);
  for (const { body } of kept.value) if (body.actionId !== undefined) known.add(`${body.code} ${body.actionId}`);
  const unwritten = engine.state.alarms.filter(({ id }) => !Number.isSafeInteger(Number(id)));
  engine.state.alarms = [...shownOf(kept.value, status.value.standing), ...unwritten];
  engine.emit('app.changed');
  return ok(null);
}

/**
 * Says by an entry of its own that somebody has read the alarm, by which certificate. It leaves the window, unless it is about the log
 * and stands; the alarm itself stays in the journal.
 */
export async function acknowledgeAlarm(engine: Engine, shift: Shift, id: string): Promise<Result<null>> {
  const { alarms } = engine.state;
  if (!alarms.some((alarm) => alarm.id === id)) return ok(null);
  const entry = Number(id);
  if (!Number.isSafeInteger(entry)) {
    // The journal could not be written when it was raised: it stands nowhere but in the window.
    engine.state.alarms = alarms.filter((alarm) => alarm.id !== id || alarm.isStanding);
    engine.emit('app.changed');
    return ok(null);
  }
  const body = { code: acknowledgedAlarm, details: { entry, certificate: shift.signer.sha256 } };
  const atMs = engine.options.clock.nowMs();
  const written = await engine.vault.call('entries.append', { entry: { kind: 'alarm', body }, atMs });
  return written.ok ? takeUpAlarms(engine) : written;
}
