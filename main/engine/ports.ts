import type { Result, Secret } from '../../core/kernel/index.ts';
import type { Pkcs11ModuleConfiguration } from '../../contracts/device-host/index.ts';
import type { AppView, OperatorEvent, PromptView } from '../../contracts/ipc/index.ts';
import type { HostLogEntry } from '../hosts/index.ts';
import type { MachinePosture } from '../posture/index.ts';

/** Time of this machine. `monotonicMs` never jumps; it counts from the start of the process. */
export type Clock = { nowMs(): number; monotonicMs(): number };

/** What the person typed into the sealed prompt. The engine wipes the secrets once the attempt is over. */
export type PromptAnswer = {
  readonly pin: Secret<'pin'> | null;
  readonly password: Secret<'password'> | null;
  /** The password before, where both are needed: to change it, or where vault and server do not have the same. */
  readonly formerPassword: Secret<'password'> | null;
  readonly newRecognitionPhrase: string | null;
  /** As it was typed, where the person was given one for his first password. */
  readonly activationCode: string | null;
};

/**
 * One sealed question to the person. `view` is asked again before each showing, since attempts left change. `attempt` runs for
 * each answer: a refusal stays in the window and the person may try again, a value closes it.
 */
export type PromptQuestion<T> = {
  readonly view: () => Promise<PromptView>;
  readonly attempt: (answer: PromptAnswer) => Promise<Result<T>>;
};

export type PromptPort = {
  /** Answers `cancelled` when the person closed it, `prompt-open` while another is open. */
  ask<T>(question: PromptQuestion<T>): Promise<Result<T>>;
  /** A card came or went: what stands open asks its `view` again. */
  changed?(): void;
  /** Closes what stands open, once an attempt that runs is over; it answers `cancelled`. */
  cancel?(): void;
};

export type Preferences = AppView['preferences'];

/** What the engine tells its log: names and numbers, never what a person typed, read or is called. */
export type EngineLogEntry =
  | { readonly kind: 'host'; readonly entry: HostLogEntry }
  | { readonly kind: 'sync-failed'; readonly code: string }
  | { readonly kind: 'upload-failed'; readonly code: string }
  | { readonly kind: 'alarm'; readonly code: string }
  | { readonly kind: 'locked'; readonly code: string }
  | { readonly kind: 'bug'; readonly incidentId: string; readonly where: string; readonly stack: string };

/** Everything that the workstation needs from the world, handed in by `main/boot`, `cli` or a test. */
export type WorkstationOptions = {
  /** Private folder of this workstation; made with mode 0700 when absent. */
  readonly directory: string;
  /** The pinned Node and the files of the two hosts. */
  readonly nodeFile: string;
  readonly deviceHostFile: string;
  readonly vaultHostFile: string;
  readonly modules: readonly Pkcs11ModuleConfiguration[];
  readonly clock: Clock;
  /** Names this start of the machine or, where that is unknown, of the process. */
  readonly bootId: string;
  readonly random: (sizeBytes: number) => Uint8Array;
  /** Uniform in [0, 1). */
  readonly chance: () => number;
  readonly prompt: PromptPort;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  /** What the machine under `directory` says of itself; never throws, and takes seconds at the most. */
  readonly posture: () => Promise<MachinePosture>;
  /** `import-station` for `qorgan case import`, which enrols as a device of its own. */
  readonly kind: 'workstation' | 'import-station';
  /** Root sees through file modes and the browser's sandbox: a production vault is then refused with `root-in-production`. */
  readonly isRoot: boolean;
  /** When the hosts may take the processor; at once where absent. */
  readonly hostsMayStart?: Promise<void>;
  readonly log: (entry: EngineLogEntry) => void;
};

export type EngineEvent = OperatorEvent;
