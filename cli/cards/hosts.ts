import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { cardModulesFile, deviceHost, type DeviceHostConfiguration } from '../../contracts/device-host/index.ts';
import { hostEnvironment, superviseHost, type SupervisedHost } from '../../main/hosts/index.ts';

/** The Node that runs this program runs the hosts too; their files lie beside it, in a source tree as in a package. */
export const hostFiles = {
  nodeFile: process.execPath,
  deviceHostFile: resolve(import.meta.dirname, '../../native/device-host/boot.ts'),
  vaultHostFile: resolve(import.meta.dirname, '../../native/vault-host/boot.ts'),
} as const;

const openSc = '/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so';

/** Which PKCS#11 modules read cards: the first `cards.json` that is there, or OpenSC. A file that is none is a bug of its writer and thrown. */
export function cardModules(files: readonly string[]): DeviceHostConfiguration['modules'] {
  const file = [...files, '/etc/qorgan/cards.json'].find((path) => existsSync(path));
  if (file !== undefined) return cardModulesFile.parse(JSON.parse(readFileSync(file, 'utf8'))).modules;
  return existsSync(openSc) ? [{ id: 'opensc', path: openSc, environment: {} }] : [];
}

export type CardHost = SupervisedHost<typeof deviceHost>;

/** Starts the process that speaks to cards; the caller closes it. */
export function openCardHost(modules: DeviceHostConfiguration['modules']): CardHost {
  return superviseHost({
    contract: deviceHost,
    nodeFile: hostFiles.nodeFile,
    file: hostFiles.deviceHostFile,
    environment: hostEnvironment(process.env),
    configuration: { modules },
    timers: {
      nowMs: () => performance.now(),
      after: (delayMs, run) => {
        const timer = setTimeout(run, delayMs);
        return () => clearTimeout(timer);
      },
    },
    jitter: Math.random,
    newIncidentId: randomUUID,
    log: () => undefined,
  });
}
