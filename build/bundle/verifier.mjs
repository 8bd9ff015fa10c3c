// The single file that goes into every package of the log: it checks the package on any Node from 20.12 on, with nothing
// beside it and no network. Legible on purpose: whoever distrusts it reads it.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { inRoot } from '../paths.mjs';

export const verifierEntry = 'cli/log-verifier/boot.ts';
export const verifierFile = join('dist', 'log-verifier', 'verify.mjs');

/** Writes `dist/log-verifier/verify.mjs` below the folder. */
export async function bundleVerifier(folder = inRoot()) {
  const { rolldown } = await import('rolldown');
  const bundle = await rolldown({
    input: inRoot(verifierEntry),
    cwd: inRoot(),
    platform: 'node',
    external: /^node:/u,
    transform: { target: 'es2023' },
    onLog: (level, log, handle) => handle(level === 'warn' ? 'error' : level, log),
  });
  mkdirSync(join(folder, 'dist', 'log-verifier'), { recursive: true });
  await bundle.write({ file: join(folder, verifierFile), format: 'esm', codeSplitting: false });
  await bundle.close();
}
