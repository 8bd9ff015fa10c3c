// The npm packages of the lock file, installed without running any of their scripts.
import { readFileSync } from 'node:fs';
import { run, step } from './commands.mjs';
import { inRoot, root } from './paths.mjs';

const readPackages = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;

/** npm leaves a lock of what it installed: when that agrees with ours, nothing has to be done. */
function areInstalled() {
  try {
    const installed = readPackages(inRoot('node_modules', '.package-lock.json'));
    const wanted = Object.entries(readPackages(inRoot('package-lock.json')));
    return wanted.every(([path, entry]) => {
      if (path === '' || (entry.optional && installed[path] === undefined)) return true;
      return installed[path]?.version === entry.version && installed[path]?.integrity === entry.integrity;
    });
  } catch {
    return false;
  }
}

export async function prepareDependencies() {
  if (areInstalled()) return;
  await step('install the dependencies of the lock file', 'about a minute', () =>
    run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: root }),
  );
}
