import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import * as z from 'zod';
import { ok, refuse, type Result } from '../../../core/kernel/index.ts';
import { syncFolder } from '../../keys/index.ts';
import { bundledEngine, type PostgresEngine } from './engine.ts';
import { hold, isHeld, releaseHold } from './hold.ts';
import { closedFolderAbove, databaseUser, type SystemUser } from './owner.ts';

const run = promisify(execFile);

/** How a session of ours reaches the database. */
export type DatabaseAddress = {
  readonly host: string;
  readonly user: string;
  readonly password: string;
  readonly database: string;
};

/** A running embedded database. `stop` waits for its shutdown checkpoint; a kill of the server leaves it to the next start. */
export type EmbeddedPostgres = {
  readonly owner: DatabaseAddress;
  /** False where another living process of ours runs it. */
  readonly isAlone: boolean;
  readonly stop: () => Promise<void>;
};

export type EmbeddedRefusal = 'database-engine-missing' | 'database-folder-closed' | 'database-did-not-start';

/** Of PostgreSQL's own start, crash recovery included; a week of WAL replays in less. */
const startTimeoutMs = 30_000;
const stopTimeoutMs = 20_000;
const pollMs = 20;
/** A database that ends this often in one life of the server has a cause that starting it again does not cure. */
const restartsMax = 20;
const restartPauseMs = 500;
const socketFolderPrefix = 'qorgan-db-';

const ownerShape = z.strictObject({ user: z.string(), password: z.string() });
type Owner = z.infer<typeof ownerShape>;

type Place = {
  readonly folder: string;
  readonly data: string;
  readonly engine: PostgresEngine;
  readonly user: SystemUser | undefined;
};

function spawnOptions(place: Place) {
  const environment = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC', ...place.engine.environment };
  return { cwd: place.folder, env: environment, ...place.user };
}

function giveToUser(path: string, user: SystemUser | undefined): void {
  if (user !== undefined) chownSync(path, user.uid, user.gid);
}

/** Local connections only, by password only; there is no network listener at all. */
const accessRules = 'local all all scram-sha-256\n';

/** Durability first: what is acknowledged has been flushed. TLS is for networks, and this has none. */
const settings = `
listen_addresses = ''
ssl = off
fsync = on
full_page_writes = on
synchronous_commit = on
password_encryption = scram-sha-256
max_connections = 40
shared_buffers = 64MB
max_wal_size = 512MB
log_destination = stderr
log_min_messages = warning
log_statement = none
log_min_error_statement = panic
log_parameter_max_length_on_error = 0
`;

async function createCluster(place: Place): Promise<void> {
  const { data, engine, folder, user } = place;
  rmSync(data, { recursive: true, force: true });
  const owner: Owner = {
    user: `owner_${randomBytes(6).toString('hex')}`,
    password: randomBytes(24).toString('base64url'),
  };
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, owner.password, { mode: 0o600, flag: 'w' });
  giveToUser(passwordFile, user);
  try {
    const flags = [
      '-D',
      data,
      '-U',
      owner.user,
      '--auth=scram-sha-256',
      `--pwfile=${passwordFile}`,
      '--data-checksums',
      '--encoding=UTF8',
      '--no-locale',
    ];
    await run(join(engine.binFolder, 'initdb'), flags, spawnOptions(place));
  } finally {
    rmSync(passwordFile, { force: true });
  }
  writeFileSync(join(data, 'pg_hba.conf'), accessRules);
  writeFileSync(join(data, 'postgresql.conf'), settings);
  writeFileSync(join(folder, 'owner.json'), JSON.stringify(owner), { mode: 0o600 });
  syncFolder(folder);
  // Only now the cluster counts as made: a crash before this line starts over.
  writeFileSync(join(folder, 'created'), '', { mode: 0o600, flush: true });
  syncFolder(folder);
}

function isOurs(pid: number, data: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(data);
  } catch {
    return false;
  }
}

async function waitForEnd(isAlive: () => boolean, timeoutMs: number): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < timeoutMs; waitedMs += pollMs) {
    if (!isAlive()) return true;
    await sleep(pollMs);
  }
  return !isAlive();
}

/** A server that was killed leaves its database running; two of them on one folder would be worse than a late start. */
async function endLeftover(data: string): Promise<void> {
  const file = join(data, 'postmaster.pid');
  if (!existsSync(file)) return;
  const lines = readFileSync(file, 'utf8').split('\n');
  const pid = Number(lines[0]);
  const socketFolder = lines[4] ?? '';
  if (basename(socketFolder).startsWith(socketFolderPrefix)) rmSync(socketFolder, { recursive: true, force: true });
  if (!Number.isSafeInteger(pid) || pid <= 1 || !isOurs(pid, data)) return;
  process.kill(pid, 'SIGINT');
  if (await waitForEnd(() => isOurs(pid, data), stopTimeoutMs)) return;
  process.kill(pid, 'SIGQUIT');
  await waitForEnd(() => isOurs(pid, data), stopTimeoutMs);
}

/** Line 1 of `postmaster.pid` is the process, line 8 its state; a file of an earlier life names another process. */
function isReady(data: string, pid: number | undefined): boolean {
  const file = join(data, 'postmaster.pid');
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  return Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
}

async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGINT');
  if (!(await waitForEnd(() => child.exitCode === null && child.signalCode === null, stopTimeoutMs)))
    child.kill('SIGQUIT');
}

type Supervised = { readonly isReady: () => Promise<boolean>; readonly stop: () => Promise<void> };

/** Keeps the database running: one that ends by itself is started again after a pause, until it is stopped. */
function supervise(place: Place, socketFolder: string): Supervised {
  const log = openSync(join(place.folder, 'postgres.log'), 'a', 0o600);
  let isStopping = false;
  let restarts = 0;
  let timer: NodeJS.Timeout | undefined;
  let child = start();

  function start(): ChildProcess {
    const started = spawn(join(place.engine.binFolder, 'postgres'), ['-D', place.data, '-k', socketFolder], {
      ...spawnOptions(place),
      stdio: ['ignore', log, log],
    });
    started.on('error', () => undefined);
    started.on('exit', () => {
      if (isStopping || restarts >= restartsMax) return;
      restarts += 1;
      timer = setTimeout(() => {
        child = start();
      }, restartPauseMs);
    });
    return started;
  }

  return {
    isReady: () => waitForEnd(() => !isReady(place.data, child.pid), startTimeoutMs),
    stop: async () => {
      isStopping = true;
      clearTimeout(timer);
      await stopProcess(child);
      closeSync(log);
    },
  };
}

/** Another living process of ours runs this database: we join its door and leave the rest to it. */
function attach(folder: string, owner: Owner): EmbeddedPostgres | undefined {
  const file = join(folder, 'data', 'postmaster.pid');
  if (!isHeld(join(folder, 'supervisor.json')) || !existsSync(file)) return undefined;
  const lines = readFileSync(file, 'utf8').split('\n');
  const host = lines[4] ?? '';
  return {
    owner: { host, user: owner.user, password: owner.password, database: 'postgres' },
    isAlone: false,
    stop: async () => undefined,
  };
}

/**
 * Starts the bundled PostgreSQL on `folder` (made on first use, 0700): a Unix socket in a private folder is its only
 * door, its owner has a random name and password. Where another process of ours runs it already, that one is joined.
 * Ready for sessions on return.
 */
export async function startEmbeddedPostgres(folder: string): Promise<Result<EmbeddedPostgres, EmbeddedRefusal>> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const engine = bundledEngine(folder);
  if (engine === undefined) return refuse('database-engine-missing');
  const user = databaseUser();
  if (user !== undefined && closedFolderAbove(folder) !== undefined) return refuse('database-folder-closed');
  giveToUser(folder, user);
  const place: Place = { folder, data: join(folder, 'data'), engine, user };
  if (!existsSync(join(folder, 'created'))) await createCluster(place);
  const owner = ownerShape.parse(JSON.parse(readFileSync(join(folder, 'owner.json'), 'utf8')));
  const joined = attach(folder, owner);
  if (joined !== undefined) return ok(joined);
  const holdFile = join(folder, 'supervisor.json');
  hold(holdFile);
  await endLeftover(place.data);
  // Socket paths are limited to 107 bytes, so the socket stands in a short private folder of its own.
  const socketFolder = mkdtempSync(join(tmpdir(), socketFolderPrefix));
  giveToUser(socketFolder, user);
  const supervised = supervise(place, socketFolder);
  if (!(await supervised.isReady())) {
    await supervised.stop();
    releaseHold(holdFile);
    rmSync(socketFolder, { recursive: true, force: true });
    return refuse('database-did-not-start');
  }
  return ok({
    owner: { host: socketFolder, user: owner.user, password: owner.password, database: 'postgres' },
    isAlone: true,
    stop: async () => {
      await supervised.stop();
      releaseHold(holdFile);
      rmSync(socketFolder, { recursive: true, force: true });
    },
  });
}
