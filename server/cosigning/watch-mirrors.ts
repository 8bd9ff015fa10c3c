import { toBase64 } from '../../core/kernel/index.ts';
import { noteSizeMax, openNote, parseCheckpoint } from '../../core/log/index.ts';
import { verifyMlDsa44 } from '../../eds/index.ts';
import { verifyEd25519 } from '../keys/index.ts';
import type { CentralLog } from '../log/index.ts';
import { openOrigin, startSchedule } from '../mirror/index.ts';
import type { NamedMirror } from './named-mirrors.ts';

/** Why a mirror's word is not worth anything now. `mirror-conflict` is the grave one: it holds another log than ours, or more of it. */
export type MirrorTrouble = 'mirror-silent' | 'mirror-not-cosigned' | 'mirror-conflict';

/** What is known of a mirror since this server started. */
export type MirrorHealth = {
  readonly name: string;
  /** Leaves that it vouched for last, and when, by its own clock; `null` where nothing was heard yet. */
  readonly size: number | null;
  readonly cosignedAtMs: number | null;
  readonly trouble: MirrorTrouble | null;
};

/** A mirror pulls once a day or more often: this is how soon a new cosignature is seen. */
const everyMs = 600_000;

type WatchedLog = Pick<CentralLog, 'checkpointSize' | 'gap' | 'tree'>;
type Heard = { readonly size: number; readonly cosignedAtMs: number } | { readonly trouble: MirrorTrouble };

/** What the checkpoint that a mirror shows says: all of its keys vouch for it, and it is a state of our log. */
function judge(log: WatchedLog, { keys }: NamedMirror, text: string): Heard {
  const opened = openNote({ note: text, keys, verifyEd25519, verifyMlDsa44 });
  if (!opened.ok || opened.value.signatures.length < keys.length) return { trouble: 'mirror-not-cosigned' };
  const checkpoint = parseCheckpoint(opened.value.text);
  if (!checkpoint.ok) return { trouble: 'mirror-not-cosigned' };
  const { size, root } = checkpoint.value;
  const isOurs = log.gap() === undefined && size <= log.checkpointSize() && log.tree.rootAt(size) === toBase64(root);
  if (!isOurs) return { trouble: 'mirror-conflict' };
  const seconds = opened.value.signatures.map(({ atSeconds = 0 }) => atSeconds);
  return { size, cosignedAtMs: Math.min(...seconds) * 1_000 };
}

/** Asks every mirror what it holds, at once and then every ten minutes, until it is stopped. `tell` hears each change of trouble. */
export function watchMirrors(options: {
  readonly mirrors: readonly NamedMirror[];
  readonly log: WatchedLog;
  readonly nowMs: () => number;
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly tell: (health: MirrorHealth) => void;
}): { readonly health: () => readonly MirrorHealth[]; readonly stop: () => Promise<void> } {
  const { log, nowMs, tell } = options;
  const stations = options.mirrors.map((mirror) => ({ mirror, origin: openOrigin(mirror) }));
  const health = new Map<string, MirrorHealth>(
    options.mirrors.map(({ name }) => [name, { name, size: null, cosignedAtMs: null, trouble: null }]),
  );

  async function ask({ mirror, origin }: (typeof stations)[number]): Promise<void> {
    const { name } = mirror;
    const before = health.get(name) ?? { name, size: null, cosignedAtMs: null, trouble: null };
    const answer = await origin.log('checkpoint', noteSizeMax);
    const heard: Heard = answer.ok
      ? judge(log, mirror, Buffer.from(answer.value).toString('utf8'))
      : { trouble: 'mirror-silent' };
    // What it vouched for before stays said, with its age.
    const after = 'trouble' in heard ? { ...before, ...heard } : { name, ...heard, trouble: null };
    health.set(name, after);
    if (after.trouble !== before.trouble) tell(after);
  }

  const schedule = startSchedule({
    ...{ everyMs, nowMs },
    ...(options.sleep === undefined ? {} : { sleep: options.sleep }),
    round: async () => {
      await Promise.all(stations.map(ask));
      return true;
    },
  });
  return {
    health: () => [...health.values()],
    stop: async () => {
      for (const { origin } of stations) origin.close();
      await schedule.stop();
    },
  };
}
