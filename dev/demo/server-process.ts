import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { resolve } from 'node:path';

const commandLine = resolve(import.meta.dirname, '../../cli/boot/index.ts');
const startTimeoutMs = 60_000;
const stopTimeoutMs = 20_000;

/** The platform server as a process of its own, started the way an administrator starts it. */
export type ServerProcess = {
  readonly pid: number;
  readonly url: string;
  readonly spki: string;
  /** SIGKILL, as a power cut would; resolves when the process is gone. */
  kill(): Promise<void>;
  stop(): Promise<void>;
};

type Started = { readonly event: 'started'; readonly url: string; readonly spki: string };

function isStarted(value: unknown): value is Started {
  return typeof value === 'object' && value !== null && 'event' in value && value.event === 'started';
}

function readLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

export type ServerProcessOptions = {
  readonly directory: string;
  readonly profile: 'demo' | 'production';
  readonly listen: string;
  readonly user?: { readonly uid: number; readonly gid: number };
  /** File of the policy by which outside witnesses are asked. */
  readonly witnessPolicy?: string | undefined;
  /** The command line of another copy of the product. */
  readonly program?: string;
};

function spawnServer(options: ServerProcessOptions): ChildProcessByStdio<null, Readable, Readable> {
  const { directory, profile, listen, user = {}, program = commandLine } = options;
  const place = ['--directory', directory, '--profile', profile, '--listen', listen];
  if (options.witnessPolicy !== undefined) place.push('--witness-policy', options.witnessPolicy);
  const kept = ['PATH', 'HOME', 'LANG', 'TMPDIR'].flatMap((name) =>
    process.env[name] === undefined ? [] : [[name, process.env[name]]],
  );
  const env = Object.fromEntries(kept) as Record<string, string>;
  return spawn(process.execPath, [program, 'server', 'start', ...place, '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
    ...user,
  });
}

function whyNot(lastWords: string): Error {
  const isRunning = lastWords.includes('server-running');
  const why = isRunning ? 'it is running already; end the other demonstration first' : lastWords;
  return new Error(`the server did not start: ${why}`);
}

/** `qorgan server start`; resolves when it answers. Throws with its last words where it does not. */
export function startServerProcess(options: ServerProcessOptions): Promise<ServerProcess> {
  const child = spawnServer(options);
  const gone = new Promise<void>((done) => child.on('exit', () => done()));
  let lastWords = '';
  child.stderr.on('data', (chunk: Buffer) => {
    lastWords = (lastWords + chunk.toString('utf8')).slice(-4_000);
  });
  const end = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
    await gone;
    clearTimeout(timer);
  };
  return new Promise((settle, reject) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), startTimeoutMs);
    child.on('exit', () => {
      clearTimeout(timer);
      reject(whyNot(lastWords));
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      const said = readLine(line);
      if (!isStarted(said)) lastWords += line;
      else {
        clearTimeout(timer);
        const { url, spki } = said;
        settle({ pid: child.pid ?? 0, url, spki, kill: () => end('SIGKILL'), stop: () => end('SIGTERM') });
      }
    });
  });
}
