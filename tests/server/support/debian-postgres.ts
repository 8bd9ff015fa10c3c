import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const home = '/usr/lib/postgresql';

/** Programs of the newest PostgreSQL of the system, or `undefined` where there is none. */
export function debianPostgres(): string | undefined {
  if (!existsSync(home)) return undefined;
  const versions = readdirSync(home).filter((version) => existsSync(join(home, version, 'bin', 'postgres')));
  const newest = versions.toSorted((a, b) => Number(b) - Number(a))[0];
  return newest === undefined ? undefined : join(home, newest, 'bin');
}

export type ExternalDatabase = {
  readonly url: string;
  readonly dump: () => string;
  readonly stop: () => Promise<void>;
};

function serverUser(): { uid: number; gid: number } | Record<string, never> {
  if (process.getuid?.() !== 0) return {};
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((row) => row.split(':'))
    .find(([name]) => name === 'postgres' || name === 'nobody');
  return { uid: Number(line?.[2] ?? 65_534), gid: Number(line?.[3] ?? 65_534) };
}

/** A private cluster of the system's PostgreSQL, as somebody who is not root; its only door is a socket in a private folder. */
export async function startExternalDatabase(binFolder: string): Promise<ExternalDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'qpg-'));
  chmodSync(folder, 0o755);
  const user = serverUser();
  if ('uid' in user) chownSync(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  const options = { ...user, cwd: folder, env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' } };
  execFileSync(
    join(binFolder, 'initdb'),
    ['-D', data, '-U', 'owner', '--auth=trust', '--encoding=UTF8', '--no-locale', '--no-sync'],
    { ...options, stdio: 'ignore' },
  );
  const child = spawn(join(binFolder, 'postgres'), ['-D', data, '-k', folder, '-c', 'listen_addresses='], {
    ...options,
    stdio: 'ignore',
  });
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  const pidFile = join(data, 'postmaster.pid');
  for (
    let i = 0;
    i < 500 && !(existsSync(pidFile) && readFileSync(pidFile, 'utf8').split('\n')[7]?.trim() === 'ready');
    i += 1
  )
    await sleep(20);
  return {
    url: `postgres://owner@localhost/postgres?host=${encodeURIComponent(folder)}`,
    dump: () =>
      execFileSync(join(binFolder, 'pg_dump'), ['-h', folder, '-U', 'owner', 'postgres'], {
        ...options,
        maxBuffer: 1 << 28,
      }).toString(),
    stop: async () => {
      child.kill('SIGINT');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
