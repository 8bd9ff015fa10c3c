import { argon2Sync, createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod';
import { ok, refuse, Secret, type Result } from '../../core/kernel/index.ts';

const sealedShape = z.strictObject({
  salt: z.base64(),
  nonce: z.base64(),
  tag: z.base64(),
  memoryKiB: z.int(),
  passes: z.int(),
});
const keyFileShape = z.strictObject({
  form: z.literal('qorgan.key-file/1'),
  kind: z.string(),
  /** The key itself, or its ciphertext where `sealed` says how the passphrase opens it. */
  bytes: z.base64(),
  sealed: sealedShape.nullable(),
});

/** Argon2id costs of RFC 9106's second recommendation: a server starts seldom. */
const memoryKiB = 65_536;
const passes = 3;

function wrappingKey(
  passphrase: Secret<'passphrase'>,
  cost: { salt: Uint8Array; memoryKiB: number; passes: number },
): Uint8Array {
  return passphrase.use((message) =>
    argon2Sync('argon2id', {
      message,
      nonce: cost.salt,
      parallelism: 1,
      tagLength: 32,
      memory: cost.memoryKiB,
      passes: cost.passes,
    }),
  );
}

/** Makes directory entries of `path` durable. */
export function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** Replaces a file: the old one or the new one survives any crash. Durable on return. */
export function replaceFile(path: string, text: string, mode: number): void {
  const draft = `${path}.new`;
  const file = openSync(draft, 'w', mode);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
  syncFolder(dirname(path));
}

/**
 * Writes a key into a new file that only its owner reads (0600), durable on return. Never overwrites: an existing key
 * is `platform-key-exists`, since losing one is worse than any start that fails.
 */
export function writeKeyFile(options: {
  readonly path: string;
  readonly kind: string;
  readonly bytes: Uint8Array;
  readonly passphrase?: Secret<'passphrase'> | undefined;
}): Result<null, 'platform-key-exists'> {
  const { path, kind, bytes, passphrase } = options;
  if (existsSync(path)) return refuse('platform-key-exists');
  let content = Buffer.from(bytes);
  let sealed: z.infer<typeof sealedShape> | null = null;
  if (passphrase !== undefined) {
    const salt = randomBytes(16);
    const nonce = randomBytes(12);
    const key = wrappingKey(passphrase, { salt, memoryKiB, passes });
    const cipher = createCipheriv('aes-256-gcm', key, nonce);
    key.fill(0);
    cipher.setAAD(Buffer.from(kind));
    content = Buffer.concat([cipher.update(content), cipher.final()]);
    const tag = cipher.getAuthTag().toString('base64');
    sealed = { salt: salt.toString('base64'), nonce: nonce.toString('base64'), tag, memoryKiB, passes };
  }
  const file = openSync(path, 'wx', 0o600);
  try {
    writeSync(
      file,
      `${JSON.stringify({ form: 'qorgan.key-file/1', kind, bytes: content.toString('base64'), sealed })}\n`,
    );
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  syncFolder(dirname(path));
  return ok(null);
}

/** Reads a key; `kind` must be the one that was written. A sealed file without its passphrase, or with another, is refused. */
export function readKeyFile<Kind extends string>(options: {
  readonly path: string;
  readonly kind: Kind;
  readonly passphrase?: Secret<'passphrase'> | undefined;
}): Result<
  Secret<Kind>,
  'platform-key-absent' | 'platform-key-malformed' | 'platform-key-sealed' | 'platform-key-passphrase-wrong'
> {
  const { path, kind, passphrase } = options;
  if (!existsSync(path)) return refuse('platform-key-absent');
  const parsed = keyFileShape.safeParse(parseJson(readFileSync(path, 'utf8')));
  if (!parsed.success || parsed.data.kind !== kind) return refuse('platform-key-malformed');
  const { bytes, sealed } = parsed.data;
  const content = Buffer.from(bytes, 'base64');
  if (sealed === null) return ok(new Secret(kind, content));
  if (passphrase === undefined) return refuse('platform-key-sealed');
  const salt = Buffer.from(sealed.salt, 'base64');
  const key = wrappingKey(passphrase, { ...sealed, salt });
  const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(sealed.nonce, 'base64'));
  key.fill(0);
  decipher.setAAD(Buffer.from(kind));
  decipher.setAuthTag(Buffer.from(sealed.tag, 'base64'));
  try {
    return ok(new Secret(kind, Buffer.concat([decipher.update(content), decipher.final()])));
  } catch {
    return refuse('platform-key-passphrase-wrong');
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
