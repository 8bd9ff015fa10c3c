import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';

const goPath = '/usr/share/gocode';

/** True where a Go compiler is there; else the suite says that nobody but ourselves has read the log. */
export function isGoHere(): boolean {
  const hasGo = spawnSync('go', ['version']).status === 0;
  if (!hasGo) process.stderr.write('SKIPPED: no Go compiler, so nobody but ourselves has read the central log\n');
  return hasGo;
}

export type Reading = { readonly isGood: boolean; readonly said: string };

/** Builds the second reader in a folder; it gives its verdict on the folder of a log, by the key of the log. */
export function buildChecker(laboratory: string): (folder: string, key: string) => Reading {
  const checker = join(laboratory, 'checker');
  const cwd = join(import.meta.dirname, 'checker');
  const env = { ...process.env, GO111MODULE: 'off', GOPATH: goPath, GOFLAGS: '', GOCACHE: join(laboratory, 'cache') };
  execFileSync('go', ['build', '-o', checker, '.'], { cwd, env, stdio: 'inherit' });
  return (folder, key) => {
    const { status, stdout, stderr } = spawnSync(checker, [folder, key], { encoding: 'utf8', timeout: 400_000 });
    return { isGood: status === 0, said: stdout + stderr };
  };
}
