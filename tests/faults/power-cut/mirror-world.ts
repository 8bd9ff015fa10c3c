import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { refuse, toBase64 } from '../../../core/kernel/index.ts';
import { checkMirror, openMirror, pull, type Fetch, type Mirror } from '../../../server/mirror/index.ts';
import type { ServedLog } from '../../support/index.ts';
import { entryAt } from './log-world.ts';

export const origin = 'demo.qorgan.faults-mirror';
export const nowMs = 1_795_400_000_000;
/** Leaves of the log at the end: more bundles than a start reads again. */
export const leavesAtEnd = 7_000;

/** What a mirror has told so far; `vouched` is the size of the head that it cosigned last, `alarms` how many it raised. */
export type MirrorTold = { readonly vouched: number; readonly alarms: number };

/** Grows the log to `size` leaves. */
export function growTo(log: ServedLog, from: number, size: number): void {
  log.append(Array.from({ length: size - from }, (_, i) => entryAt(from + i)));
}

export function openMirrorAt(folder: string): Mirror {
  const mirror = openMirror(folder, () => nowMs);
  if (!mirror.ok) throw new Error(mirror.refusal.code);
  return mirror.value;
}

/** The log as somebody shows it who knows `size` of its leaves. */
export function shownAt(log: ServedLog, size: number): Fetch {
  return async (path, sizeMax) =>
    path === 'checkpoint' ? { ok: true, value: Buffer.from(log.note(size)) } : log.fetch(path, sizeMax);
}

/** A line that is cut after `count` answers. */
export function cutAfter(fetch: Fetch, count: number): Fetch {
  let left = count;
  return async (path, sizeMax) => {
    left -= 1;
    return left < 0 ? refuse('mirror-origin-unreachable', { path }) : fetch(path, sizeMax);
  };
}

function faultOf(mirror: Mirror, log: ServedLog, told: MirrorTold, folder: string): string | undefined {
  const { tree, checkpoints } = mirror.store();
  const size = tree.size();
  const head = mirror.witness.heads.read(origin);
  const published = checkpoints.latest()?.head;
  if (size < told.vouched) return `lost: ${size} of ${told.vouched} leaves that were vouched for`;
  if (tree.rootAt(size) !== log.root(size)) return 'stored: what the log never had';
  if (head.size < told.vouched) return `forgot the head of ${told.vouched}`;
  if (toBase64(head.root) !== log.root(head.size)) return 'another head than the log signed';
  if ((published?.treeSize ?? 0) < told.vouched) return `lost: checkpoint ${told.vouched}`;
  if (published !== undefined && published.treeSize > size) return 'vouched for leaves that are not there';
  if (published !== undefined && published.treeSize > head.size) return 'vouched for a head that is not known';
  const alarms = mirror.alarms.standing();
  if (alarms.length < told.alarms) return `lost: ${alarms.length} of ${told.alarms} alarms`;
  const isWhole = (name: string): boolean => {
    const text = readFileSync(join(folder, 'alarms', name), 'utf8');
    return text.includes('=== held\n') && text.includes('=== shown\n') && text.endsWith('\n');
  };
  return alarms.every(isWhole) ? undefined : 'an alarm that is torn';
}

/** What is wrong with the folder that a power cut left; then it must come up with the log, and be whole. `made` is the mirror as it was made. */
export function judgeMirror(made: string, log: ServedLog) {
  return async (folder: string, told: MirrorTold): Promise<string | undefined> => {
    for (const name of readdirSync(made)) {
      const target = join(folder, name);
      if (!existsSync(target)) cpSync(join(made, name), target, { recursive: true });
    }
    try {
      const mirror = openMirrorAt(folder);
      try {
        const fault = faultOf(mirror, log, told, folder);
        if (fault !== undefined) return fault;
        const pulled = await pull(mirror, shownAt(log, leavesAtEnd));
        if (!pulled.ok) return `does not go on: ${pulled.refusal.code}`;
        const checked = await checkMirror(mirror);
        return checked.ok && checked.value.size === leavesAtEnd ? undefined : 'later not whole';
      } finally {
        mirror.close();
      }
    } catch (error) {
      return `broken: ${String(error)}`;
    }
  };
}
