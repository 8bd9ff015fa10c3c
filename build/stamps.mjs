// A stamp remembers from which inputs a step was last finished, so that a step whose inputs stand is skipped.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runtimeFolder } from './paths.mjs';

const fileOf = (name) => join(runtimeFolder, 'stamps', name);

export const hashOf = (...parts) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex');
};

export const isStamped = (name, inputs) => {
  try {
    return readFileSync(fileOf(name), 'utf8') === inputs;
  } catch {
    return false;
  }
};

export const stamp = (name, inputs) => {
  mkdirSync(join(runtimeFolder, 'stamps'), { recursive: true });
  writeFileSync(fileOf(name), inputs);
};

export const unstamp = (name) => rmSync(fileOf(name), { force: true });
