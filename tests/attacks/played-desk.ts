import { randomBytes } from 'node:crypto';
import { member } from '../../dev/demo/index.ts';
import { sha256Hex } from '../../eds/index.ts';
import { firstState, type Engine } from '../../main/engine/context.ts';
import type { WorkstationOptions } from '../../main/engine/ports.ts';
import { ServerClock } from '../../main/engine/server-clock.ts';

/** Whom a shift of a played desk is of; no server knows his card. */
export const bearer = {
  iin: member('reviewer').iin,
  signer: { sha256: sha256Hex('certificate') },
  restriction: null,
  terms: { endsAtMs: null, review: null },
} as const;

/** Nothing of the machine could be found out. */
const unknownMachine = {
  ...{ system: null, patchedAtMs: null, antivirus: null },
  ...{ isDiskEncrypted: null, remoteControl: null },
};

/** What a played desk lacks: whoever asks it learns that, and not `undefined`. */
function lacking<T extends object>(what: string): T {
  const absent = (): never => {
    throw new Error(`a played desk has no ${what}`);
  };
  return new Proxy({} as T, { get: absent });
}

type Played = {
  /** The vault, or whoever answers in its place. */
  readonly vault: { readonly call: unknown };
  readonly options?: Partial<Pick<WorkstationOptions, 'clock' | 'log' | 'chance'>>;
};

/** The engine of a desk without windows, cards and files: the state of a start, and a vault that the test hands in. */
export function playedEngine({ vault, options }: Played): Engine {
  const clock = options?.clock ?? { nowMs: () => Date.now(), monotonicMs: () => performance.now() };
  return {
    options: {
      ...{ directory: '', nodeFile: '', deviceHostFile: '', vaultHostFile: '', modules: [], bootId: '' },
      ...{ environment: {}, version: '1.0.0', kind: 'workstation', isRoot: false },
      random: (size) => randomBytes(size),
      chance: Math.random,
      posture: () => Promise.resolve(unknownMachine),
      log: () => undefined,
      prompt: lacking('prompt'),
      ...options,
      clock,
    },
    files: lacking('files'),
    devices: lacking('cards'),
    vault: vault as Engine['vault'],
    serverClock: new ServerClock(clock),
    state: firstState({
      preferences: { locale: 'kk', colourScheme: 'auto', density: 'compact' },
      vaultExists: true,
    }),
    ...{ emit: () => undefined, kickSync: () => undefined, kickUploads: () => undefined, lock: () => undefined },
  };
}
