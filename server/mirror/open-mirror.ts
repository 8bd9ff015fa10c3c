import { createPrivateKey, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { ok, refuse, type Result } from '../../core/kernel/index.ts';
import { noteKeyTypes, parseNoteKey, type NoteKey } from '../../core/log/index.ts';
import { sha256 } from '../../eds/index.ts';
import { readKeyFile, replaceFile, syncFolder, writeKeyFile } from '../keys/index.ts';
import { openLogStore, type LogStore } from '../log/index.ts';
import { initWitness, openWitness, type OpenWitnessRefusal, type Witness } from '../witness/index.ts';
import { openAlarms, type Alarms } from './alarms.ts';

/** A mirror of one log: its own keys, everything of the log that it holds, and the newest head that it knows of. */
export type Mirror = {
  /** Folder of the sealed evidence. */
  readonly evidence: string;
  readonly origin: string;
  /** Keys of the log, all of one origin: a second one after a rotation. */
  readonly logKeys: readonly NoteKey[];
  readonly settings: MirrorSettings;
  readonly witness: Witness;
  readonly alarms: Alarms;
  /** Signs by the door key. */
  readonly signDoor: (message: string) => Uint8Array;
  /** What it holds; opened anew where a write had failed. */
  readonly store: () => LogStore;
  readonly close: () => void;
};

const doorKind = 'mirror-door';
const doorKeySizeBytes = 32;
const doorFile = (folder: string): string => join(folder, 'keys', 'door.json');

const settingsShape = z.strictObject({
  form: z.literal('qorgan.mirror/1'),
  /** Address of the platform; paths begin with `/v1/`. */
  url: z.url({ protocol: /^https?$/u }),
  /** By which name the platform knows its door key. */
  id: z.uuid(),
  /** The certificate (PEM) that the platform must show, or `null` where the authorities of this machine judge it. */
  certificate: z.string().max(65_536).nullable(),
});
export type MirrorSettings = z.output<typeof settingsShape>;

export const mirrorNames = {
  settings: 'mirror.json',
  log: 'log',
  evidence: 'evidence',
  alarms: 'alarms',
  logs: 'logs',
} as const;

export type InitMirrorRefusal = 'platform-key-exists' | 'log-key-malformed' | 'mirror-malformed';

/** What the keeper of a mirror hands to the operator: keys that vouch (C2SP vkey texts), and the key that opens the door of sealed evidence. */
export type MirrorCard = {
  readonly keys: readonly string[];
  readonly door: { readonly id: string; readonly publicKey: string };
};

/**
 * Makes a mirror in a folder: the keys of a witness and a door key (0600, never overwritten), the key of the one log that it
 * follows, the address of its platform. Durable on return.
 */
export function initMirror(options: {
  readonly folder: string;
  readonly name: string;
  readonly logKey: string;
  readonly url: string;
  readonly certificate?: string | undefined;
}): Result<MirrorCard, InitMirrorRefusal> {
  const { folder, name, logKey, url, certificate = null } = options;
  const id = randomUUID();
  const key = parseNoteKey(sha256, logKey);
  if (!key.ok || key.value.type !== noteKeyTypes.ed25519) return refuse('log-key-malformed');
  const settings = settingsShape.safeParse({ form: 'qorgan.mirror/1', id, url: url.replace(/\/+$/u, ''), certificate });
  if (!settings.success) return refuse('mirror-malformed');
  const keys = initWitness(folder, name);
  if (!keys.ok) return keys;
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const bytes = privateKey.export({ format: 'der', type: 'pkcs8' });
  const written = writeKeyFile({ path: doorFile(folder), kind: doorKind, bytes });
  bytes.fill(0);
  if (!written.ok) return written;
  for (const part of [mirrorNames.log, mirrorNames.evidence])
    mkdirSync(join(folder, part), { recursive: true, mode: 0o755 });
  replaceFile(join(folder, mirrorNames.logs), `${logKey}\n`, 0o644);
  replaceFile(join(folder, mirrorNames.settings), `${JSON.stringify(settings.data)}\n`, 0o644);
  syncFolder(folder);
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-doorKeySizeBytes);
  return ok({ keys: keys.value, door: { id, publicKey: raw.toString('base64') } });
}

function readSettings(folder: string): MirrorSettings | undefined {
  const path = join(folder, mirrorNames.settings);
  try {
    return existsSync(path) ? settingsShape.parse(JSON.parse(readFileSync(path, 'utf8'))) : undefined;
  } catch {
    return undefined;
  }
}

export type OpenMirrorRefusal = OpenWitnessRefusal | 'mirror-malformed';

/** Opens the mirror of a folder as its one writer. `nowMs` dates cosignatures and alarms. */
export function openMirror(folder: string, nowMs: () => number): Result<Mirror, OpenMirrorRefusal> {
  const settings = readSettings(folder);
  if (settings === undefined) return refuse('mirror-malformed');
  const secret = readKeyFile({ path: doorFile(folder), kind: doorKind });
  if (!secret.ok) return secret;
  const doorKey = secret.value.use((key) => createPrivateKey({ key: Buffer.from(key), format: 'der', type: 'pkcs8' }));
  secret.value.wipe();
  const witness = openWitness(folder, nowMs);
  if (!witness.ok) return witness;
  const logKeys = witness.value.logs;
  const origin = logKeys[0]?.name;
  if (origin === undefined || logKeys.some((key) => key.name !== origin)) return refuse('log-key-malformed');
  const logFolder = join(folder, mirrorNames.log);
  let store = openLogStore(logFolder, ...logKeys);
  return ok({
    origin,
    logKeys,
    settings,
    witness: witness.value,
    evidence: join(folder, mirrorNames.evidence),
    signDoor: (message) => sign(null, Buffer.from(message), doorKey),
    alarms: openAlarms(join(folder, mirrorNames.alarms), nowMs),
    store: () => {
      if (!store.tree.isBroken()) return store;
      store.close();
      store = openLogStore(logFolder, ...logKeys);
      return store;
    },
    close: () => store.close(),
  });
}
