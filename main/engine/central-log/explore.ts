import { ok, refuse, toBase64, toHex, type ActionId, type Result } from '../../../core/kernel/index.ts';
import { leafHash, tileWidth } from '../../../core/log/index.ts';
import { sha256 } from '../../../eds/index.ts';
import type { LogEntryView, LogFilter, OperatorInput, OperatorOutput } from '../../../contracts/ipc/index.ts';
import type { ActView } from '../../../contracts/vault-host/index.ts';
import type { Engine, Shift } from '../context.ts';
import { raiseAlarm } from '../sync/alarm.ts';
import { itemOf, knownCase, ownActs, ownEntry, ownHead } from './own.ts';
import { indexOfQuery, matches, readEntry, type ReadEntry } from './search.ts';
import { LogTiles, type OwnHead } from './tiles.ts';

type Page = OperatorOutput<'log.list'>;

/** Tiles that one question looks through, 4,096 entries: an answer comes in a second, and the person goes on or does not. */
const tilesMax = 16;
/** Receipts that are opened for one page of what the own journal holds. */
const ownPageMax = 100;
/** Leaves are logged in the order of arrival but for what one batch takes. */
const disorderMs = 600_000;

/** Tiles are kept while the shift lasts. */
const kept = new WeakMap<Shift, LogTiles>();

function tilesOf(shift: Shift): LogTiles {
  const tiles = kept.get(shift) ?? new LogTiles((path) => shift.client.readTile(path));
  kept.set(shift, tiles);
  return tiles;
}

/** The last tile with an entry before a time, found by halves: a search in last year does not walk through this one. */
async function tileBefore(tiles: LogTiles, head: OwnHead, timeMs: number): Promise<Result<number>> {
  let low = 0;
  let high = Math.floor((head.size - 1) / tileWidth);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const texts = await tiles.entries(middle, head);
    if (!texts.ok) return texts;
    const first = readEntry(middle * tileWidth, texts.value[0] ?? '');
    if (first !== undefined && first.leaf.receivedAtMs >= timeMs + disorderMs) high = middle - 1;
    else low = middle;
  }
  return ok(low);
}

type Found = { readonly entries: readonly ReadEntry[]; readonly next: number | null };

/** Looks from `before` downwards, newest first, until the page is full, the bound is met or the log ends. */
async function walk(
  tiles: LogTiles,
  head: OwnHead,
  filter: LogFilter,
  page: { readonly before: number; readonly limit: number },
): Promise<Result<Found>> {
  const entries: ReadEntry[] = [];
  let before = Math.min(page.before, head.size);
  for (let looked = 0; looked < tilesMax && before > 0; looked += 1) {
    const tile = Math.floor((before - 1) / tileWidth);
    const texts = await tiles.entries(tile, head);
    if (!texts.ok) return texts;
    let isOlder = filter.fromMs !== null;
    for (let index = before - 1; index >= tile * tileWidth; index -= 1) {
      const entry = readEntry(index, texts.value[index % tileWidth] ?? '');
      if (entry === undefined) continue;
      if (filter.fromMs === null || entry.leaf.receivedAtMs >= filter.fromMs - disorderMs) isOlder = false;
      if (matches(entry, filter)) entries.push(entry);
      if (entries.length === page.limit) return ok({ entries, next: index === 0 ? null : index });
    }
    before = tile * tileWidth;
    if (isOlder) return ok({ entries, next: null });
  }
  return ok({ entries, next: before === 0 ? null : before });
}

async function search(shift: Shift, head: OwnHead, input: OperatorInput<'log.list'>): Promise<Result<Found>> {
  const { filter, limit } = input;
  if (head.size === 0) return ok({ entries: [], next: null });
  const tiles = tilesOf(shift);
  const wanted = indexOfQuery(filter.query);
  if (wanted !== undefined) {
    if (wanted >= head.size) return ok({ entries: [], next: null });
    const entry = await tiles.entry(wanted, head);
    if (!entry.ok) return entry;
    const read = readEntry(wanted, entry.value.text);
    return ok({ entries: read === undefined || !matches(read, filter) ? [] : [read], next: null });
  }
  let before = input.before ?? head.size;
  if (input.before === null && filter.toMs !== null) {
    const tile = await tileBefore(tiles, head, filter.toMs);
    if (!tile.ok) return tile;
    before = Math.min(before, (tile.value + 1) * tileWidth);
  }
  return walk(tiles, head, filter, { before, limit });
}

/** What the own journal proves, newest first: the acts of this workstation with their receipts, and nothing else. */
async function fromJournal(
  engine: Engine,
  shift: Shift,
  input: OperatorInput<'log.list'>,
  acts: ReadonlyMap<number, ActView>,
): Promise<Found> {
  const wanted = indexOfQuery(input.filter.query);
  const indexes = [...acts.keys()]
    .filter((index) => (input.before === null || index < input.before) && (wanted === undefined || index === wanted))
    .toSorted((a, b) => b - a);
  const entries: ReadEntry[] = [];
  for (const index of indexes.slice(0, ownPageMax)) {
    const actionId = acts.get(index)?.actionId;
    const entry = actionId === undefined ? undefined : await ownEntry(engine, shift, actionId);
    if (entry?.ok === true && matches(entry.value, input.filter)) entries.push(entry.value);
  }
  return { entries, next: indexes[ownPageMax - 1] ?? null };
}

/** Tiles that contradict the own head are an alarm like a fork: somebody altered what the log shows. */
async function wrongTile<R>(engine: Engine, refused: R): Promise<R> {
  await raiseAlarm(engine, 'log-tile-wrong');
  return refused;
}

/**
 * A page of the central log, newest first, as far as the own last head reaches: every entry was verified here by that head. Where the
 * server cannot be asked, what the own journal holds, with the reason; tiles that do not lead to the head are `log-tile-wrong`.
 */
export async function listLog(engine: Engine, shift: Shift, input: OperatorInput<'log.list'>): Promise<Result<Page>> {
  const head = ownHead(engine, shift);
  if (!head.ok) return head;
  const found = await search(shift, head.value, input);
  // What contradicts the own head is no outage, and nothing else is shown in its place.
  if (!found.ok && found.refusal.code === 'log-tile-wrong') return wrongTile(engine, found);
  const lowest = found.ok ? (found.value.entries.at(-1)?.index ?? 0) : 0;
  const acts = await ownActs(engine, lowest);
  if (!acts.ok) return acts;
  const shown = found.ok ? found.value : await fromJournal(engine, shift, input, acts.value);
  return ok({
    source: found.ok ? 'log' : 'journal',
    refusal: found.ok ? null : { code: found.refusal.code },
    treeSize: head.value.size,
    checkedAtMs: head.value.checkedAtMs,
    items: shown.entries.map((entry) => itemOf(shift, entry, acts.value.get(entry.index))),
    next: shown.next,
  });
}

type Proven = {
  readonly entry: ReadEntry;
  readonly source: LogEntryView['source'];
  readonly proof: LogEntryView['proof'];
};

async function prove(engine: Engine, shift: Shift, index: number, act: ActView | undefined): Promise<Result<Proven>> {
  const head = ownHead(engine, shift);
  if (!head.ok) return head;
  const { size, root, checkedAtMs } = head.value;
  const read = index < size ? await tilesOf(shift).entry(index, head.value) : refuse('entry-absent');
  const entry = read.ok ? readEntry(index, read.value.text) : undefined;
  if (read.ok && entry !== undefined) {
    const proof = { treeSize: size, root: toBase64(root), pathLength: read.value.path.length, checkedAtMs };
    return ok({ entry, source: 'log', proof });
  }
  if (!read.ok && (read.refusal.code === 'log-tile-wrong' || act === undefined)) return read;
  const own = act === undefined ? refuse('entry-absent') : await ownEntry(engine, shift, act.actionId as ActionId);
  if (!own.ok) return own;
  return ok({
    entry: own.value,
    source: 'journal',
    proof: { ...own.value.proof, checkedAtMs: act?.provenAtMs ?? null },
  });
}

/** One entry, proven anew by the own last head; an own act without the server by the receipt that was verified when it came. */
export async function readLogEntry(engine: Engine, shift: Shift, index: number): Promise<Result<LogEntryView>> {
  const acts = await ownActs(engine, index);
  if (!acts.ok) return acts;
  const act = acts.value.get(index);
  const proven = await prove(engine, shift, index, act);
  if (!proven.ok) return proven.refusal.code === 'log-tile-wrong' ? wrongTile(engine, proven) : proven;
  const { entry, source, proof } = proven.value;
  const { leaf, text } = entry;
  return ok({
    item: itemOf(shift, entry, act),
    ...{ source, proof, leaf: text },
    leafHash: toHex(leafHash(sha256, text)),
    ...{ epoch: leaf.epoch, sequence: leaf.sequence, commitment: leaf.commitment, validation: leaf.validation },
    known: leaf.kind === 'act' ? await knownCase(engine, leaf.actionId, act) : null,
    attestation: act?.attestation ?? null,
  });
}
