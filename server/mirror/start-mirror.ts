import { join } from 'node:path';
import { ok, refuse, type Result } from '../../core/kernel/index.ts';
import { formatNoteKey } from '../../core/log/index.ts';
import { hold, isHeld, releaseHold } from '../store/index.ts';
import { openListener, type ListenerTls } from '../witness/index.ts';
import { openBlobDoor } from './blob-door.ts';
import { openMirror, type Mirror, type OpenMirrorRefusal } from './open-mirror.ts';
import { openOrigin } from './origin.ts';
import { pullBlobs, type BlobRefusal, type BlobsPulled } from './pull-blobs.ts';
import { pull, type Pulled, type PullRefusal } from './pull.ts';
import { startSchedule } from './schedule.ts';
import { mirrorListener } from './serve.ts';

/** Where a mirror answers, by which keys it vouches (C2SP vkey texts), and for which log. */
export type MirrorFacts = { readonly url: string; readonly keys: readonly string[]; readonly origin: string };
/** A mirror that pulls and answers. */
export type RunningMirror = MirrorFacts & { readonly close: () => Promise<void> };

export type MirrorOptions = {
  readonly folder: string;
  readonly listen: { readonly host: string; readonly port: number };
  readonly tls?: ListenerTls | undefined;
  /** Between two rounds; a day, unless the operator of the mirror wants less. */
  readonly everyMs: number;
  readonly nowMs: () => number;
  /** Said before the first round. */
  readonly onStarted?: (facts: MirrorFacts) => void;
  /** How a round ended: what was pulled, or why nothing was. */
  readonly onRound: (round: Result<Pulled, PullRefusal>) => void;
  /** How the evidence of a round ended, after its log. */
  readonly onEvidence?: (round: Result<BlobsPulled, BlobRefusal>) => void;
  readonly onBug: (bug: unknown) => void;
};

const holdName = 'running.json';

/** Takes a mirror's folder for this process; the mirror is closed and the folder given back by the answer. */
export function holdMirror(
  folder: string,
  nowMs: () => number,
): Result<{ readonly mirror: Mirror; readonly release: () => void }, OpenMirrorRefusal | 'server-running'> {
  const holdFile = join(folder, holdName);
  if (isHeld(holdFile)) return refuse('server-running');
  const mirror = openMirror(folder, nowMs);
  if (!mirror.ok) return mirror;
  hold(holdFile);
  return ok({
    mirror: mirror.value,
    release: () => {
      mirror.value.close();
      releaseHold(holdFile);
    },
  });
}

/** Starts the mirror of a folder: it answers on return, pulls at once and then by its schedule. */
export async function startMirror(
  options: MirrorOptions,
): Promise<Result<RunningMirror, OpenMirrorRefusal | 'server-running' | 'address-in-use'>> {
  const { folder, tls, everyMs, nowMs, onRound, onBug } = options;
  const held = holdMirror(folder, nowMs);
  if (!held.ok) return held;
  const { mirror, release } = held.value;
  const listener = await openListener({ listen: options.listen, tls, answer: mirrorListener(mirror, onBug) });
  if (!listener.ok) {
    release();
    return listener;
  }
  const facts = {
    url: listener.value.url,
    keys: mirror.witness.signers.map(({ key }) => formatNoteKey(key)),
    origin: mirror.origin,
  };
  options.onStarted?.(facts);
  const origin = openOrigin(mirror.settings);
  const door = openBlobDoor(mirror);
  const round = async (): Promise<boolean> => {
    try {
      const pulled = await pull(mirror, origin.log);
      onRound(pulled);
      const blobs = await pullBlobs(mirror.evidence, door);
      options.onEvidence?.(blobs);
      return pulled.ok && blobs.ok;
    } catch (bug) {
      // A disk that refused a write: the next round opens the store anew.
      onBug(bug);
      return false;
    }
  };
  const schedule = startSchedule({ everyMs, nowMs, round });
  let closing: Promise<void> | undefined;
  const closeAll = async (): Promise<void> => {
    const stopped = schedule.stop();
    origin.close();
    door.close();
    await listener.value.close();
    await stopped;
    release();
  };
  return ok({ ...facts, close: () => (closing ??= closeAll()) });
}
