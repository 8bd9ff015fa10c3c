import type { KeyObject } from 'node:crypto';
import type { PlatformId } from '../../core/kernel/index.ts';
import type { NoteKey } from '../../core/log/index.ts';
import type { Profile } from '../../core/signing/index.ts';
import type { Keyring } from '../keys/index.ts';
import type { CosignedLog } from '../cosigning/index.ts';
import type { Database, SubjectKeys } from '../store/index.ts';

/** Clock and chance, passed in so that a test can play a day; the real ones are made in `server/boot`. */
export type Surroundings = {
  readonly nowMs: () => number;
  readonly randomBytes: (size: number) => Buffer;
  /** Random UUID (version 4). */
  readonly uuid: () => string;
};

/** Who this platform is; stamped into its database once and pinned by every workstation. */
export type Identity = {
  readonly platform: PlatformId;
  readonly profile: Profile;
  readonly logOrigin: string;
  readonly operatorName: string;
  readonly url: string;
};

/** The Ed25519 key that signs documents: records, policies, bundles and promises. */
export type DocumentKey = { readonly privateKey: KeyObject; readonly publicKey: Uint8Array; readonly id: string };

/** What is needed to record documents, with or without the log at hand. */
export type Desk = {
  readonly identity: Identity;
  readonly documentKey: DocumentKey;
  /** Ed25519: what every receipt is verified by. */
  readonly logKey: NoteKey;
  readonly logMlDsa44Key: NoteKey;
  readonly database: Database;
  readonly subjectKeys: SubjectKeys;
  readonly keyring: Keyring;
  readonly surroundings: Surroundings;
  /** Order in which leaves wait for their index: rising within this process and, by the clock, across its lives. */
  readonly nextOrdinal: () => number;
};

/** The log as far as whoever only reads needs it: the running one, or what is published. */
export type LogReader = Pick<CosignedLog, 'size' | 'readEntries' | 'readHashes' | 'indexOf'> & {
  readonly tree: Pick<CosignedLog['tree'], 'rootAt'>;
};

/** A platform to be read, by its server or beside it. */
export type ReadPlatform = Desk & { readonly log: LogReader };

/** What every part of the running platform works with. */
export type Platform = Desk & {
  readonly log: CosignedLog;
  /** The witness policy that new workstations pin. */
  readonly witnesses: { readonly threshold: number; readonly keys: readonly string[] };
};
