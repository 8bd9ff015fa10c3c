import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/** The C compiler of this machine, where there is one. */
export const compiler = ['/usr/bin/cc', '/usr/bin/gcc'].find((file) => existsSync(file));

/** Compiles the module that misbehaves; its environment says how. */
export function compileFaultyModule(file: string): void {
  if (compiler === undefined) throw new Error('there is no C compiler');
  const includes = resolve(import.meta.dirname, '../../node_modules/pkcs11js/includes');
  const source = resolve(import.meta.dirname, 'faulty-module.c');
  execFileSync(compiler, ['-shared', '-fPIC', '-I', includes, '-o', file, source]);
}
