import { readdirSync } from 'node:fs';
import { posix } from 'node:path';
import { root } from '../../build/paths.mjs';
import { violation, type Law, type SourceFile, type Violation } from './source.ts';

/** Who may climb out of the repository, and why. */
const climbers: Readonly<Record<string, string>> = {
  'tests/shared-data.ts': 'the one resolver of optional test data',
  'cli/boot/qorgan.mjs': 'in the installed package it lies one folder deeper',
};

const systemPlaces = ['bin', 'dev', 'etc', 'lib', 'lib64', 'opt', 'proc', 'run', 'sbin', 'sys', 'tmp', 'usr', 'var'];
// Addresses of the server and of the pages look like absolute paths and are none.
const ownAddresses = ['v1', 'queue', 'journal', 'boot'];
// `/no/such/file` is absent everywhere, which is its purpose.
const absent = ['no'];
const allowed = new Set([...systemPlaces, ...ownAddresses, ...absent]);

// A path begins where a word could: not inside an address, a relative path or an expression. Its second part tells it from a
// regular expression, which is followed by its flags alone.
const absolutePath =
  /(?<=^|[\s"'`(=:,[|<>])\/(?<top>[\p{L}_.][\p{L}\p{N}_.-]*)\/(?![dgimsuvy]{1,4}(?![\p{L}\p{N}_./-]))[\p{L}\p{N}_.-]+/gmu;
const relativePath = /(?:\.\.\/)+(?<first>[\p{L}\p{N}_.-]*)/gu;

const made = ['node_modules', 'dist', 'out', '.runtime', '.data', 'coverage'];
const insiders = new Set([...readdirSync(root), ...made]);

/** Whether a relative path ends outside the repository, or in a folder of it that there is not. */
function isOutside(file: SourceFile, path: string): boolean {
  const [top = '', ...rest] = posix.join(posix.dirname(file.path), path).split('/');
  return top === '..' || (rest.length === 0 && top !== '' && top !== '.' && !insiders.has(top));
}

/** The repository stands alone: it names no place outside of it, but for the usual ones of any Debian. */
export const noOutside: Law = (file) => {
  if (file.path.startsWith('tests/architecture/')) return [];
  const found: Violation[] = [];
  for (const match of file.text.matchAll(absolutePath))
    if (!allowed.has(match.groups?.['top'] ?? ''))
      found.push(violation(file, match.index, `a path outside the repository: ${match[0]}`));
  if (file.path in climbers) return found;
  for (const match of file.text.matchAll(relativePath))
    if (isOutside(file, match[0])) found.push(violation(file, match.index, `it leads outside: ${match[0]}`));
  return found;
};
