import type { Logger } from 'pino';
import type { Registry, ServerPin } from '../accounts/index.ts';
import type { ServiceHealth } from '../authorities/index.ts';
import type { ActChecker } from '../checks/index.ts';
import type { Intake } from '../intake/index.ts';
import type { Platform } from '../platform/index.ts';

/** What the doors work with. */
export type DoorContext = {
  readonly platform: Platform;
  readonly registry: Registry;
  readonly checker: ActChecker;
  readonly intake: Intake;
  /** How the services of authorities answer; empty where none is asked. */
  readonly watching: () => readonly ServiceHealth[];
  readonly pin: ServerPin;
  readonly log: Logger;
  readonly version: string;
};
