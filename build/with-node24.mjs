// `node build/with-node24.mjs FILE …`: runs a source file by the pinned Node, whatever Node this one is.
import { spawn } from 'node:child_process';
import { node24 } from './paths.mjs';

const child = spawn(node24, process.argv.slice(2), { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  process.stderr.write(`${error.message}: run \`node build/setup.mjs\` first\n`);
  process.exitCode = 1;
});
child.on('close', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143);
});
