import { resolve } from 'node:path';
import type { Result } from '../../core/kernel/index.ts';
import {
  createWorkstation,
  thisMachine,
  type EngineLogEntry,
  type PromptPort,
  type Workstation,
  type WorkstationOptions,
} from '../../main/engine/index.ts';
import type { SoftHsmStore } from '../softhsm/index.ts';

const root = resolve(import.meta.dirname, '../..');

/** A workstation on real hosts, with a played person at its prompt. */
export function openWorkstation(options: {
  readonly directory: string;
  readonly store: SoftHsmStore;
  /** Modules beside the store's. */
  readonly otherModules?: WorkstationOptions['modules'];
  readonly prompt: PromptPort;
  readonly kind?: WorkstationOptions['kind'];
  readonly log?: (entry: EngineLogEntry) => void;
  /** What the machine says of itself, where a test plays it. */
  readonly posture?: WorkstationOptions['posture'];
}): Workstation {
  const { store, otherModules = [], log = () => undefined } = options;
  return createWorkstation({
    ...thisMachine(options.directory),
    ...(options.posture === undefined ? {} : { posture: options.posture }),
    directory: options.directory,
    nodeFile: process.execPath,
    deviceHostFile: resolve(root, 'native/device-host/boot.ts'),
    vaultHostFile: resolve(root, 'native/vault-host/boot.ts'),
    modules: [{ id: 'softhsm', path: store.modulePath, environment: store.environment }, ...otherModules],
    prompt: options.prompt,
    version: '0.1.0',
    kind: options.kind ?? 'workstation',
    log,
  });
}

/** The id by which the picker names the signing certificate of this person's card. */
export async function certificateOf(
  workstation: Workstation,
  person: { readonly tokenLabel: string },
): Promise<string> {
  const certificates = await workstation.certificates();
  const found = certificates.ok
    ? certificates.value.find(({ tokenLabel }) => tokenLabel === person.tokenLabel)
    : undefined;
  if (found === undefined) throw new Error('the card is not in');
  return found.id;
}

/** Waits for what the background does; bounded, so that a fault is a failure and not a hang. */
export async function until(isSo: () => boolean | Promise<boolean>, waitMaxMs = 20_000): Promise<void> {
  const startedAtMs = performance.now();
  while (!(await isSo())) {
    if (performance.now() - startedAtMs > waitMaxMs) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Throws with the code where something was refused that the script of a demo or test counts on. */
export function must<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(`refused: ${result.refusal.code} ${JSON.stringify(result.refusal.details ?? {})}`);
}
