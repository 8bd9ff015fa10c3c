import { spawn, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { DeskJob } from './desk-process.ts';

export type DeskFact = {
  readonly step?: string;
  readonly refused?: string;
  readonly act?: string;
  readonly acts?: readonly unknown[];
  readonly profile?: string;
};

export type User = { readonly uid: number; readonly gid: number };

/** Runs the job to its end, or until `onFact` kills it; answers what it said. */
export function runDesk(
  job: DeskJob,
  options: { readonly user?: User | undefined; readonly onFact?: (fact: DeskFact, child: ChildProcess) => void } = {},
): Promise<{ readonly facts: readonly DeskFact[]; readonly code: number | null }> {
  const { user = {}, onFact } = options;
  const env = {
    PATH: process.env['PATH'] ?? '',
    NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '',
    HOME: job.directory,
    LANG: 'C.UTF-8',
  };
  const child = spawn(process.execPath, [resolve(import.meta.dirname, 'desk-process.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env,
    ...user,
  });
  const facts: DeskFact[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    const fact = JSON.parse(line) as DeskFact;
    facts.push(fact);
    onFact?.(fact, child);
  });
  child.stdin.end(`${JSON.stringify(job)}\n`);
  return new Promise((settle) => child.on('close', (code) => settle({ facts, code })));
}
