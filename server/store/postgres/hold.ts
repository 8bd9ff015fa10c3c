import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as z from 'zod';

const holdShape = z.strictObject({ pid: z.int(), startedTicks: z.string() });

/** Start time of a process in clock ticks since boot, or `undefined` where there is none: a number that was reused differs. */
function startedTicks(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may have spaces; field 22 is the 20th after it.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

/** Holds of this process: it may hold a folder once, too. */
const own = new Set<string>();

/** True where a living process, this one or another, holds the folder of this file. */
export function isHeld(path: string): boolean {
  if (own.has(path)) return true;
  const parsed = existsSync(path) ? holdShape.safeParse(readJson(path)) : undefined;
  if (parsed?.success !== true || parsed.data.pid === process.pid) return false;
  return startedTicks(parsed.data.pid) === parsed.data.startedTicks;
}

/** Writes this process down as the holder. */
export function hold(path: string): void {
  own.add(path);
  writeFileSync(path, JSON.stringify({ pid: process.pid, startedTicks: startedTicks(process.pid) ?? '' }), {
    mode: 0o600,
  });
}

/** Gives the hold up, where it is this process's own. */
export function releaseHold(path: string): void {
  if (own.delete(path)) rmSync(path, { force: true });
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
