import { join } from 'node:path';
import { ok, refuse, type PlatformId, type Result, type Secret } from '../../core/kernel/index.ts';
import { logOrigin } from '../../core/log/index.ts';
import type { Profile } from '../../core/signing/index.ts';
import type { LogSigner } from '../log/index.ts';
import { createOrdinals, type Desk, type Identity, type Surroundings } from '../platform/index.ts';
import { openStore, openSubjectKeys, readPlatform, type OpenStore, type Row, type Store } from '../store/index.ts';
import {
  hasKeys,
  logKeysOf,
  readKeys,
  signerOf,
  type KeyRefusal,
  type LogKeys,
  type PlatformKeys,
} from './key-folder.ts';

/** Where a platform lives and how its secrets are opened. */
export type PlatformPlace = {
  /** Private folder: keys, the embedded database, the public files of the log. */
  readonly directory: string;
  /** Owner of an external PostgreSQL ≥ 15; absent: the embedded one. */
  readonly databaseUrl?: string | undefined;
  readonly passphrase?: Secret<'passphrase'> | undefined;
  readonly surroundings: Surroundings;
  /** Sees the text of every statement, never its values. */
  readonly onStatement?: ((text: string) => void) | undefined;
};

export type OpenRefusal =
  | KeyRefusal
  | 'platform-absent'
  | 'profile-differs'
  | 'database-engine-missing'
  | 'database-folder-closed'
  | 'database-did-not-start';

/** A platform whose store and keys are open, without its log. */
export type OpenDesk = {
  readonly desk: Desk;
  readonly store: OpenStore;
  readonly logKeys: LogKeys;
  readonly signer: LogSigner;
};

export const folders = { keys: 'keys', database: 'database', log: 'log', evidence: 'evidence' } as const;

function identityOf(row: Row<'platform'>): Identity {
  const { id, profile, log_origin: origin, operator_name: operatorName, url } = row;
  return { platform: id as PlatformId, profile: profile as Profile, logOrigin: origin, operatorName, url };
}

/** Joins an identity, open keys and an open store. */
export function makeDesk(options: {
  readonly identity: Identity;
  readonly keys: PlatformKeys;
  readonly store: Store;
  readonly surroundings: Surroundings;
}): Desk {
  const { identity, keys, store, surroundings } = options;
  return {
    identity,
    documentKey: keys.documentKey,
    ...logKeysOf(keys.log, identity.logOrigin),
    database: store.database,
    subjectKeys: openSubjectKeys(store.database, keys.keyring),
    keyring: keys.keyring,
    surroundings,
    nextOrdinal: createOrdinals(surroundings.nowMs),
  };
}

/** The stamp in the database must fit the keys beside it and itself: a demonstration can never be opened as production. */
function isStampRight(row: Row<'platform'>, keys: PlatformKeys, profile: Profile | undefined): boolean {
  const identity = identityOf(row);
  const isWanted = profile === undefined || identity.profile === profile;
  const isKey = row.document_key === Buffer.from(keys.documentKey.publicKey).toString('base64');
  return isWanted && isKey && identity.logOrigin === logOrigin(identity.profile, identity.platform);
}

/** Opens the store and keys of a platform that was initialised; `profile` is what the caller insists on. */
export async function openDesk(
  place: PlatformPlace,
  profile: Profile | undefined,
): Promise<Result<OpenDesk, OpenRefusal>> {
  const keyFolder = join(place.directory, folders.keys);
  if (!hasKeys(keyFolder)) return refuse('platform-absent');
  const keys = readKeys(keyFolder, place.passphrase);
  if (!keys.ok) return keys;
  const folder = join(place.directory, folders.database);
  const store = await openStore({
    folder,
    databaseUrl: place.databaseUrl,
    nowMs: place.surroundings.nowMs(),
    onStatement: place.onStatement,
  });
  if (!store.ok) return store;
  const row = await readPlatform(store.value.database);
  if (row === undefined || !isStampRight(row, keys.value, profile)) {
    await store.value.close();
    return refuse(row === undefined ? 'platform-absent' : 'profile-differs');
  }
  const desk = makeDesk({
    identity: identityOf(row),
    keys: keys.value,
    store: store.value,
    surroundings: place.surroundings,
  });
  const { log: logKeys } = keys.value;
  return ok({ desk, store: store.value, logKeys, signer: signerOf(logKeys, desk.identity.logOrigin) });
}
