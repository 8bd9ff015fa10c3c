import type { Logger } from 'pino';
import type { Registry, ServerPin } from '../accounts/index.ts';
import type { ServiceHealth } from '../authorities/index.ts';
import type { ActChecker } from '../checks/index.ts';
import type { MirrorHealth } from '../cosigning/index.ts';
import type { Evidence } from '../evidence/index.ts';
import type { Intake } from '../intake/index.ts';
import type { Platform } from '../platform/index.ts';
import type { TrustedProxies } from './client-address.ts';

/** The mirrors that the operator named; nobody where he named none. */
export type NamedMirrors = {
  /** What each vouched for. */
  readonly health: () => readonly MirrorHealth[];
  /** The door key of one. */
  readonly doorOf: (id: string) => { readonly publicKey: Uint8Array } | undefined;
};

/** What the doors work with. */
export type DoorContext = {
  readonly platform: Platform;
  readonly registry: Registry;
  readonly checker: ActChecker;
  readonly intake: Intake;
  readonly evidence: Evidence;
  /** How the services of authorities answer; empty where none is asked. */
  readonly watching: () => readonly ServiceHealth[];
  readonly mirrors: NamedMirrors;
  /** Addresses of witnesses that vouched for another tree than this one. */
  readonly witnessConflicts: () => readonly string[];
  readonly proxies: TrustedProxies;
  readonly pin: ServerPin;
  readonly log: Logger;
  readonly version: string;
};
