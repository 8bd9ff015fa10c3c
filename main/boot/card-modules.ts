import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { WorkstationOptions } from '../engine/index.ts';

const configurationSchema = z.strictObject({
  modules: z
    .array(
      z.strictObject({ id: z.string(), path: z.string(), environment: z.record(z.string(), z.string()).optional() }),
    )
    .max(16),
});

/** Where distributions put the module that reads most cards. */
const knownModules = [
  '/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so',
  '/usr/lib/x86_64-linux-gnu/pkcs11/opensc-pkcs11.so',
  '/usr/lib64/pkcs11/opensc-pkcs11.so',
  '/usr/lib64/opensc-pkcs11.so',
];

/**
 * The PKCS#11 modules: `cards.json` of the profile folder, then of `/etc/qorgan`, then OpenSC where the distribution has it. Whoever
 * writes these files chooses which library reads cards: the folder is private, `/etc` is root's.
 */
export function configuredModules(directory: string): WorkstationOptions['modules'] {
  for (const file of [join(directory, 'cards.json'), '/etc/qorgan/cards.json']) {
    if (!existsSync(file)) continue;
    const { modules } = configurationSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    return modules.map(({ id, path, environment = {} }) => ({ id, path, environment }));
  }
  const path = knownModules.find((file) => existsSync(file));
  return path === undefined ? [] : [{ id: 'opensc', path, environment: {} }];
}
