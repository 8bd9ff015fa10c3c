import { assert } from '../kernel/index.ts';

/** HMAC-SHA-1 with `key` over `message`, 20 octets; RFC 4226 knows no other, and every authenticator does it. What breaks SHA-1 is collisions, which no code rests on. */
export type Hmac = (key: Uint8Array, message: Uint8Array) => Uint8Array;

/** RFC 6238, as every authenticator has it: six digits, a new code each half minute. */
export const totpShape = { stepMs: 30_000, digits: 6 } as const;
/** As long as the digest, and more than the 128 bits that RFC 4226 §4 asks for. */
export const totpSecretSizeBytes = 20;
/** The code before and the one after the present one count too: clocks differ, and typing takes its time (RFC 6238 §5.2). */
const window = [-1, 0, 1] as const;

/** The code of RFC 4226 §5.3 for a counter, `digits` digits with leading zeros. */
export function hotp(hmac: Hmac, secret: Uint8Array, counter: number, digits: number): string {
  assert(Number.isSafeInteger(counter) && counter >= 0, 'totp: a counter is a natural number');
  const message = new DataView(new ArrayBuffer(8));
  message.setBigUint64(0, BigInt(counter));
  const digest = hmac(secret, new Uint8Array(message.buffer));
  const view = new DataView(digest.buffer, digest.byteOffset, digest.byteLength);
  const offset = view.getUint8(digest.length - 1) & 15;
  const truncated = view.getUint32(offset) & 0x7f_ff_ff_ff;
  return String(truncated % 10 ** digits).padStart(digits, '0');
}

/** Which step of the clock a moment is in. */
export function totpStep(atMs: number): number {
  return Math.floor(atMs / totpShape.stepMs);
}

/** No early end: time says nothing of how much was right. */
function isSame(one: string, other: string): boolean {
  if (one.length !== other.length) return false;
  let differs = 0;
  for (let at = 0; at < one.length; at += 1) differs |= one.charCodeAt(at) ^ other.charCodeAt(at);
  return differs === 0;
}

/**
 * The step whose code this is, the present one or a neighbour, where it is later than the last step that counted: a code counts once
 * (RFC 6238 §5.2), and none of before it afterwards. `undefined` for every other text. The caller keeps the step before the code counts.
 */
export function judgeTotp(
  hmac: Hmac,
  held: { readonly secret: Uint8Array; readonly lastStep: number },
  shown: { readonly code: string; readonly atMs: number },
): number | undefined {
  const steps = window.map((by) => totpStep(shown.atMs) + by).filter((step) => step >= 0);
  const fitting = steps.filter((step) => isSame(hotp(hmac, held.secret, step, totpShape.digits), shown.code));
  return fitting.find((step) => step > held.lastStep);
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Base32 of RFC 4648 without padding, as `otpauth` wants it. */
export function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const groups = bits.match(/.{1,5}/gu) ?? [];
  return groups.map((group) => alphabet.charAt(Number.parseInt(group.padEnd(5, '0'), 2))).join('');
}

/** What an authenticator takes the secret from (the `otpauth` scheme of authenticator applications): whoever reads it makes the codes. */
export function otpauthUri(of: {
  readonly issuer: string;
  readonly account: string;
  readonly secret: Uint8Array;
}): string {
  const issuer = encodeURIComponent(of.issuer);
  const rest = `secret=${base32(of.secret)}&issuer=${issuer}&algorithm=SHA1&digits=${totpShape.digits}&period=${totpShape.stepMs / 1_000}`;
  return `otpauth://totp/${issuer}:${encodeURIComponent(of.account)}?${rest}`;
}
