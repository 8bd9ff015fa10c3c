import { randomBytes, randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { createWorkstation, type EngineLogEntry, type PromptPort, type Workstation, type WorkstationOptions } from '../../../main/engine/index.ts';
import type { SoftHsmStore } from '../../../dev/softhsm/index.ts';

const root = resolve(import.meta.dirname, '../../..');

/** A workstation on real hosts, with a played person at its prompt. */
export function openWorkstation(options: {
  readonly directory: string;
  readonly store: SoftHsmStore;
  readonly prompt: PromptPort;
  readonly kind?: WorkstationOptions['kind'];
  readonly log?: (entry: EngineLogEntry) => void;
}): Workstation {
  const { store, log = () => undefined } = options;
  return createWorkstation({
    directory: options.directory,
    nodeFile: process.execPath,
    deviceHostFile: resolve(root, 'native/device-host/boot.ts'),
    vaultHostFile: resolve(root, 'native/vault-host/boot.ts'),
    modules: [{ id: 'softhsm', path: store.modulePath, environment: store.environment }],
    clock: { nowMs: () => Date.now(), monotonicMs: () => performance.now() },
    bootId: randomUUID(),
    random: (sizeBytes) => new Uint8Array(randomBytes(sizeBytes)),
    chance: Math.random,
    prompt: options.prompt,
    environment: process.env,
    version: '0.1.0',
    kind: options.kind ?? 'workstation',
    isRoot: false,
    log,
  });
}
