import { createHmac } from 'node:crypto';
import { judgeTotp, otpauthUri, totpSecretSizeBytes, type Hmac } from '../../core/access/index.ts';
import { InvariantError, type Sha256Hex } from '../../core/kernel/index.ts';
import { sha256Hex } from '../../eds/index.ts';
import { isTagged, tagRow, type Desk } from '../platform/index.ts';
import { advanceTotp, insertAlarm, readTotp, writeTotp, type Row, type Session } from '../store/index.ts';

const hmacSha1: Hmac = (key, message) => createHmac('sha1', key).update(message).digest();

/** What an account is compared with where it has no secret: as dear, and never right, because no step is later. */
const nobodys = { secret: new Uint8Array(totpSecretSizeBytes), lastStep: Number.MAX_SAFE_INTEGER };

function tagOf({ keyring }: Desk, account: string): string {
  return keyring.tag('totp', account);
}

/** Sealed to its account: a row copied from another one opens as nothing. */
const purposeOf = (account: string): string => `totp ${account}`;

/** Makes the secret of an account in the place of the one before, and answers the one time that it is shown: as the URI of an authenticator. */
export async function provisionTotp(desk: Desk, account: string, session: Session): Promise<string> {
  const { identity, keyring, surroundings } = desk;
  const secret = surroundings.randomBytes(totpSecretSizeBytes);
  const sealed = keyring.seal(purposeOf(account), secret.toString('base64')).toString('base64');
  await writeTotp(session, tagRow(keyring, 'totp', { account: tagOf(desk, account), sealed, last_step: 0 }));
  return otpauthUri({ issuer: identity.operatorName, account, secret });
}

function open({ keyring }: Desk, account: string, row: Row<'totp'>): Uint8Array | undefined {
  if (!isTagged(keyring, 'totp', row)) return undefined;
  try {
    const opened = keyring.open(purposeOf(account), Buffer.from(row.sealed, 'base64')).toString();
    return Buffer.from(opened, 'base64');
  } catch (error) {
    if (error instanceof InvariantError) return undefined;
    throw error;
  }
}

/**
 * The hash of the row that a code of this account proved, and its step is used up, durably; `undefined` where it proves nothing: wrong, seen
 * before, of an account without a secret, or of a row that is not as the platform wrote it, which is an alarm.
 */
export async function proveTotp(desk: Desk, account: string, code: string): Promise<Sha256Hex | undefined> {
  const { database, keyring, surroundings } = desk;
  const row = await readTotp(database, tagOf(desk, account));
  const secret = row === undefined ? undefined : open(desk, account, row);
  if (row !== undefined && secret === undefined) {
    const alarm = { alarm_id: surroundings.uuid(), kind: 'totp-edited', device: null, details: '{}' };
    await insertAlarm(database, tagRow(keyring, 'alarm', { ...alarm, at_ms: surroundings.nowMs() }));
  }
  const held = row === undefined || secret === undefined ? nobodys : { secret, lastStep: row.last_step };
  const step = judgeTotp(hmacSha1, held, { code, atMs: surroundings.nowMs() });
  if (row === undefined || step === undefined) return undefined;
  const next = tagRow(keyring, 'totp', { ...row, last_step: step });
  return (await advanceTotp(database, next, row)) ? sha256Hex(next.tag) : undefined;
}
