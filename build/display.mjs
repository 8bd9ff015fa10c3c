// A virtual display for where there is none: Xvfb on a number that it picks itself.
import { spawn } from 'node:child_process';
import { SetUpError } from './commands.mjs';

const startTimeoutMs = 15_000;

/**
 * Starts a display. `display` is its name for the environment (":3"); `stop` ends it. With `framebufferFolder` the server
 * keeps its picture in the file `Xvfb_screen0` there, in the format of xwd, so that no tool is needed to photograph it.
 */
export function startDisplay({ width = 1920, height = 1080, framebufferFolder } = {}) {
  const args = ['-displayfd', '3', '-screen', '0', `${width}x${height}x24`, '-nolisten', 'tcp', '-noreset'];
  if (framebufferFolder !== undefined) args.push('-fbdir', framebufferFolder);
  return new Promise((resolve, reject) => {
    // With us it ends too, however we end: nobody cleans up after a process that was killed.
    const server = spawn('setpriv', ['--pdeathsig', 'TERM', 'Xvfb', ...args], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    });
    const timer = setTimeout(() => {
      server.kill('SIGKILL');
      reject(new SetUpError('the virtual display did not start in 15 s'));
    }, startTimeoutMs);
    const fail = (why) => {
      clearTimeout(timer);
      reject(new SetUpError(`the virtual display could not be started: ${why}`));
    };
    server.on('error', (error) => fail(error.message));
    server.on('exit', (code, signal) => fail(`Xvfb ended with ${signal ?? code}`));
    let number = '';
    server.stdio[3].on('data', (chunk) => {
      number += chunk;
      if (!number.endsWith('\n')) return;
      clearTimeout(timer);
      server.unref();
      server.stdio[3].unref?.();
      const stop = () => server.kill('SIGTERM');
      process.once('exit', stop);
      resolve({ display: `:${number.trim()}`, stop });
    });
  });
}
