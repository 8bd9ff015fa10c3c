import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as z from 'zod';
import { deviceHost, type Pkcs11ModuleConfiguration } from '../../contracts/device-host/index.ts';
import { hostEnvironment, superviseCardHost, type SupervisedHost } from '../../main/hosts/index.ts';

/** The Node that runs this program runs the hosts too; their files lie beside it, in a source tree as in a package. */
export const hostFiles = {
  nodeFile: process.execPath,
  deviceHostFile: resolve(import.meta.dirname, '../../native/device-host/boot.ts'),
  vaultHostFile: resolve(import.meta.dirname, '../../native/vault-host/boot.ts'),
} as const;

const configuration = z.strictObject({
  modules: z
    .array(
      z.strictObject({ id: z.string(), path: z.string(), environment: z.record(z.string(), z.string()).default({}) }),
    )
    .max(16),
});

const openSc = '/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so';

/** Which PKCS#11 modules read cards: the first `cards.json` that is there, or OpenSC. A file that is none is a bug of its writer and thrown. */
export function cardModules(files: readonly string[]): readonly Pkcs11ModuleConfiguration[] {
  const file = [...files, '/etc/qorgan/cards.json'].find((path) => existsSync(path));
  if (file !== undefined) return configuration.parse(JSON.parse(readFileSync(file, 'utf8'))).modules;
  return existsSync(openSc) ? [{ id: 'opensc', path: openSc, environment: {} }] : [];
}

export type CardHost = SupervisedHost<typeof deviceHost>;

/** Starts the process that speaks to cards; the caller closes it. */
export function openCardHost(modules: readonly Pkcs11ModuleConfiguration[]): CardHost {
  return superviseCardHost({
    contract: deviceHost,
    nodeFile: hostFiles.nodeFile,
    file: hostFiles.deviceHostFile,
    environment: hostEnvironment(process.env),
    modules,
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
