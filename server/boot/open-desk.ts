import { join } from 'node:path';
import { ok, refuse, type PlatformId, type Result, type Secret } from '../../core/kernel/index.ts';
import { logOrigin } from '../../core/log/index.ts';
import type { Profile } from '../../core/signing/index.ts';
import { openTokenKeys, type StartDeviceHost, type TokenKeys } from '../keys/index.ts';
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
  /** Of the token that holds the key of the log, where one does; wiped when the platform is closed. */
  readonly logKeyPin?: Secret<'log-key-pin'> | undefined;
  /** Starts the process that loads the library of such a token. */
  readonly startDeviceHost?: StartDeviceHost | undefined;
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
  | 'database-did-not-start'
  | 'leaves-unsigned';

/** A platform whose store and keys are open, without its log. */
export type OpenDesk = {
  readonly desk: Desk;
  /** Closing it ends the processes of tokens too. */
  readonly store: OpenStore;
  readonly tokens: TokenKeys;
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
  const tokens = openTokenKeys(place.startDeviceHost, place.logKeyPin);
  const opened = await openWith(place, profile, tokens);
  if (!opened.ok) await tokens.close();
  return opened;
}

async function openWith(
  place: PlatformPlace,
  profile: Profile | undefined,
  tokens: TokenKeys,
): Promise<Result<OpenDesk, OpenRefusal>> {
  const keyFolder = join(place.directory, folders.keys);
  if (!hasKeys(keyFolder)) return refuse('platform-absent');
  const keys = readKeys(keyFolder, { passphrase: place.passphrase, tokens });
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
  const close = async (): Promise<void> => {
    await tokens.close();
    await store.value.close();
  };
  const signer = signerOf(logKeys, desk.identity.logOrigin);
  return ok({ desk, store: { ...store.value, close }, tokens, logKeys, signer });
}
