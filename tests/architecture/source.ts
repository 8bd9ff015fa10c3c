import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { parseSync, type Program } from 'oxc-parser';
import { root } from '../../build/paths.mjs';

/** One file of the tree, its path relative to the root with forward slashes. */
export type SourceFile = { readonly path: string; readonly text: string };

/** Something that a law forbids, with the line where it stands. */
export type Violation = { readonly path: string; readonly line: number; readonly what: string };

/** Looks at one file and says what it breaks. */
export type Law = (file: SourceFile) => readonly Violation[];

const leftOut = new Set(['node_modules', 'dist', 'out', '.git', '.runtime', '.data', 'coverage']);
const vendored = ['build/types/'];
const textExtensions = new Set([
  '.ts',
  '.tsx',
  '.mts',
  '.mjs',
  '.cjs',
  '.js',
  '.json',
  '.md',
  '.yml',
  '.yaml',
  '.css',
  '.html',
  '.sql',
  '.sh',
  '.c',
  '.h',
  '.service',
  '.txt',
  '.desktop',
  '',
]);
const codeExtensions = new Set(['.ts', '.tsx', '.mts', '.mjs', '.cjs', '.js']);

function* walk(folder: string): Generator<string> {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    // In a second work tree of git, `.git` is a file.
    if (leftOut.has(entry.name)) continue;
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      yield* walk(path);
    } else if (entry.isFile() && !vendored.some((prefix) => path.startsWith(prefix))) yield path;
  }
}

/** Every text file of the tree, but for what is installed, built or vendored. */
export function readTree(): readonly SourceFile[] {
  return [...walk('')]
    .filter((path) => textExtensions.has(extname(path)) && path !== 'package-lock.json')
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

export const isCode = ({ path }: SourceFile): boolean => codeExtensions.has(extname(path)) && !/\.d\.m?ts$/u.test(path);
export const isTest = (path: string): boolean => /\.test\.tsx?$/u.test(path) || path.startsWith('tests/');
/** Configuration of a tool: it imports the tool and exports as the tool wants. */
export const isConfiguration = (path: string): boolean =>
  ['vitest.config.ts', 'renderer/vite.config.ts'].includes(path);
export const topOf = (path: string): string => path.split('/')[0] ?? '';

/** What a person at the desk or the server runs: no tests, no development tools, no build scripts. */
export const isProduct = (path: string): boolean =>
  !isTest(path) && path.includes('/') && !['dev', 'tests', 'build', 'docs', '.ci'].includes(topOf(path));

const parsed = new WeakMap<SourceFile, Program>();

/** The syntax tree of a code file; a file that cannot be read is a failure of the check itself. */
export function programOf(file: SourceFile): Program {
  const known = parsed.get(file);
  if (known !== undefined) return known;
  const result = parseSync(file.path, file.text, { astType: 'ts' });
  if (result.errors.length > 0) throw new Error(`${file.path} cannot be parsed: ${result.errors[0]?.message ?? ''}`);
  parsed.set(file, result.program);
  return result.program;
}

export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let i = text.indexOf('\n'); i >= 0 && i < offset; i = text.indexOf('\n', i + 1)) line += 1;
  return line;
}

export function violation(file: SourceFile, offset: number, what: string): Violation {
  return { path: file.path, line: lineAt(file.text, offset), what };
}

/** For messages of failed tests: one violation a line, as `path:line what`. */
export const printed = (violations: readonly Violation[]): string =>
  violations.map(({ path, line, what }) => `${path}:${line} ${what}`).join('\n');
