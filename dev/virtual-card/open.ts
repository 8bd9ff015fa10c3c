import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { hostEnvironment, superviseHost, type HostTimers, type SupervisedHost } from '../../main/hosts/index.ts';
import { virtualReader, type VirtualReaderContract } from './contract.ts';
import { openScModuleFile } from './reader-service.ts';

export type VirtualReader = {
  /** Its verbs insert and remove cards, and break them on demand. */
  readonly host: SupervisedHost<VirtualReaderContract>;
  readonly modulePath: string;
  /** For the module's entry in the device host's configuration: makes OpenSC see this reader and no other. */
  readonly environment: { readonly PCSCLITE_CSOCK_NAME: string };
  close(): Promise<void>;
};

/**
 * Starts a virtual reader with a smart-card service of its own; nothing of the machine's is touched. `directory` takes its socket:
 * a short path, since Unix sockets allow about 100 characters.
 */
export async function openVirtualReader(options: {
  readonly directory: string;
  readonly timers: HostTimers;
}): Promise<VirtualReader> {
  mkdirSync(options.directory, { recursive: true, mode: 0o700 });
  const host = superviseHost({
    contract: virtualReader,
    nodeFile: process.execPath,
    file: resolve(import.meta.dirname, 'boot.ts'),
    environment: hostEnvironment(process.env),
    configuration: () => ({ directory: options.directory }),
    timers: options.timers,
    jitter: () => 0,
    newIncidentId: randomUUID,
    log: (entry) => {
      if (entry.kind === 'output') process.stderr.write(`${entry.line}\n`);
    },
  });
  const described = await host.call('describe', {});
  if (!described.ok) {
    await host.close();
    throw new Error(`the virtual reader did not start: ${described.refusal.code}`);
  }
  return {
    host,
    modulePath: openScModuleFile,
    environment: { PCSCLITE_CSOCK_NAME: described.value.socketFile },
    close: () => host.close(),
  };
}

export type CardKeyKind = 'rsa-2048' | 'p256' | 'p384';

/** A key for a virtual card: the private half to put in, the public half (DER of SubjectPublicKeyInfo) to have certified. */
export function makeCardKey(kind: CardKeyKind): { readonly privateKeyDer: Uint8Array; readonly spki: Uint8Array } {
  const { privateKey, publicKey } =
    kind === 'rsa-2048'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: kind === 'p256' ? 'P-256' : 'P-384' });
  return {
    privateKeyDer: new Uint8Array(privateKey.export({ type: 'pkcs8', format: 'der' })),
    spki: new Uint8Array(publicKey.export({ type: 'spki', format: 'der' })),
  };
}
