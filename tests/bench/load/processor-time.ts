import { readdirSync, readFileSync } from 'node:fs';

/** The kernel counts processor time for us in these steps. */
const tickMs = 10;

type Process = { readonly parent: number; readonly ms: number };

function readProcess(pid: number): Process | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may have spaces; what follows is counted from the state, field 3.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { parent: Number(fields[1]), ms: (Number(fields[11]) + Number(fields[12])) * tickMs };
  } catch {
    // It ended between the listing and the reading.
    return undefined;
  }
}

/** Processor time of a process, all its threads, in milliseconds. */
export function processorTimeMs(pid: number): number {
  return readProcess(pid)?.ms ?? 0;
}

/** Processor time of everything that a process started and that still runs, in milliseconds. */
export function descendantsTimeMs(pid: number): number {
  const all = new Map<number, Process>();
  for (const name of readdirSync('/proc')) {
    const read = /^[0-9]+$/u.test(name) ? readProcess(Number(name)) : undefined;
    if (read !== undefined) all.set(Number(name), read);
  }
  const isBelow = (process: Process | undefined): boolean =>
    process !== undefined && (process.parent === pid || isBelow(all.get(process.parent)));
  return [...all.values()].filter(isBelow).reduce((sum, { ms }) => sum + ms, 0);
}
