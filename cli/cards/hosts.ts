import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { deviceHost, type Pkcs11ModuleConfiguration } from '../../contracts/device-host/index.ts';
import {
  hostEnvironment,
  realTimers,
  superviseCardHost,
  superviseHost,
  type HostLimits,
  type SupervisedHost,
} from '../../main/hosts/index.ts';

/** The Node that runs this program runs the hosts too; their files lie beside it, in a source tree as in a package. */
export const hostFiles = {
  nodeFile: process.execPath,
  deviceHostFile: resolve(import.meta.dirname, '../../native/device-host/boot.ts'),
  vaultHostFile: resolve(import.meta.dirname, '../../native/vault-host/boot.ts'),
} as const;

export type CardHost = SupervisedHost<typeof deviceHost>;

const supervision = {
  contract: deviceHost,
  nodeFile: hostFiles.nodeFile,
  file: hostFiles.deviceHostFile,
  timers: realTimers,
  jitter: Math.random,
  newIncidentId: randomUUID,
  log: () => undefined,
} as const;

/** Starts the process that speaks to cards; the caller closes it. */
export function openCardHost(modules: readonly Pkcs11ModuleConfiguration[]): CardHost {
  return superviseCardHost({ ...supervision, environment: hostEnvironment(process.env), modules });
}

/** Whoever waits for a head is told of a library that hangs before he gives up himself. */
const tokenHostLimits: Partial<HostLimits> = { queueWaitMaxMs: 5_000, startMaxMs: 5_000 };
/** Nobody waits for the token: a call finds it or does not. */
const tokenPollEveryMs = 60_000;

/**
 * Starts the process that loads the library of the token with the key of a log; the caller closes it. There is no other module for which
 * this one would be set aside: each life tries it again.
 */
export function openTokenHost(module: Pkcs11ModuleConfiguration): CardHost {
  return superviseHost({
    ...supervision,
    environment: hostEnvironment(process.env),
    configuration: () => ({ modules: [module], mayWaitForSlots: false, pollEveryMs: tokenPollEveryMs }),
    limits: tokenHostLimits,
  });
}
