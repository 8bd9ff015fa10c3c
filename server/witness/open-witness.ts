import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ok, refuse, type Result } from '../../core/kernel/index.ts';
import { formatNoteKey, noteKey, noteKeyTypes, parseNoteKey, type NoteKey } from '../../core/log/index.ts';
import { sha256 } from '../../eds/index.ts';
import { readKeyFile, replaceFile, syncFolder, writeKeyFile } from '../keys/index.ts';
import { openLogKeyring, type LogKeyring } from './follow-key.ts';
import { openHeads, type Heads } from './heads.ts';

type Signer = { readonly key: NoteKey; readonly sign: (message: string | Uint8Array) => Uint8Array };

/** A witness of logs: its keys, the logs that it knows, and the heads that it vouched for. */
export type Witness = {
  readonly signers: readonly Signer[];
  readonly logs: readonly NoteKey[];
  /** Those, and the keys that took over from them with a proof. */
  readonly logKeys: LogKeyring;
  readonly heads: Heads;
  readonly nowMs: () => number;
};

/** Ed25519 for those who verify by it today, ML-DSA-44 as C2SP recommends; the raw key is the end of its SubjectPublicKeyInfo. */
const kinds = [
  { kind: 'ed25519', type: noteKeyTypes.cosignature, sizeBytes: 32 },
  { kind: 'ml-dsa-44', type: noteKeyTypes.subtree, sizeBytes: 1_312 },
] as const;
const logsMax = 64;
const names = { keys: 'keys', publicKeys: 'witness.keys', logs: 'logs', heads: 'heads' } as const;

const fileOf = (folder: string, kind: string): string => join(folder, names.keys, `${kind}.json`);

function publicKeyOf(key: KeyObject, sizeBytes: number): Uint8Array {
  return Uint8Array.from(createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-sizeBytes));
}

/**
 * Makes a witness in a folder: private keys (0600) that are never overwritten, the public keys to hand out, an empty list of
 * logs. Durable on return; answers the public keys as C2SP vkey texts.
 */
export function initWitness(folder: string, name: string): Result<readonly string[], 'platform-key-exists'> {
  for (const part of [names.keys, names.heads]) mkdirSync(join(folder, part), { recursive: true, mode: 0o700 });
  const texts: string[] = [];
  for (const { kind, type, sizeBytes } of kinds) {
    const { privateKey } = kind === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ml-dsa-44');
    const bytes = privateKey.export({ format: 'der', type: 'pkcs8' });
    const written = writeKeyFile({ path: fileOf(folder, kind), kind: `witness-${kind}`, bytes });
    bytes.fill(0);
    if (!written.ok) return written;
    texts.push(formatNoteKey(noteKey(sha256, { name, type, publicKey: publicKeyOf(privateKey, sizeBytes) })));
  }
  replaceFile(join(folder, names.publicKeys), `${texts.join('\n')}\n`, 0o644);
  writeFileSync(join(folder, names.logs), '', { mode: 0o644, flag: 'a' });
  syncFolder(folder);
  return ok(texts);
}

export type OpenWitnessRefusal =
  | 'platform-key-absent'
  | 'platform-key-malformed'
  | 'platform-key-sealed'
  | 'platform-key-passphrase-wrong'
  | 'log-key-malformed';

function linesOf(path: string): readonly string[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
}

function openSigner(
  folder: string,
  { kind, type, sizeBytes }: (typeof kinds)[number],
): Result<Signer, OpenWitnessRefusal> {
  const secret = readKeyFile({ path: fileOf(folder, kind), kind: `witness-${kind}` });
  if (!secret.ok) return secret;
  const privateKey = secret.value.use((key) =>
    createPrivateKey({ key: Buffer.from(key), format: 'der', type: 'pkcs8' }),
  );
  secret.value.wipe();
  const publicKey = publicKeyOf(privateKey, sizeBytes);
  const keys = linesOf(join(folder, names.publicKeys)).map((text) => parseNoteKey(sha256, text));
  const found = keys.find((key) => key.ok && key.value.type === type);
  if (found?.ok !== true || !Buffer.from(publicKey).equals(found.value.publicKey))
    return refuse('platform-key-malformed');
  return ok({ key: found.value, sign: (message) => sign(null, Buffer.from(message), privateKey) });
}

/**
 * Opens the witness of a folder. The logs that it knows stand in the file `logs`, one vkey a line; an origin may have
 * several keys. `nowMs` dates the cosignatures.
 */
export function openWitness(folder: string, nowMs: () => number): Result<Witness, OpenWitnessRefusal> {
  const signers: Signer[] = [];
  for (const kind of kinds) {
    const signer = openSigner(folder, kind);
    if (!signer.ok) return signer;
    signers.push(signer.value);
  }
  const logs: NoteKey[] = [];
  for (const line of linesOf(join(folder, names.logs))) {
    const key = parseNoteKey(sha256, line);
    if (!key.ok || key.value.type !== noteKeyTypes.ed25519 || logs.length === logsMax)
      return refuse('log-key-malformed');
    logs.push(key.value);
  }
  return ok({
    signers,
    logs,
    logKeys: openLogKeyring(folder, logs),
    heads: openHeads(join(folder, names.heads)),
    nowMs,
  });
}
