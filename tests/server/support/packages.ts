import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { packageFiles } from '../../../core/log-package/index.ts';
import { sha256Hex } from '../../../eds/index.ts';
import { filesUnder } from '../../../server/package-folder/index.ts';

const program = resolve(import.meta.dirname, '../../../cli/boot/index.ts');

/** Writes a package of these entries by the command, as another process: a server of this one goes on meanwhile. */
export async function exportPackage(directory: string, out: string, from: number, to: number): Promise<void> {
  const range = ['--from', String(from), '--to', String(to)];
  const words = ['log', 'export', '--directory', directory, '--out', out, ...range, '--json'];
  const env = { PATH: process.env['PATH'] ?? '', LANG: 'en_GB.UTF-8' };
  const child = spawn(process.execPath, [program, ...words], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const exit = await new Promise((done) => child.on('close', done));
  if (exit !== 0) throw new Error(`log export ended with ${String(exit)}`);
}

/** What somebody does who changed a file of a package and hopes that nobody looks further than the hashes. */
export function sumAgain(place: string): void {
  const lines = [...filesUnder(place)]
    .filter((path) => path !== packageFiles.sums)
    .map((path) => `${sha256Hex(readFileSync(join(place, path)))}  ${path}\n`);
  writeFileSync(join(place, packageFiles.sums), lines.join(''));
}
