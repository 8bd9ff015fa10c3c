import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A server process of a test. */
export type ChildServer = {
  readonly pid: number;
  readonly url: string;
  readonly pin: { readonly spki: string; readonly certificate: Uint8Array };
  readonly state: string;
  /** SIGKILL: no goodbye, no flush. */
  readonly kill: () => Promise<void>;
  /** Ends it in order; answers the processor time that it used, in milliseconds. */
  readonly stop: () => Promise<number>;
};

type Hello = {
  readonly url: string;
  readonly spki: string;
  readonly certificate: string;
  readonly state: string;
  readonly refused?: string;
};

/** Starts the server of a folder as a process; throws with the code where it refuses. */
export async function startChild(
  directory: string,
  options: { readonly databaseUrl?: string | undefined; readonly environment?: Record<string, string> } = {},
): Promise<ChildServer> {
  const words = [
    join(import.meta.dirname, 'child-server.ts'),
    directory,
    ...(options.databaseUrl === undefined ? [] : [options.databaseUrl]),
  ];
  const child = spawn(process.execPath, words, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...options.environment },
  });
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  // A test that failed before it ended its server would leave it behind.
  const endWithUs = (): void => void child.kill('SIGKILL');
  process.once('exit', endWithUs);
  void ended.then(() => process.removeListener('exit', endWithUs));
  const lines: string[] = [];
  const first = await Promise.race([
    new Promise<string>((resolve) =>
      createInterface({ input: child.stdout }).on('line', (line) => {
        lines.push(line);
        resolve(line);
      }),
    ),
    ended.then(() => '{"refused":"ended before it answered"}'),
  ]);
  const hello = JSON.parse(first) as Hello;
  if (hello.refused !== undefined) throw new Error(hello.refused);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    await ended;
  };
  const stop = async (): Promise<number> => {
    await end('SIGTERM');
    return (JSON.parse(lines.at(-1) ?? '{}') as { readonly cpuMs?: number }).cpuMs ?? 0;
  };
  const pin = { spki: hello.spki, certificate: Buffer.from(hello.certificate, 'base64') };
  return { pid: child.pid ?? 0, url: hello.url, pin, state: hello.state, kill: () => end('SIGKILL'), stop };
}
