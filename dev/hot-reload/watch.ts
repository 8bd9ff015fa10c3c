import { spawn } from 'node:child_process';
import { existsSync, readFileSync, watch } from 'node:fs';
import { inRoot, node24, root, runtimeFolder } from '../../build/paths.mjs';

/** What of the running application is out of date after a change: its pages only, or the process itself. */
export type Change = 'pages' | 'application';

const watched = ['core', 'contracts', 'eds', 'locales', 'main', 'native', 'preload', 'renderer'] as const;
// An editor writes a file in several steps, and a branch switch writes many.
const settleMs = 150;

const stampOf = (name: string): string => {
  const file = `${runtimeFolder}/stamps/bundle-${name}`;
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
};

/** Bundles what changed. Resolves to whether it succeeded; its messages go to the terminal. */
function bundle(): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(node24, [inRoot('build', 'bundle.mjs')], { cwd: root, stdio: 'inherit' });
    child.on('close', (code) => resolve(code === 0));
    child.on('error', () => resolve(false));
  });
}

/**
 * Bundles after each change of the source and says what has to be renewed. Changes during a bundling are bundled after it;
 * a bundling that fails leaves the application as it is. Returns a stop.
 */
export function watchSource(onChange: (change: Change) => Promise<void>): () => void {
  let isBusy = false;
  let touched = new Set<string>();
  let timer: NodeJS.Timeout | undefined;

  const renew = async (): Promise<void> => {
    if (isBusy || touched.size === 0) return;
    isBusy = true;
    const folders = touched;
    touched = new Set();
    const before = ['main', 'preloads', 'pages'].map(stampOf);
    if (await bundle()) {
      const [main, preloads, pages] = ['main', 'preloads', 'pages'].map((name, i) => stampOf(name) !== before[i]);
      // Hosts run from source, so that their bundle has no stamp.
      if (main === true || preloads === true || folders.has('native')) await onChange('application');
      else if (pages === true) await onChange('pages');
    }
    isBusy = false;
    await renew();
  };

  const watchers = watched.map((folder) =>
    watch(inRoot(folder), { recursive: true }, (_event, file) => {
      if (file === null || /\.test\.tsx?$|~$|\.sw.$/u.test(file)) return;
      touched.add(folder);
      clearTimeout(timer);
      timer = setTimeout(() => void renew(), settleMs);
    }),
  );
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}
