import { existsSync } from 'node:fs';
import { SetUpError } from '../commands.mjs';
import { node24 } from '../paths.mjs';
import { preparePkcs11, preparePostgres } from './addons.mjs';
import { prepareElectron } from './electron.mjs';

export { developmentVersion, electronRuntime, releaseVersion } from './electron.mjs';
export { canSandbox, nobody } from './sandbox.mjs';

/** Brings the runtime of the product up to date: Node, PostgreSQL, the PKCS#11 addon, Electron. */
export async function prepareRuntime() {
  if (!existsSync(node24)) {
    throw new SetUpError(
      'The pinned Node is missing from node_modules: this works on Linux x64 only, after `npm ci --ignore-scripts`.',
    );
  }
  preparePostgres();
  await preparePkcs11();
  return prepareElectron();
}
