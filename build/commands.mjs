// Child processes and progress lines for the set-up scripts.
import { spawn, spawnSync } from 'node:child_process';

const seconds = (sinceMs) => `${((performance.now() - sinceMs) / 1000).toFixed(1)} s`;

/** A failure that a person can act on: printed as one sentence, without a stack. */
export class SetUpError extends Error {
  name = 'SetUpError';
}

/** Says what begins, then how long it took. `hint` tells the patient reader what to expect. */
export const step = async (what, hint, work) => {
  const startedAtMs = performance.now();
  process.stderr.write(`  … ${what}${hint ? ` (${hint})` : ''}\n`);
  const result = await work();
  process.stderr.write(`  ✓ ${what}: ${seconds(startedAtMs)}\n`);
  return result;
};

/** Runs a command quietly and returns its output; a failure carries the end of what it printed. */
export const run = (command, args, options = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let out = '';
    let all = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
      all += chunk;
    });
    child.stderr.on('data', (chunk) => {
      all += chunk;
    });
    child.on('error', (error) => reject(new SetUpError(`${command} could not be started: ${error.message}`)));
    child.on('close', (code, signal) => {
      if (code === 0) resolve(out);
      else {
        const lines = all.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('npm warn'));
        const told = lines.length > 24 ? [...lines.slice(0, 12), '…', ...lines.slice(-12)] : lines;
        reject(new SetUpError(`\`${[command, ...args].join(' ')}\` ended with ${signal ?? code}:\n${told.join('\n')}`));
      }
    });
  });

/**
 * Runs a command and returns its exit code and all that it printed, in its order. It ends with us, and after `mostMs`. What it
 * left running, and may print yet, is not waited for.
 */
export const runKeeping = (command, args, { mostMs, ...options }) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    const end = () => child.kill('SIGKILL');
    const timer = setTimeout(end, mostMs);
    process.once('exit', end);
    const printed = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => printed.push(chunk));
    const leave = () => {
      clearTimeout(timer);
      process.removeListener('exit', end);
    };
    child.on('error', (error) => {
      leave();
      reject(error);
    });
    child.on('exit', (code, signal) => {
      leave();
      // What was printed before the end is in the pipes; a process that was left behind holds them open for ever.
      setTimeout(() => {
        child.stdout.destroy();
        child.stderr.destroy();
      }, 500);
      child.on('close', () =>
        resolve({ exitCode: signal === null ? (code ?? 1) : 1, output: Buffer.concat(printed).toString() }),
      );
    });
  });

export const outputOf = (command, args) => {
  const result = spawnSync(command, args, { encoding: 'utf8' });
  return result.error === undefined ? result.stdout : '';
};

/** Ends the script with one sentence for an expected failure, with the whole error for a bug. */
export const main = (work) => {
  work().catch((error) => {
    process.stderr.write(`\n${error instanceof SetUpError ? error.message : (error?.stack ?? error)}\n`);
    process.exitCode = 1;
  });
};
