import { equalBytes, ok, refuse, toBase64, type Result } from '../../core/kernel/index.ts';
import { noteSizeMax, parseCheckpoint, parseNote, tileWidth, type Checkpoint } from '../../core/log/index.ts';
import type { LogStore } from '../log/index.ts';
import { cosign, signedByLog } from '../witness/index.ts';
import type { AlarmKind } from './alarms.ts';
import type { Mirror } from './open-mirror.ts';
import { openVerifiedTiles, type Fetch, type TileRefusal, type VerifiedTiles } from './verified-tiles.ts';

/**
 * Why a mirror did not come up with its log. `mirror-log-forked` and `mirror-log-rewound` are the grave ones: both heads are kept as an
 * alarm. `mirror-damaged` accuses the mirror's own disk.
 */
export type PullRefusal = TileRefusal | AlarmKind | 'mirror-checkpoint-wrong' | 'mirror-damaged';

export type Pulled = {
  readonly size: number;
  /** Leaves that this pull added. */
  readonly added: number;
  /** False where an alarm stands: the log is kept, but not vouched for. */
  readonly isCosigned: boolean;
};

/** Bundles of one append: one flush for 2,048 leaves, and a few MB in memory. */
const bundlesAtOnce = 8;

type Head = { readonly note: string; readonly checkpoint: Checkpoint };

async function fetchHead({ origin, logKeys }: Mirror, fetch: Fetch): Promise<Result<Head, PullRefusal>> {
  const bytes = await fetch('checkpoint', noteSizeMax);
  if (!bytes.ok) return bytes;
  const note = signedByLog(Buffer.from(bytes.value).toString('utf8'), logKeys);
  const parsed = note === undefined ? undefined : parseNote(note);
  const checkpoint = parsed?.ok === true ? parseCheckpoint(parsed.value.text) : undefined;
  return note !== undefined && checkpoint?.ok === true && checkpoint.value.origin === origin
    ? ok({ note, checkpoint: checkpoint.value })
    : refuse('mirror-checkpoint-wrong');
}

/** Raises the alarm over two heads that the log signed, the newest that was known and the one that it shows. */
function accuse(mirror: Mirror, kind: AlarmKind, shown: Head): Result<never, PullRefusal> {
  const { heads } = mirror.witness;
  const { origin, size } = shown.checkpoint;
  mirror.alarms.raise(kind, { held: heads.note(origin) ?? '', shown: shown.note });
  return refuse(kind, { heldSize: heads.read(origin).size, shownSize: size });
}

/** True where the tree of the head begins with the one that the store holds. */
async function isBeginning(store: LogStore, tiles: VerifiedTiles): Promise<Result<boolean, TileRefusal>> {
  const root = await tiles.rootAt(store.tree.size());
  return root.ok ? ok(toBase64(root.value) === store.tree.rootAt(store.tree.size())) : root;
}

/** Appends what the store lacks; every entry is proven to be the leaf of its place before the first byte of it is written. */
async function fill(store: LogStore, size: number, tiles: VerifiedTiles): Promise<Result<null, TileRefusal>> {
  while (store.tree.size() < size) {
    const from = store.tree.size();
    const first = Math.floor(from / tileWidth);
    const count = Math.min(bundlesAtOnce, Math.ceil(size / tileWidth) - first);
    const bundles = await Promise.all(Array.from({ length: count }, (_, i) => tiles.entries(first + i)));
    const entries: Uint8Array[] = [];
    let refused: Result<never, TileRefusal> | undefined;
    for (const bundle of bundles) {
      if (!bundle.ok) {
        refused = bundle;
        break;
      }
      entries.push(...bundle.value);
    }
    const fresh = entries.slice(from - first * tileWidth);
    if (fresh.length > 0) store.tree.append(fresh);
    if (refused !== undefined) return refused;
  }
  return ok(null);
}

/**
 * Compares the shown head with the newest that is known and with what is held, and takes what is missing. What the store
 * holds afterwards was proven against the shown head, which was written down before.
 */
async function take(mirror: Mirror, fetch: Fetch, shown: Head): Promise<Result<null, PullRefusal>> {
  const { checkpoint: next } = shown;
  const store = mirror.store();
  const known = mirror.witness.heads.read(next.origin);
  if (next.size < known.size) return accuse(mirror, 'mirror-log-rewound', shown);
  if (next.size === known.size && !equalBytes(next.root, known.root)) return accuse(mirror, 'mirror-log-forked', shown);
  if (store.tree.size() > next.size) return refuse('mirror-damaged', { size: store.tree.size() });
  const isHeld = store.tree.size() === next.size && store.tree.rootAt(next.size) === toBase64(next.root);
  if (isHeld && known.size === next.size) return ok(null);
  const tiles = await openVerifiedTiles(next, fetch);
  if (!tiles.ok) return tiles;
  const before = await tiles.value.rootAt(known.size);
  if (!before.ok) return before;
  if (!equalBytes(before.value, known.root)) return accuse(mirror, 'mirror-log-forked', shown);
  const isWhole = await isBeginning(store, tiles.value);
  if (!isWhole.ok) return isWhole;
  if (!isWhole.value) return refuse('mirror-damaged', { size: store.tree.size() });
  if (next.size > known.size) mirror.witness.heads.write(next.origin, shown.note);
  return fill(store, next.size, tiles.value);
}

/**
 * One round: fetches the checkpoint, proves that it extends the newest head that was ever known here, takes the entries that
 * are missing, and only then publishes the head with the mirror's cosignatures. It may be killed at any point and taken up by
 * the next round. A write that the disk refuses is thrown.
 */
export async function pull(mirror: Mirror, fetch: Fetch): Promise<Result<Pulled, PullRefusal>> {
  const before = mirror.store().tree.size();
  const shown = await fetchHead(mirror, fetch);
  if (!shown.ok) return shown;
  const taken = await take(mirror, fetch, shown.value);
  if (!taken.ok) return taken;
  const { note, checkpoint } = shown.value;
  const { checkpoints, tree } = mirror.store();
  const cosigned = mirror.alarms.standing().length === 0 ? cosign(mirror.witness, note) : undefined;
  const isPublished = checkpoints.swap(checkpoints.latest(), cosigned ?? note);
  if (!isPublished) return refuse('mirror-damaged', { size: tree.size() });
  return ok({ size: checkpoint.size, added: tree.size() - before, isCosigned: cosigned !== undefined });
}
