// What a bundle is made from, as one hash: when it stands, and the output is there, there is nothing to do.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inRoot } from '../paths.mjs';
import { isStamped, stamp } from '../stamps.mjs';

const always = ['build/bundle', 'package-lock.json', 'tsconfig.base.json'];

function* filesUnder(path) {
  const entries = readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const file = join(path, entry.name);
    if (entry.isDirectory()) yield* filesUnder(file);
    else if (!/\.test\.tsx?$|\.md$/u.test(entry.name)) yield file;
  }
}

function hashOfInputs(paths) {
  const hash = createHash('sha256');
  const add = (file) => hash.update(file).update('\0').update(readFileSync(file)).update('\0');
  for (const path of [...always, ...paths]) {
    const full = inRoot(path);
    if (!existsSync(full)) continue;
    if (path.includes('.')) add(full);
    else for (const file of filesUnder(full)) add(file);
  }
  return hash.digest('hex');
}

/** Runs `make` unless the output was made from these very inputs. Says whether it ran. */
export async function unlessUnchanged({ name, inputs, outputs, make }) {
  const hash = hashOfInputs(inputs);
  const stampName = `bundle-${name}`;
  if (isStamped(stampName, hash) && outputs.every((output) => existsSync(inRoot(output)))) return false;
  await make();
  stamp(stampName, hash);
  return true;
}
