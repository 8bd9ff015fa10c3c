import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import * as z from 'zod';
import { ok, refuse, type Result } from '../../core/kernel/index.ts';
import { openDatabase, type Database } from './database.ts';
import { isUpToDate, migrate } from './migrate.ts';
import { startEmbeddedPostgres, type EmbeddedRefusal } from './postgres/embedded.ts';

export type StoreProfile = 'embedded' | 'external';

/** The one store of the platform: a pool of the app role on tables that are up to date. */
export type Store = {
  readonly database: Database;
  readonly kind: StoreProfile;
  /** True where this process itself has started the database: no other was at it. */
  readonly isAlone: boolean;
  readonly close: () => Promise<void>;
};

/** A store that is also written. */
export type OpenStore = Store & {
  /** As the owner: rewrites the table of keys without its dead rows. The write-ahead log and backups keep what they have. */
  readonly compactKeys: () => Promise<void>;
};

export type OpenStoreOptions = {
  /** Private folder of the server; holds the embedded cluster, and the app role's password of an external one. */
  readonly folder: string;
  /** Owner of an external database (`postgres://…`); absent: the embedded one. */
  readonly databaseUrl?: string | undefined;
  readonly nowMs: number;
  readonly onStatement?: ((text: string) => void) | undefined;
};

const appShape = z.strictObject({ role: z.string(), password: z.string() });
type App = z.infer<typeof appShape>;

/** Role and password of the app, made once; a role name is known to a whole external cluster, so it is random. */
function appCredentials(folder: string): App {
  const file = join(folder, 'app-role.json');
  if (existsSync(file)) return appShape.parse(JSON.parse(readFileSync(file, 'utf8')));
  const app = { role: `qorgan_app_${randomBytes(6).toString('hex')}`, password: randomBytes(24).toString('hex') };
  writeFileSync(file, JSON.stringify(app), { mode: 0o600, flush: true });
  return app;
}

async function ensureRole(owner: Database, app: App): Promise<void> {
  const known = await sql`select 1 from pg_roles where rolname = ${app.role}`.execute(owner);
  if (known.rows.length > 0) return;
  // The password is hexadecimal of our own making, and a role statement takes no parameters.
  await sql`create role ${sql.id(app.role)} login password ${sql.lit(app.password)}`.execute(owner);
}

function withAppRole(url: string, app: App): string {
  const address = new URL(url);
  address.username = app.role;
  address.password = app.password;
  return address.href;
}

/** Opens the store and migrates it. The owner's connection is closed again: what serves requests is the app role. */
export async function openStore(
  options: OpenStoreOptions,
): Promise<Result<OpenStore, EmbeddedRefusal | 'leaves-unsigned'>> {
  const { folder, databaseUrl, nowMs, onStatement } = options;
  // The database's own user must pass through where the server is root (demonstration only); every file inside is 0600.
  mkdirSync(folder, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  const embedded = databaseUrl === undefined ? await startEmbeddedPostgres(join(folder, 'postgres')) : undefined;
  if (embedded?.ok === false) return embedded;
  const stop = embedded?.value.stop ?? (async () => undefined);
  try {
    const app = appCredentials(folder);
    const asOwner = async <T>(run: (owner: Database) => Promise<T>): Promise<T> => {
      const owner = openDatabase(embedded?.value.owner ?? { url: databaseUrl ?? '' }, { onStatement });
      try {
        return await run(owner);
      } finally {
        await owner.destroy();
      }
    };
    const migrated = await asOwner(async (owner) => {
      await ensureRole(owner, app);
      return migrate({ database: owner, appRole: app.role, nowMs });
    });
    if (!migrated.ok) {
      await stop();
      return migrated;
    }
    const address =
      embedded === undefined
        ? { url: withAppRole(databaseUrl ?? '', app) }
        : { ...embedded.value.owner, user: app.role, password: app.password };
    const database = openDatabase(address, { onStatement });
    const close = async (): Promise<void> => {
      await database.destroy();
      await stop();
    };
    const compactKeys = (): Promise<void> =>
      asOwner(async (owner) => {
        // Cannot run within a transaction; the checkpoint takes the old file from the disk.
        await sql`vacuum full subject_key`.execute(owner);
        await sql`checkpoint`.execute(owner);
      });
    const kind = embedded === undefined ? 'external' : 'embedded';
    return ok({ database, kind, isAlone: embedded?.value.isAlone ?? false, compactKeys, close });
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Opens the store as it is, for reading alone: no role is made, no table brought up to date (else `database-other-version`), and no statement
 * is given up for its time. An embedded database that nobody runs is started for it, and writes its own files as at every start.
 */
export async function openStoreToRead(
  options: Pick<OpenStoreOptions, 'folder' | 'databaseUrl'>,
): Promise<Result<Store, EmbeddedRefusal | 'platform-absent' | 'database-other-version'>> {
  const { folder, databaseUrl } = options;
  const cluster = join(folder, 'postgres');
  const roleFile = join(folder, 'app-role.json');
  const isThere = existsSync(roleFile) && (databaseUrl !== undefined || existsSync(join(cluster, 'created')));
  if (!isThere) return refuse('platform-absent');
  const embedded = databaseUrl === undefined ? await startEmbeddedPostgres(cluster) : undefined;
  if (embedded?.ok === false) return embedded;
  const app = appCredentials(folder);
  const address =
    embedded === undefined
      ? { url: withAppRole(databaseUrl ?? '', app) }
      : { ...embedded.value.owner, user: app.role, password: app.password };
  const database = openDatabase(address, { isAudit: true });
  const close = async (): Promise<void> => {
    await database.destroy();
    await embedded?.value.stop();
  };
  try {
    const kind = embedded === undefined ? 'external' : 'embedded';
    if (await isUpToDate(database)) return ok({ database, kind, isAlone: embedded?.value.isAlone ?? false, close });
  } catch (error) {
    await close();
    throw error;
  }
  await close();
  return refuse('database-other-version');
}
