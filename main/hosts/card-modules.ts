import { existsSync, readFileSync } from 'node:fs';
import { cardModulesFile, type Pkcs11ModuleConfiguration } from '../../contracts/device-host/index.ts';

/** Where distributions put the module that reads most cards. */
const knownModules = [
  '/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so',
  '/usr/lib/x86_64-linux-gnu/pkcs11/opensc-pkcs11.so',
  '/usr/lib64/pkcs11/opensc-pkcs11.so',
  '/usr/lib64/opensc-pkcs11.so',
];

/**
 * The PKCS#11 modules that read cards: of the first of these files that is there, then of `/etc/qorgan/cards.json`, then OpenSC
 * where the distribution has it. Whoever writes such a file chooses which library reads cards: the folder of a profile is private,
 * `/etc` is root's. A file that is none is a bug of its writer and thrown.
 */
export function cardModules(files: readonly string[]): readonly Pkcs11ModuleConfiguration[] {
  const file = [...files, '/etc/qorgan/cards.json'].find((path) => existsSync(path));
  if (file !== undefined) return cardModulesFile.parse(JSON.parse(readFileSync(file, 'utf8'))).modules;
  const path = knownModules.find((known) => existsSync(known));
  return path === undefined ? [] : [{ id: 'opensc', path, environment: {} }];
}
