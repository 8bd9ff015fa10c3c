import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cardModulesFile } from '../../contracts/device-host/index.ts';
import type { WorkstationOptions } from '../engine/index.ts';

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
    return cardModulesFile.parse(JSON.parse(readFileSync(file, 'utf8'))).modules;
  }
  const path = knownModules.find((file) => existsSync(file));
  return path === undefined ? [] : [{ id: 'opensc', path, environment: {} }];
}
