import { spawnSync } from 'node:child_process';
import { canSandbox, electronRuntime, nobody, type User } from '../../build/runtime/index.mjs';
import { root } from '../../build/paths.mjs';

const isRoot = process.getuid?.() === 0;

function mayReach({ uid, gid }: User): boolean {
  const probe = ['-c', 'test -x "$1" && test -r "$2/package.json"', 'sh', electronRuntime()?.executable ?? '', root];
  return spawnSync('sh', probe, { uid, gid, cwd: '/', stdio: 'ignore' }).status === 0;
}

function find(): { readonly user?: User; readonly obstacle?: string } {
  const candidate = isRoot ? nobody : undefined;
  if (!canSandbox(candidate)) return { obstacle: 'this machine lets an ordinary user make no user namespace' };
  if (candidate === undefined) return {};
  return mayReach(candidate) ? { user: candidate } : { obstacle: 'an ordinary user cannot reach this source tree' };
}

/**
 * Who runs the application in these tests: whoever runs them, or nobody where that is root, which has no sandbox. `obstacle` says
 * why Chromium's sandbox is off nevertheless.
 */
export const { user, obstacle } = find();

if (obstacle !== undefined)
  process.stderr.write(`WARNING: the application is tested WITHOUT Chromium's sandbox: ${obstacle}\n`);
