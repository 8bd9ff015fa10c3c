import type { Iin } from '../../core/kernel/index.ts';
import { isTagged, tagRow, type Desk } from '../platform/index.ts';
import { readActivationCode, useActivationCode, writeActivationCode, type Row, type Session } from '../store/index.ts';
import { oneTimeCode } from './one-time-code.ts';
import { accountTag } from './passwords.ts';
import { rememberUsedUp } from './used-up.ts';

/** 60 random bits, worth something beside the card of one person only, and a failure of his where it is wrong. */
const codeGroups = 3;
/** From the officer to the person and his workstation: three days. */
const codeLifeMs = 259_200_000;

function codeHash({ keyring }: Desk, iin: Iin, code: string): string {
  return keyring.tag('activation-code', `${iin} ${code}`);
}

/** Makes the code by which a person sets his first password, or a new one where he forgot his. It replaces the code before. */
export async function makeActivationCode(
  desk: Desk,
  iin: Iin,
): Promise<{ readonly code: string; readonly expiresAtMs: number }> {
  const code = oneTimeCode(desk.surroundings, codeGroups);
  const expiresAtMs = desk.surroundings.nowMs() + codeLifeMs;
  const row = {
    account: accountTag(desk, iin),
    code_hash: codeHash(desk, iin, code),
    expires_at_ms: expiresAtMs,
    used_at_ms: null,
  };
  await writeActivationCode(desk.database, tagRow(desk.keyring, 'activation_code', row));
  return { code, expiresAtMs };
}

/** By their hashes. */
const spentCodes = rememberUsedUp();

/** What is looked at where a person has no code: it costs as much. */
const absent: Row<'activation_code'> = {
  ...{ account: '0'.repeat(64), code_hash: '0'.repeat(64), expires_at_ms: 0, used_at_ms: null, tag: '' },
};

/**
 * The row of a code that is right, fresh and not used; one that was edited, copied from another account, or put back from before its use
 * is none.
 */
export async function findActivationCode(
  desk: Desk,
  iin: Iin,
  code: string,
): Promise<Row<'activation_code'> | undefined> {
  const row = await readActivationCode(desk.database, accountTag(desk, iin));
  const isAsWritten = isTagged(desk.keyring, 'activation_code', row ?? absent);
  const hash = codeHash(desk, iin, code);
  if (row === undefined || !isAsWritten) return undefined;
  const isGood =
    row.code_hash === hash &&
    row.used_at_ms === null &&
    !spentCodes.has(row.code_hash) &&
    row.expires_at_ms > desk.surroundings.nowMs();
  return isGood ? row : undefined;
}

/** Remembers that a code was used up, once the transaction that did it holds. */
export function rememberSpent({ surroundings }: Desk, row: Row<'activation_code'>): void {
  spentCodes.add(row.code_hash, row.expires_at_ms, surroundings.nowMs());
}

/** Uses a code up: true for exactly one caller. */
export async function spendActivationCode(
  { keyring, surroundings }: Desk,
  session: Session,
  row: Row<'activation_code'>,
): Promise<boolean> {
  return useActivationCode(session, tagRow(keyring, 'activation_code', { ...row, used_at_ms: surroundings.nowMs() }));
}
