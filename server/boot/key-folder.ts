import { createPrivateKey, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { ok, type Result, type Secret } from '../../core/kernel/index.ts';
import { noteKey, noteKeyTypes, type NoteKey } from '../../core/log/index.ts';
import { sha256 } from '../../eds/index.ts';
import {
  createKeyring,
  tokenKeyPlace,
  readKeyFile,
  signingKey,
  syncFolder,
  writeKeyFile,
  type Keyring,
  type SigningKey,
  type TokenKeyPlace,
  type TokenKeyRefusal,
  type TokenKeys,
} from '../keys/index.ts';
import { logSigner, type LogSigner } from '../log/index.ts';
import { documentKeyOf, type DocumentKey } from '../platform/index.ts';

export type KeyRefusal =
  | 'platform-key-absent'
  | 'platform-key-malformed'
  | 'platform-key-sealed'
  | 'platform-key-passphrase-wrong';

/** The keys by which the log signs its heads: Ed25519 for every receipt, ML-DSA-44 beside it. */
export type LogKeys = { readonly ed25519: SigningKey; readonly mlDsa44: SigningKey };

/** The secrets of a platform. */
export type PlatformKeys = {
  readonly documentKey: DocumentKey;
  readonly log: LogKeys;
  readonly keyring: Keyring;
};

type Passphrase = Secret<'passphrase'> | undefined;

const files = { document: 'document.key', data: 'data.key' } as const;
const logFiles = { ed25519: 'log.key', mlDsa44: 'log-ml-dsa-44.key' } as const;
/** Keys that are made and take over once the log names them. */
const nextLogFiles = { ed25519: 'log.next.key', mlDsa44: 'log-ml-dsa-44.next.key' } as const;
const logKinds = { ed25519: 'log-private-key', mlDsa44: 'log-ml-dsa-44-private-key' } as const;

/** What lies in the place of a private key that is in a token. */
const tokenKeyKind = 'log-token-key';
const tokenKeyShape = z.strictObject({ ...tokenKeyPlace.shape, publicKey: z.base64() });

const bytesOf = ({ privateKey }: { readonly privateKey: KeyObject }): Buffer =>
  privateKey.export({ format: 'der', type: 'pkcs8' });

function makeKey(path: string, kind: string, passphrase: Passphrase, make: () => Buffer): void {
  if (existsSync(path)) return;
  const bytes = make();
  writeKeyFile({ path, kind, bytes, passphrase });
  bytes.fill(0);
}

type LogFiles = Readonly<Record<keyof typeof logFiles, string>>;

function makeLogKeys(folder: string, names: LogFiles, passphrase: Passphrase): void {
  makeKey(join(folder, names.ed25519), logKinds.ed25519, passphrase, () => bytesOf(generateKeyPairSync('ed25519')));
  makeKey(join(folder, names.mlDsa44), logKinds.mlDsa44, passphrase, () => bytesOf(generateKeyPairSync('ml-dsa-44')));
}

/** Where the Ed25519 key of the log is to lie in a token, and how that is reached. */
export type WishedToken = { readonly place: TokenKeyPlace; readonly tokens: TokenKeys };

/** Has the token make the key, or takes the one that is there, and writes down where it is; an existing key stays what it is. */
async function makeTokenKey(
  path: string,
  passphrase: Passphrase,
  { place, tokens }: WishedToken,
): Promise<Result<null, TokenKeyRefusal>> {
  if (existsSync(path)) return ok(null);
  const publicKey = await tokens.ensure(place);
  if (!publicKey.ok) return publicKey;
  const text = JSON.stringify({ ...place, publicKey: Buffer.from(publicKey.value).toString('base64') });
  makeKey(path, tokenKeyKind, passphrase, () => Buffer.from(text));
  return ok(null);
}

/** Names the key in a token that will be the log's. Durable on return; the folder is made. */
export function ensureTokenKey(
  folder: string,
  passphrase: Passphrase,
  wish: WishedToken,
): Promise<Result<null, TokenKeyRefusal>> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return makeTokenKey(join(folder, logFiles.ed25519), passphrase, wish);
}

/** As `ensureTokenKey`, of the key that will take over. */
export function ensureNextTokenKey(
  folder: string,
  passphrase: Passphrase,
  wish: WishedToken,
): Promise<Result<null, TokenKeyRefusal>> {
  return makeTokenKey(join(folder, nextLogFiles.ed25519), passphrase, wish);
}

/** Makes the keys that are missing (each 0600, sealed where a passphrase is given); an interrupted start is so taken up again. */
export function ensureKeys(folder: string, passphrase: Passphrase): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  makeKey(join(folder, files.document), 'document-private-key', passphrase, () =>
    bytesOf(generateKeyPairSync('ed25519')),
  );
  makeLogKeys(folder, logFiles, passphrase);
  makeKey(join(folder, files.data), 'data-wrapping-key', passphrase, () => randomBytes(32));
}

function readPrivateKey(path: string, kind: string, passphrase: Passphrase): Result<KeyObject, KeyRefusal> {
  const secret = readKeyFile({ path, kind, passphrase });
  if (!secret.ok) return secret;
  const key = secret.value.use((bytes) => createPrivateKey({ key: Buffer.from(bytes), format: 'der', type: 'pkcs8' }));
  secret.value.wipe();
  return ok(key);
}

/** What opens the secrets of a platform. */
export type Openers = { readonly passphrase: Passphrase; readonly tokens: TokenKeys };

function readEd25519(path: string, { passphrase, tokens }: Openers): Result<SigningKey, KeyRefusal> {
  const key = readPrivateKey(path, logKinds.ed25519, passphrase);
  if (key.ok) return ok(signingKey(key.value));
  if (key.refusal.code !== 'platform-key-malformed') return key;
  const named = readKeyFile({ path, kind: tokenKeyKind, passphrase });
  if (!named.ok) return named;
  const { publicKey, ...place } = named.value.use((bytes) =>
    tokenKeyShape.parse(JSON.parse(Buffer.from(bytes).toString('utf8'))),
  );
  named.value.wipe();
  return ok(tokens.signingKey(place, Buffer.from(publicKey, 'base64')));
}

function readLogKeys(folder: string, names: LogFiles, openers: Openers): Result<LogKeys, KeyRefusal> {
  const ed25519 = readEd25519(join(folder, names.ed25519), openers);
  if (!ed25519.ok) return ed25519;
  const mlDsa44 = readPrivateKey(join(folder, names.mlDsa44), logKinds.mlDsa44, openers.passphrase);
  return mlDsa44.ok ? ok({ ed25519: ed25519.value, mlDsa44: signingKey(mlDsa44.value) }) : mlDsa44;
}

/** Makes the keys that will take over, where they are not there yet. Durable on return. */
export function ensureNextLogKeys(folder: string, passphrase: Passphrase): void {
  makeLogKeys(folder, nextLogFiles, passphrase);
}

/** The keys that wait to take over. Of a pair that was half moved into place, the ML-DSA-44 key is the present one already. */
export function readNextLogKeys(folder: string, openers: Openers): Result<LogKeys | undefined, KeyRefusal> {
  if (!existsSync(join(folder, nextLogFiles.ed25519))) return ok(undefined);
  const isHalfMoved = !existsSync(join(folder, nextLogFiles.mlDsa44));
  return readLogKeys(folder, { ...nextLogFiles, ...(isHalfMoved ? { mlDsa44: logFiles.mlDsa44 } : {}) }, openers);
}

/** Puts the next keys in the place of the present ones, which are gone then. Durable on return; it may be cut off anywhere and repeated. */
export function installNextLogKeys(folder: string, atHalf: () => void): void {
  const install = (kind: keyof typeof logFiles): void => {
    const next = join(folder, nextLogFiles[kind]);
    if (existsSync(next)) renameSync(next, join(folder, logFiles[kind]));
    syncFolder(folder);
  };
  install('mlDsa44');
  atHalf();
  install('ed25519');
}

/** True where a platform was made in the folder. */
export function hasKeys(folder: string): boolean {
  return existsSync(join(folder, files.document));
}

/** The secrets by which records are read and judged: without those of the log nothing can be signed by it. */
export type RecordKeys = Pick<PlatformKeys, 'documentKey' | 'keyring'>;

/** Opens the keys that reading needs. */
export function readRecordKeys(folder: string, passphrase: Passphrase): Result<RecordKeys, KeyRefusal> {
  const document = readPrivateKey(join(folder, files.document), 'document-private-key', passphrase);
  if (!document.ok) return document;
  const data = readKeyFile({ path: join(folder, files.data), kind: 'data-wrapping-key', passphrase });
  return data.ok ? ok({ documentKey: documentKeyOf(document.value), keyring: createKeyring(data.value) }) : data;
}

/** Opens the keys. */
export function readKeys(folder: string, openers: Openers): Result<PlatformKeys, KeyRefusal> {
  const log = readLogKeys(folder, logFiles, openers);
  if (!log.ok) return log;
  const records = readRecordKeys(folder, openers.passphrase);
  return records.ok ? ok({ ...records.value, log: log.value }) : records;
}

/** The public keys under whose name the log signs: the origin. */
export function logKeysOf(
  keys: LogKeys,
  origin: string,
): { readonly logKey: NoteKey; readonly logMlDsa44Key: NoteKey } {
  const { ed25519, mlDsa44 } = keys;
  return {
    logKey: noteKey(sha256, { name: origin, publicKey: ed25519.publicKey }),
    logMlDsa44Key: noteKey(sha256, { name: origin, publicKey: mlDsa44.publicKey, type: noteKeyTypes.subtree }),
  };
}

/** Signs heads by the keys of a platform. */
export function signerOf(keys: LogKeys, origin: string): LogSigner {
  const { logKey, logMlDsa44Key } = logKeysOf(keys, origin);
  return logSigner({
    ed25519: { key: logKey, sign: keys.ed25519.sign },
    mlDsa44: { key: logMlDsa44Key, sign: keys.mlDsa44.sign },
  });
}
