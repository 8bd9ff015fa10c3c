import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { packageFiles } from '../../core/log-package/index.ts';
import { filesUnder, hashOf } from '../../server/package-folder/index.ts';
import type { Findings } from './findings.ts';

/** The order in which the files of a package are listed: by the names of their folders, then by their own. */
function isBefore(one: string, other: string): boolean {
  const [a, b] = [one.split('/'), other.split('/')];
  const at = a.findIndex((name, i) => name !== b[i]);
  return at >= 0 && (a[at] ?? '') < (b[at] ?? '');
}

async function* listedIn(file: string): AsyncGenerator<readonly [hash: string, path: string] | undefined> {
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: 0 })) {
    const { hash, path } = /^(?<hash>[0-9a-f]{64}) {2}(?<path>[A-Za-z0-9./_-]+)$/u.exec(line)?.groups ?? {};
    yield hash === undefined || path === undefined ? undefined : [hash, path];
  }
}

/** Compares every file with its hash: none altered, none missing, none that is not listed. */
export async function checkSums(folder: string, { find }: Findings): Promise<number> {
  const { sums } = packageFiles;
  const files = filesUnder(folder);
  const next = (): string | undefined => {
    for (const path of { [Symbol.iterator]: () => ({ next: () => files.next() }) }) if (path !== sums) return path;
    return undefined;
  };
  let checked = 0;
  let here = next();
  for await (const listed of listedIn(join(folder, sums))) {
    if (listed === undefined) {
      find('sums-malformed', sums);
      continue;
    }
    const [hash, path] = listed;
    for (; here !== undefined && isBefore(here, path); here = next()) find('file-unlisted', here);
    if (here !== path) {
      find('file-missing', path);
      continue;
    }
    if ((await hashOf(join(folder, path))) !== hash) find('file-altered', path);
    checked += 1;
    here = next();
  }
  for (; here !== undefined; here = next()) find('file-unlisted', here);
  return checked;
}
