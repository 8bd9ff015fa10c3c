import { createPublicKey } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromBase64 } from '../../core/kernel/index.ts';
import {
  noteKeyTypes,
  parseNoteKey,
  parseWitnessPolicy,
  type NoteKey,
  type WitnessPolicy,
} from '../../core/log/index.ts';
import { certificatesInFile, sha256, type Certificate } from '../../eds/index.ts';

/** What the reader trusts, from a folder of his own: the package's word for any of it is worth nothing. */
export type ReaderTrust = {
  readonly logKey: NoteKey | undefined;
  readonly platformKey: Uint8Array | undefined;
  readonly anchors: readonly Certificate[];
  readonly witnesses: WitnessPolicy | undefined;
  /** Files of the folder that could not be read as what their names say. */
  readonly unreadable: readonly string[];
};

export const trustFiles = { logKey: 'log.vkey', platformKey: 'platform.key', witnesses: 'witnesses.policy' } as const;

const mlDsa44Key = Buffer.concat([
  Buffer.from('30820532300b06096086480165030403110382052100', 'hex'),
  Buffer.alloc(1_312),
]);

/** ML-DSA-44 needs OpenSSL 3.5, which Node has from version 24 on. */
export function canVerifyMlDsa(): boolean {
  try {
    createPublicKey({ key: mlDsa44Key, format: 'der', type: 'spki' });
    return true;
  } catch {
    return false;
  }
}

/** Reads a folder of `log.vkey`, `platform.key` (base64), `witnesses.policy` (C2SP tlog-policy) and certificates of authorities; all may be absent. */
export function readTrust(folder: string | undefined): ReaderTrust {
  const unreadable: string[] = [];
  const text = (name: string): string | undefined =>
    folder !== undefined && existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : undefined;
  const read = <T>(name: string, parse: (text: string) => T | undefined): T | undefined => {
    const given = text(name);
    const value = given === undefined ? undefined : parse(given);
    if (given !== undefined && value === undefined) unreadable.push(name);
    return value;
  };
  const logKey = read(trustFiles.logKey, (given) => {
    const key = parseNoteKey(sha256, given.trim());
    return key.ok && key.value.type === noteKeyTypes.ed25519 ? key.value : undefined;
  });
  const platformKey = read(trustFiles.platformKey, (given) => {
    const key = fromBase64(given.trim());
    return key.ok && key.value.length === 32 ? key.value : undefined;
  });
  const witnesses = read(trustFiles.witnesses, (given) => {
    const policy = parseWitnessPolicy(sha256, given);
    return policy.ok ? policy.value : undefined;
  });
  const names = folder === undefined ? [] : readdirSync(folder).filter((name) => /\.(?:cer|crt|pem|der)$/iu.test(name));
  const anchors = names.flatMap((name) => {
    const parsed = certificatesInFile(readFileSync(join(folder ?? '', name)));
    if (!parsed.ok) unreadable.push(name);
    return parsed.ok ? parsed.value : [];
  });
  return { logKey, platformKey, anchors, witnesses, unreadable };
}
