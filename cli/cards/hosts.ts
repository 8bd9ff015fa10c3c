import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { deviceHost, type Pkcs11ModuleConfiguration } from '../../contracts/device-host/index.ts';
import { hostEnvironment, realTimers, superviseCardHost, type SupervisedHost } from '../../main/hosts/index.ts';

/** The Node that runs this program runs the hosts too; their files lie beside it, in a source tree as in a package. */
export const hostFiles = {
  nodeFile: process.execPath,
  deviceHostFile: resolve(import.meta.dirname, '../../native/device-host/boot.ts'),
  vaultHostFile: resolve(import.meta.dirname, '../../native/vault-host/boot.ts'),
} as const;

export type CardHost = SupervisedHost<typeof deviceHost>;

/** Starts the process that speaks to cards; the caller closes it. */
export function openCardHost(modules: readonly Pkcs11ModuleConfiguration[]): CardHost {
  return superviseCardHost({
    contract: deviceHost,
    nodeFile: hostFiles.nodeFile,
    file: hostFiles.deviceHostFile,
    environment: hostEnvironment(process.env),
    modules,
    timers: realTimers,
    jitter: Math.random,
    newIncidentId: randomUUID,
    log: () => undefined,
  });
}
