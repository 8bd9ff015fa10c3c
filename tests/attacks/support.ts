import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';

/** A database superuser: the password and the socket of the embedded database, as whoever owns the machine finds them. */
export async function asSuperuser<T>(
  platform: { readonly directory: string },
  run: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const folder = join(platform.directory, 'database', 'postgres');
  const owner = JSON.parse(readFileSync(join(folder, 'owner.json'), 'utf8')) as { user: string; password: string };
  const host = readFileSync(join(folder, 'data', 'postmaster.pid'), 'utf8').split('\n')[4] ?? '';
  const client = new pg.Client({ host, ...owner, database: 'postgres' });
  await client.connect();
  try {
    return await run(client);
  } finally {
    await client.end();
  }
}
