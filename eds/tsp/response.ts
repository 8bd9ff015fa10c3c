import { equalBytes, ok, refuse, toHex, type Result } from '../../core/kernel/index.ts';
import {
  certificateLimits,
  integer,
  openDer,
  readBits,
  readInteger,
  readSmallInteger,
  tags,
  type DerReader,
} from '../der/index.ts';
import { tokenLimits } from './limits.ts';
import type { TimeStampRequest } from './request.ts';
import { parseTimeStampToken } from './token.ts';

/** Why an authority refused, by bit (RFC 3161 §2.4.2). */
const failures: Readonly<Record<number, string>> = {
  0: 'bad-algorithm',
  2: 'bad-request',
  5: 'bad-data-format',
  14: 'time-not-available',
  15: 'unaccepted-policy',
  16: 'unaccepted-extension',
  17: 'additional-information-not-available',
  25: 'system-failure',
};

/** A TimeStampResp as read. */
export type TimeStampResponse = {
  /** 0 granted, 1 granted with modifications, 2 rejection, 3 waiting, 4 and 5 about revocation of the authority. */
  readonly status: number;
  readonly failures: readonly string[];
  /** The token whole, unparsed. */
  readonly token: Uint8Array | undefined;
};

/** Reads a TimeStampResp in strict DER. Refuses `time-stamp-malformed`, also where a granted response lacks its token or a refused one has one. */
export function parseTimeStampResponse(der: Uint8Array): Result<TimeStampResponse, 'time-stamp-malformed'> {
  const reader = openDer(der, tokenLimits);
  const response = reader.enter(tags.sequence);
  const info = response.enter(tags.sequence);
  const status = readSmallInteger(info);
  // The words of the authority are for nobody here: what is shown comes from the bits.
  if (info.peek() === tags.sequence) info.skip();
  const found = info.peek() === tags.bitString ? readFailures(info) : [];
  info.finish();
  const token = response.hasMore ? response.element(tags.sequence) : undefined;
  response.finish();
  reader.finish();
  const isConsistent = (token !== undefined) === isGranted(status);
  if (reader.fault !== undefined || status > 5 || !isConsistent) return refuse('time-stamp-malformed');
  return ok({ status, failures: found, token });
}

function isGranted(status: number): boolean {
  return status === 0 || status === 1;
}

function readFailures(info: DerReader): readonly string[] {
  const { octets } = readBits(info);
  return Object.entries(failures)
    .filter(([bit]) => ((octets[Number(bit) >> 3] ?? 0) & (0x80 >> (Number(bit) & 7))) !== 0)
    .map(([, name]) => name);
}

/**
 * The token of a response to this very request: same imprint, nonce and, where one was asked for, policy. Its signature is not verified: that is
 * the verifier's, once the token is attached. Refuses `time-stamp-refused` with the authority's reasons, `time-stamp-differs`
 * for the answer to another question, and `time-stamp-malformed`.
 */
export function acceptTimeStampResponse(
  der: Uint8Array,
  request: TimeStampRequest,
): Result<Uint8Array, 'time-stamp-malformed' | 'time-stamp-refused' | 'time-stamp-differs'> {
  const response = parseTimeStampResponse(der);
  if (!response.ok) return response;
  const { status, failures: reasons, token } = response.value;
  if (token === undefined) return refuse('time-stamp-refused', { status, reasons: reasons.join(' ') });
  const parsed = parseTimeStampToken(token);
  if (!parsed.ok) return parsed;
  const { imprint, nonce, policy } = parsed.value.info;
  const isAnswer =
    imprint.digestOid === request.imprint.digestOid &&
    equalBytes(imprint.digest, request.imprint.digest) &&
    nonce === nonceText(request.nonce) &&
    (request.policy === undefined || policy === request.policy);
  return isAnswer ? ok(token) : refuse('time-stamp-differs');
}

/** The nonce as the token's reader writes it: content of the minimal INTEGER. */
function nonceText(nonce: Uint8Array): string {
  return toHex(readInteger(openDer(integer(nonce), certificateLimits)));
}
