import type { Logger } from 'pino';
import type { Registry, ServerPin } from '../accounts/index.ts';
import type { ServiceHealth } from '../authorities/index.ts';
import type { ActChecker } from '../checks/index.ts';
import type { MirrorHealth } from '../cosigning/index.ts';
import type { Evidence } from '../evidence/index.ts';
import type { Intake } from '../intake/index.ts';
import type { Platform } from '../platform/index.ts';

/** What the doors work with. */
export type DoorContext = {
  readonly platform: Platform;
  readonly registry: Registry;
  readonly checker: ActChecker;
  readonly intake: Intake;
  readonly evidence: Evidence;
  /** How the services of authorities answer; empty where none is asked. */
  readonly watching: () => readonly ServiceHealth[];
  /** What mirrors of the log vouched for; empty where none is named. */
  readonly mirrors: () => readonly MirrorHealth[];
  readonly pin: ServerPin;
  readonly log: Logger;
  readonly version: string;
};
