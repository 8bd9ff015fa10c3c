import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import {
  deviceHost,
  type DeviceHostContract,
  type Pkcs11ModuleConfiguration,
  type TokenState,
} from '../../contracts/device-host/index.ts';
import {
  realTimers,
  hostEnvironment,
  superviseCardHost,
  type HostLogEntry,
  type SupervisedHost,
} from '../../main/hosts/index.ts';

export type CardHost = SupervisedHost<DeviceHostContract> & { readonly entries: readonly HostLogEntry[] };

export type CardHostOptions = {
  readonly modules: readonly Pkcs11ModuleConfiguration[];
  /** Replaces the patience of every verb, for modules that hang on purpose. */
  readonly timeoutMs?: number;
};

function impatient(timeoutMs: number): DeviceHostContract {
  const verbs = Object.entries(deviceHost.verbs).map(([name, verb]) => [name, { ...verb, timeoutMs }] as const);
  return { ...deviceHost, verbs: Object.fromEntries(verbs) as unknown as DeviceHostContract['verbs'] };
}

/** The real device host, supervised as the application does it. */
export function startCardHost({ modules, timeoutMs }: CardHostOptions): CardHost {
  const entries: HostLogEntry[] = [];
  const host = superviseCardHost({
    contract: timeoutMs === undefined ? deviceHost : impatient(timeoutMs),
    nodeFile: process.execPath,
    file: resolve(import.meta.dirname, '../../native/device-host/boot.ts'),
    environment: hostEnvironment(process.env),
    modules,
    pollEveryMs: 100,
    timers: realTimers,
    jitter: () => 0.5,
    newIncidentId: randomUUID,
    log: (entry) => entries.push(entry),
    limits: { restartDelayFirstMs: 20 },
  });
  return Object.assign(host, { entries });
}

/** The first card that the host sees, once it sees one. A reader takes about two seconds to recognise a card. */
export async function firstToken(host: CardHost): Promise<TokenState> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const listing = await host.call('tokens.list', {});
    const token = listing.ok ? listing.value.tokens[0] : undefined;
    if (token !== undefined) return token;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error('no card was seen');
}
