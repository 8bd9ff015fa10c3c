// Compiles every layer by its own rules: each folder has only the globals that it may use.
import { existsSync, readdirSync } from 'node:fs';
import { run } from '../commands.mjs';
import { inRoot, node24, root } from '../paths.mjs';

const compiler = inRoot('node_modules', 'typescript', 'bin', 'tsc');

function hasSource(folder) {
  return readdirSync(inRoot(folder), { recursive: true }).some((file) => /\.tsx?$/u.test(file));
}

/** Every layer that has source, and main with preload a second time against the older Electron's definitions. */
export function typeProjects() {
  const layers = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(inRoot(entry.name, 'tsconfig.json')) && hasSource(entry.name))
    .map(({ name }) => ({ name: `types of ${name}`, project: name }));
  if (hasSource('main') || hasSource('preload')) {
    layers.push({ name: 'types of main and preload with Electron 33', project: 'tsconfig.electron-33.json' });
  }
  return layers;
}

export const checkTypes = ({ project }) => run(node24, [compiler, '-p', inRoot(project)], { cwd: root });
