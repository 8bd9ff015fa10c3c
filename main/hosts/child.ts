import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { forSending, fromTransport, wipeBytes, type ToHostMessage } from '../../contracts/rpc/index.ts';

const lineMaxLength = 4_000;

export type ChildOptions = {
  readonly nodeFile: string;
  readonly file: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly onMessage: (message: unknown) => void;
  readonly onLine: (line: string) => void;
  /** Called exactly once, also when the process could not be started at all. */
  readonly onExit: (reason: string) => void;
};

export type Child = {
  readonly pid: number | undefined;
  send(message: ToHostMessage): void;
  /** Closes the channel; the host leaves on its own. */
  disconnect(): void;
  /** SIGKILL: a hung library does not hear anything less. */
  kill(): void;
};

function readLines(stream: Readable | null, onLine: (line: string) => void): void {
  if (stream === null) return;
  createInterface({ input: stream }).on('line', (line) => onLine(line.slice(0, lineMaxLength)));
}

/** Starts one life of a host: a Node process with a structured-clone channel and the environment given, nothing inherited. */
export function startChild(options: ChildOptions): Child {
  const child = spawn(options.nodeFile, ['--disable-warning=ExperimentalWarning', options.file], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    serialization: 'advanced',
    env: { ...options.environment },
  });
  let hasExited = false;
  const exited = (reason: string): void => {
    if (hasExited) return;
    hasExited = true;
    options.onExit(reason);
  };
  readLines(child.stdout, options.onLine);
  readLines(child.stderr, options.onLine);
  child.on('message', (message) => options.onMessage(fromTransport(message)));
  child.on('error', (error) => {
    // A write to a dying host also ends here; only a host that never lived has no pid.
    if (child.pid === undefined) exited(`not started: ${'code' in error ? String(error.code) : error.name}`);
  });
  child.on('exit', (code, signal) => exited(signal ?? `code ${code ?? 'unknown'}`));
  return {
    pid: child.pid,
    send(message) {
      const copy = forSending(message);
      if (child.connected) child.send(copy as ToHostMessage, () => wipeBytes(copy));
      else wipeBytes(copy);
    },
    disconnect() {
      if (child.connected) child.disconnect();
    },
    kill() {
      child.kill('SIGKILL');
    },
  };
}
