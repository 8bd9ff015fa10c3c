import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFiles } from '../../../core/log-package/index.ts';
import { sha256Hex } from '../../../eds/index.ts';
import { filesUnder } from '../../../server/package-folder/index.ts';

/** What somebody does who changed a file of a package and hopes that nobody looks further than the hashes. */
export function sumAgain(place: string): void {
  const lines = [...filesUnder(place)]
    .filter((path) => path !== packageFiles.sums)
    .map((path) => `${sha256Hex(readFileSync(join(place, path)))}  ${path}\n`);
  writeFileSync(join(place, packageFiles.sums), lines.join(''));
}
