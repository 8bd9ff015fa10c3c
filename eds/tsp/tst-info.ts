import { toHex } from '../../core/kernel/index.ts';
import { hasNoParameters, readAlgorithm } from '../algorithms/index.ts';
import {
  contextTag,
  openDer,
  parseTimeMs,
  readBoolean,
  readInteger,
  readOctets,
  readOid,
  readSerial,
  readSmallInteger,
  tags,
  type DerReader,
} from '../der/index.ts';
import { readExtension, readName, type Name } from '../x509/index.ts';
import { tokenLimits } from './limits.ts';

/** Digest of the octets that are stamped. */
export type MessageImprint = { readonly digestOid: string; readonly digest: Uint8Array };

/** What a time-stamping authority states (RFC 3161 §2.4.2). */
export type TstInfo = {
  /** OID of the policy under which the authority works. */
  readonly policy: string;
  readonly imprint: MessageImprint;
  /** Lower-case hexadecimal. */
  readonly serial: string;
  readonly genTimeMs: number;
  /** How far the authority's clock may be off; 0 where it does not say. */
  readonly accuracyMs: number;
  /** Content of the INTEGER as lower-case hexadecimal. */
  readonly nonce: string | undefined;
  /** The name that the authority gives itself: a directory name, another kind of name, or none. */
  readonly authority: Name | 'other' | undefined;
  /** True where an extension is critical: none is known here. */
  readonly hasUnknownCritical: boolean;
};

/** Reads TSTInfo in strict DER; `undefined` for anything else. */
export function parseTstInfo(der: Uint8Array): TstInfo | undefined {
  const reader = openDer(der, tokenLimits);
  const fields = reader.enter(tags.sequence);
  if (readSmallInteger(fields) !== 1) fields.fail('der-value-malformed');
  const policy = readOid(fields);
  const imprint = readImprint(fields);
  const serial = readSerial(fields);
  const genTimeMs = readGenTime(fields);
  const accuracyMs = fields.peek() === tags.sequence ? readAccuracy(fields.enter(tags.sequence)) : 0;
  // Whether tokens of this authority are ordered among themselves decides nothing here.
  if (fields.peek() === tags.boolean) readBoolean(fields);
  const nonce = fields.peek() === tags.integer ? toHex(readInteger(fields)) : undefined;
  const authority = fields.peek() === contextTag(0) ? readAuthority(fields.enter(contextTag(0))) : undefined;
  const hasUnknownCritical = fields.peek() === contextTag(1) && hasCritical(fields.enter(contextTag(1)));
  fields.finish();
  reader.finish();
  if (reader.fault !== undefined) return undefined;
  return { policy, imprint, serial, genTimeMs, accuracyMs, nonce, authority, hasUnknownCritical };
}

export function readImprint(fields: DerReader): MessageImprint {
  const imprint = fields.enter(tags.sequence);
  const algorithm = readAlgorithm(imprint);
  if (!hasNoParameters(algorithm)) imprint.fail('der-value-malformed');
  const digest = readOctets(imprint);
  imprint.finish();
  return { digestOid: algorithm.oid, digest };
}

const fraction = /^(\d{14})\.(\d{0,8}[1-9])Z$/u;

/** GeneralizedTime in UTC with seconds, and a fraction of them without trailing zeros where there is one (RFC 3161 §2.4.2). Parts below a millisecond round up. */
function readGenTime(fields: DerReader): number {
  const content = fields.content(tags.generalizedTime);
  const [, seconds, digits] = fraction.exec(String.fromCharCode(...content.subarray(0, 25))) ?? [];
  const whole = seconds === undefined ? content : new TextEncoder().encode(`${seconds}Z`);
  const timeMs = parseTimeMs(whole, 4) + (digits === undefined ? 0 : Math.ceil(Number(`0.${digits}`) * 1000));
  if (Number.isNaN(timeMs)) fields.fail('der-value-malformed');
  return timeMs;
}

/** Seconds, milliseconds and microseconds, each of which may be left out. */
function readAccuracy(accuracy: DerReader): number {
  const seconds = accuracy.peek() === tags.integer ? readSmallInteger(accuracy) : 0;
  const part = (number: number): number => {
    const tag = contextTag(number, 'primitive');
    const value = accuracy.peek() === tag ? readSmallInteger(accuracy, tag) : 0;
    if (value > 999) accuracy.fail('der-value-malformed');
    return value;
  };
  const millis = part(0);
  const micros = part(1);
  accuracy.finish();
  return seconds * 1000 + millis + Math.ceil(micros / 1000);
}

function readAuthority(wrapped: DerReader): Name | 'other' {
  const isDirectoryName = wrapped.peek() === contextTag(4);
  if (!isDirectoryName) {
    wrapped.skip();
    wrapped.finish();
    return 'other';
  }
  const directoryName = wrapped.enter(contextTag(4));
  const name = readName(directoryName);
  directoryName.finish();
  wrapped.finish();
  return name;
}

/** `[1] IMPLICIT Extensions`. */
function hasCritical(list: DerReader): boolean {
  let found = false;
  while (list.hasMore) found = readExtension(list).isCritical || found;
  return found;
}
