import { createPrivateKey, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ok, type Result, type Secret } from '../../core/kernel/index.ts';
import { noteKey, type NoteKey } from '../../core/log/index.ts';
import { sha256 } from '../../eds/index.ts';
import { createKeyring, rawPublicKey, readKeyFile, writeKeyFile, type Keyring } from '../keys/index.ts';
import { documentKeyOf, type DocumentKey } from '../platform/index.ts';

export type KeyRefusal =
  | 'platform-key-absent'
  | 'platform-key-malformed'
  | 'platform-key-sealed'
  | 'platform-key-passphrase-wrong';

/** The three secrets of a platform. */
export type PlatformKeys = {
  readonly documentKey: DocumentKey;
  readonly logPrivateKey: KeyObject;
  readonly keyring: Keyring;
};

type Passphrase = Secret<'passphrase'> | undefined;

const files = { document: 'document.key', log: 'log.key', data: 'data.key' } as const;

function privateKeyBytes(): Uint8Array {
  return generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' });
}

/** Makes the keys that are missing (each 0600, sealed where a passphrase is given); an interrupted start is so taken up again. */
export function ensureKeys(folder: string, passphrase: Passphrase): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const make = (name: keyof typeof files, kind: string, bytes: () => Uint8Array): void => {
    const path = join(folder, files[name]);
    if (!existsSync(path)) writeKeyFile({ path, kind, bytes: bytes(), passphrase });
  };
  make('document', 'document-private-key', privateKeyBytes);
  make('log', 'log-private-key', privateKeyBytes);
  make('data', 'data-wrapping-key', () => randomBytes(32));
}

function readPrivateKey(path: string, kind: string, passphrase: Passphrase): Result<KeyObject, KeyRefusal> {
  const secret = readKeyFile({ path, kind, passphrase });
  if (!secret.ok) return secret;
  const key = secret.value.use((bytes) => createPrivateKey({ key: Buffer.from(bytes), format: 'der', type: 'pkcs8' }));
  secret.value.wipe();
  return ok(key);
}

/** Opens the keys. */
export function readKeys(folder: string, passphrase: Passphrase): Result<PlatformKeys, KeyRefusal> {
  const document = readPrivateKey(join(folder, files.document), 'document-private-key', passphrase);
  if (!document.ok) return document;
  const log = readPrivateKey(join(folder, files.log), 'log-private-key', passphrase);
  if (!log.ok) return log;
  const data = readKeyFile({ path: join(folder, files.data), kind: 'data-wrapping-key', passphrase });
  if (!data.ok) return data;
  return ok({
    documentKey: documentKeyOf(document.value),
    logPrivateKey: log.value,
    keyring: createKeyring(data.value),
  });
}

/** The key under whose name the log signs. */
export function logKeyOf(logPrivateKey: KeyObject, origin: string): NoteKey {
  return noteKey(sha256, { name: origin, publicKey: rawPublicKey(logPrivateKey) });
}
