import { run } from '../commands.mjs';
import { inRoot, node24, root } from '../paths.mjs';

/** Lints the whole tree, with types where a rule needs them. */
export const checkLint = () =>
  run(node24, [inRoot('node_modules', 'oxlint', 'bin', 'oxlint'), '--deny-warnings'], { cwd: root });

/** Whether `npm run format` would leave every file as it is. */
export const checkFormat = () =>
  run(node24, [inRoot('node_modules', 'oxfmt', 'bin', 'oxfmt'), '--check'], { cwd: root });
