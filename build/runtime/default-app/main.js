// Loads the application named on the command line: `electron [flags] [-r module]… <folder | file>`.
// Electron's own loader is not part of the archive that the development runtime is assembled from.
// An ES module on purpose: only a pending top-level `await` holds back `ready` until the application has
// registered its schemes, which Electron refuses afterwards.
import { app } from 'electron/main';
import { existsSync, readFileSync } from 'node:fs';
import { Module } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

function readArguments(words) {
  const preloads = [];
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i];
    if (word === '-r' || word === '--require') preloads.push(words[(i += 1)]);
    else if (!word.startsWith('-')) return { preloads, target: word };
  }
  return { preloads, target: undefined };
}

function introduce(folder) {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return undefined;
  const described = JSON.parse(readFileSync(file, 'utf8'));
  if (described.version) app.setVersion(described.version);
  app.setName(described.productName ?? described.name ?? app.getName());
  return folder;
}

const { preloads, target } = readArguments(process.argv.slice(1));
if (target === undefined) {
  process.stderr.write('usage: electron [-r module] <application folder or file>\n');
  process.exit(1);
}
if (preloads.length > 0) Module._preloadModules(preloads);
Object.defineProperty(process, 'defaultApp', { enumerable: true, value: true });

const folder = resolve(target);
const described = introduce(folder);
try {
  const entry = Module._resolveFilename(folder, null, true);
  app.setAppPath(described ?? dirname(entry));
  await import(pathToFileURL(entry).href);
} catch (error) {
  process.stderr.write(`The application at ${folder} could not be loaded:\n${error?.stack ?? error}\n`);
  process.exit(1);
}
