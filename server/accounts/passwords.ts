import { timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import {
  checkPassword,
  passwordRulesDefault,
  type PasswordRefusal,
  type PasswordRules,
} from '../../core/access/index.ts';
import {
  InvariantError,
  ok,
  refuse,
  type Iin,
  type Result,
  type Secret,
  type Sha256Hex,
} from '../../core/kernel/index.ts';
import { base64, iin as iinSchema, timeMs } from '../../contracts/documents/index.ts';
import { passwordTexts } from '../../locales/passwords/index.ts';
import { sha256Hex } from '../../eds/index.ts';
import { isTagged, tagRow, type Desk } from '../platform/index.ts';
import { insertAlarm, readPassword, replacePassword, type Row, type Session } from '../store/index.ts';
import { hashSizeBytes, stretchCost, stretchPassword, type Lane } from './stretch.ts';

const saltSizeBytes = 16;
const formerMax = 24;

/** How a secret is kept that is compared and never read. */
export const stretched = z.strictObject({
  salt: base64(saltSizeBytes),
  hash: base64(64),
  memoryKib: z.int().min(8).max(1_048_576),
  passes: z.int().min(1).max(64),
  lanes: z.int().min(1).max(16),
});
const passwordRecord = z.strictObject({
  form: z.literal('qorgan.password/1'),
  iin: iinSchema,
  setAtMs: timeMs,
  current: stretched,
  /** Newest first. */
  former: z.array(stretched).max(formerMax),
});

type Stretched = z.output<typeof stretched>;
type PasswordRecord = z.output<typeof passwordRecord>;

/** A record as it was read: `row` is what a change takes the place of. */
export type HeldPassword = { readonly row: Row<'password'> | undefined; readonly record: PasswordRecord | undefined };

/** What an account is called in a column: nobody reads the IIN there. */
export function accountTag({ keyring }: Desk, iin: Iin): string {
  return keyring.tag('account', iin);
}

/** Sealed to its person: a row copied from another account opens as nothing. */
function sealPurpose(iin: Iin): string {
  return `password ${iin}`;
}

/** When the password of each account was set last, as far as this process knows; by what the account is called in its column. */
const setLast = new Map<string, number>();

/** Remembers a record that was written, once its transaction holds: an older one that is put back counts as edited. */
export function rememberRecord(desk: Desk, { iin, setAtMs }: PasswordRecord): void {
  setLast.set(accountTag(desk, iin), setAtMs);
}

function openRecord({ keyring }: Desk, iin: Iin, row: Row<'password'>): PasswordRecord | undefined {
  if (!isTagged(keyring, 'password', row)) return undefined;
  try {
    const opened = keyring.open(sealPurpose(iin), Buffer.from(row.sealed, 'base64')).toString();
    const record = passwordRecord.parse(JSON.parse(opened));
    if (record.iin !== iin || record.setAtMs < (setLast.get(row.account) ?? 0)) return undefined;
    setLast.set(row.account, record.setAtMs);
    return record;
  } catch (error) {
    if (error instanceof InvariantError) return undefined;
    throw error;
  }
}

function sealRecord(desk: Desk, record: PasswordRecord): Row<'password'> {
  const sealed = desk.keyring.seal(sealPurpose(record.iin), JSON.stringify(record)).toString('base64');
  return tagRow(desk.keyring, 'password', { account: accountTag(desk, record.iin), sealed });
}

/** Nobody is called so: there is no month 00. */
const nobody = '000000000000' as Iin;
const nobodysRows = new WeakMap<Desk['keyring'], Row<'password'>>();

/** What is opened where a person has no password, in no table: it costs as much, so that time does not tell who has one. */
function nobodysRow(desk: Desk): Row<'password'> {
  const known = nobodysRows.get(desk.keyring);
  if (known !== undefined) return known;
  const kept = { ...unmatched, hash: Buffer.alloc(hashSizeBytes).toString('base64') };
  const row = sealRecord(desk, { form: 'qorgan.password/1', iin: nobody, setAtMs: 0, current: kept, former: [] });
  nobodysRows.set(desk.keyring, row);
  return row;
}

/** The password of a person; none where the row is not as the platform wrote it, and an alarm says so. */
export async function holdPassword(desk: Desk, iin: Iin): Promise<HeldPassword> {
  const { database, keyring, surroundings } = desk;
  const row = await readPassword(database, accountTag(desk, iin));
  const record = row === undefined ? openRecord(desk, nobody, nobodysRow(desk)) : openRecord(desk, iin, row);
  if (row === undefined) return { row, record: undefined };
  if (record === undefined) {
    const alarm = { alarm_id: surroundings.uuid(), kind: 'password-edited', device: null, details: '{}' };
    await insertAlarm(database, tagRow(keyring, 'alarm', { ...alarm, at_ms: surroundings.nowMs() }));
  }
  return { row, record };
}

/** What a password is compared with where there is none: as dear, and never the same. */
export const unmatched: Stretched = { salt: Buffer.alloc(saltSizeBytes).toString('base64'), hash: '', ...stretchCost };

/** Whether a secret is the one that is kept. */
export async function isStretchedFrom(
  password: Secret<'password'>,
  one: Stretched,
  lane?: Lane,
): Promise<Result<boolean, 'server-busy'>> {
  const { salt, hash, ...cost } = one;
  const made = await stretchPassword(password, Buffer.from(salt, 'base64'), cost, lane);
  if (!made.ok) return made;
  const kept = Buffer.from(hash, 'base64');
  return ok(kept.length === made.value.length && timingSafeEqual(kept, made.value));
}

/** Whether a password fits, and the hash of the record that it fitted; without a record it costs as much and never does. */
export async function fitsPassword(
  { row, record }: HeldPassword,
  password: Secret<'password'>,
  lane: Lane,
): Promise<Result<Sha256Hex | undefined, 'server-busy'>> {
  const same = await isStretchedFrom(password, record?.current ?? unmatched, lane);
  if (!same.ok) return same;
  return ok(same.value && record !== undefined && row !== undefined ? sha256Hex(row.sealed) : undefined);
}

/** Stretches a secret with fresh salt, to be kept. */
export async function stretchNew(
  { surroundings }: Desk,
  password: Secret<'password'>,
): Promise<Result<Stretched, 'server-busy'>> {
  const salt = surroundings.randomBytes(saltSizeBytes);
  const made = await stretchPassword(password, salt, stretchCost);
  if (!made.ok) return made;
  return ok({ salt: salt.toString('base64'), hash: made.value.toString('base64'), ...stretchCost });
}

export type NewPasswordRefusal = PasswordRefusal | 'password-used-before' | 'server-busy';

/** Who chooses a password, and what it takes the place of. */
export type PasswordChange = {
  readonly owner: { readonly iin: Iin; readonly name: string };
  readonly held: HeldPassword;
  readonly password: Secret<'password'>;
  /** The one that was just shown to fit; absent where a code stands for it. */
  readonly previous?: Secret<'password'>;
  readonly rules: PasswordRules | undefined;
};

/** For the rules, which compare texts: this copy cannot be wiped (docs/THREATS.md). Former passwords are never texts here, but kept stretched. */
function textOf(password: Secret<'password'>): string {
  return password.use((bytes) => Buffer.from(bytes).toString());
}

/** The record of a new password by the rules, not yet written. */
export async function makeRecord(
  desk: Desk,
  { owner, held, password, previous, rules = passwordRulesDefault }: PasswordChange,
): Promise<Result<PasswordRecord, NewPasswordRefusal>> {
  const person = previous === undefined ? owner : { ...owner, previous: textOf(previous) };
  const checked = checkPassword(textOf(password), { owner: person, rules, texts: passwordTexts });
  if (!checked.ok) return checked;
  const before = held.record === undefined ? [] : [held.record.current, ...held.record.former];
  const former = before.slice(0, rules.historyMax);
  for (const one of former) {
    const same = await isStretchedFrom(password, one);
    if (!same.ok) return same;
    if (same.value) return refuse('password-used-before');
  }
  const made = await stretchNew(desk, password);
  if (!made.ok) return made;
  const setAtMs = desk.surroundings.nowMs();
  return ok({ form: 'qorgan.password/1', iin: owner.iin, setAtMs, current: made.value, former });
}

/** Writes a record in place of the one that was held: false where another came first. */
export async function writeRecord(
  desk: Desk,
  session: Session,
  held: HeldPassword,
  record: PasswordRecord,
): Promise<boolean> {
  return replacePassword(session, sealRecord(desk, record), held.row);
}
