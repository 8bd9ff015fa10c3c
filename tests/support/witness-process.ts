import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const program = resolve(import.meta.dirname, '../../cli/boot/index.ts');
const env = { PATH: process.env['PATH'] ?? '' };

/** `qorgan witness` as a process of its own, as a bank would run it. */
export type WitnessProcess = {
  readonly url: string;
  /** The text of a policy that wants both keys of this witness over the log of this key. */
  readonly policy: string;
  readonly stop: () => Promise<void>;
};

/** The first line that a command says, and how to end it. */
async function said(
  ...given: readonly string[]
): Promise<{ facts: Record<string, unknown>; end: () => Promise<void> }> {
  const child = spawn(process.execPath, [program, ...given, '--json'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = new Promise<void>((done) => child.on('exit', () => done()));
  const { value } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  const end = async (): Promise<void> => {
    child.kill('SIGTERM');
    await gone;
  };
  return { facts: JSON.parse(value ?? '{}') as Record<string, unknown>, end };
}

/** Makes a witness in this folder for the log of this key, and starts it. */
export async function startWitnessProcess(folder: string, logKey: string): Promise<WitnessProcess> {
  const made = await said('witness', 'init', '--directory', folder, '--name', 'bank.example/w');
  await made.end();
  writeFileSync(join(folder, 'logs'), `${logKey}\n`);
  const { facts, end } = await said('witness', 'start', '--directory', folder, '--listen', '127.0.0.1:0');
  const url = String(facts['url']);
  const lines = (made.facts['keys'] as readonly string[]).map((key, at) => `witness w${at} ${key} ${url}`);
  return { url, policy: [`log ${logKey}`, ...lines, 'group bank all w0 w1', 'quorum bank', ''].join('\n'), stop: end };
}
