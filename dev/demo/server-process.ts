import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
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

/** `qorgan server start`; resolves when it answers. Throws with its last words where it does not. */
export function startServerProcess(options: {
  readonly directory: string;
  readonly profile: 'demo' | 'production';
  readonly listen: string;
  readonly user?: { readonly uid: number; readonly gid: number };
  /** The command line of another copy of the product. */
  readonly program?: string;
}): Promise<ServerProcess> {
  const { directory, profile, listen, user = {}, program = commandLine } = options;
  const words = [
    program,
    'server',
    'start',
    '--directory',
    directory,
    '--profile',
    profile,
    '--listen',
    listen,
    '--json',
  ];
  const environment = Object.fromEntries(
    ['PATH', 'HOME', 'LANG', 'TMPDIR'].flatMap((name) =>
      process.env[name] === undefined ? [] : [[name, process.env[name]]],
    ),
  );
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'pipe'], env: environment, ...user });
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
    const fail = (): void => reject(new Error(`the server did not start: ${lastWords.includes('server-running') ? 'it is running already; end the other demonstration first' : lastWords}`));
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail();
    }, startTimeoutMs);
    child.on('exit', () => {
      clearTimeout(timer);
      fail();
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      const said = readLine(line);
      if (!isStarted(said)) lastWords += line;
      else {
        clearTimeout(timer);
        settle({
          pid: child.pid ?? 0,
          url: said.url,
          spki: said.spki,
          kill: () => end('SIGKILL'),
          stop: () => end('SIGTERM'),
        });
      }
    });
  });
}
