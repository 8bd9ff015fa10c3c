import { randomBytes } from 'node:crypto';
import { toHex } from '../../core/kernel/index.ts';
import { readAlgorithm } from '../../eds/algorithms/index.ts';
import {
  openDer,
  readInteger,
  readOctets,
  readOid,
  readSmallInteger,
  responseLimits,
  tags,
} from '../../eds/der/index.ts';
import { writeTimeStampRefusal, writeTimeStampResponse, writeTimeStampToken } from '../ca/index.ts';
import type { Service } from './services.ts';

/** The national authority's policy for RSA with SHA-256. */
export const timeStampPolicy = '1.2.398.3.3.2.6.2';

const badRequest = 2;
const systemFailure = 25;
/** Beyond any window, and still within the life of the service's own certificate, which begins an hour before it is issued. */
const staleByMs = 30 * 60_000;

/** Answers a time-stamp request (RFC 3161 §2.4). */
export function answerTimeStamp(request: Uint8Array, { timeStamps, stranger, nowMs, fault }: Service): Uint8Array {
  const reader = openDer(request, responseLimits);
  const fields = reader.enter(tags.sequence);
  readSmallInteger(fields);
  const imprintFields = fields.enter(tags.sequence);
  const { oid: digestOid } = readAlgorithm(imprintFields);
  const digest = readOctets(imprintFields);
  const policy = fields.peek() === tags.oid ? readOid(fields) : timeStampPolicy;
  const nonce = fields.peek() === tags.integer ? readInteger(fields) : undefined;
  if (reader.fault !== undefined) return writeTimeStampRefusal(badRequest);
  if (fault === 'error-status') return writeTimeStampRefusal(systemFailure);
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  const repeated = fault === 'wrong-nonce' ? Uint8Array.of(1) : nonce;
  const token = writeTimeStampToken(
    {
      policy,
      imprint: { digestOid, digest },
      serial: toHex(serial),
      genTimeMs: fault === 'stale' ? nowMs - staleByMs : nowMs,
      ...(repeated === undefined ? {} : { nonce: repeated }),
      certificate: timeStamps.certificate,
    },
    fault === 'wrong-signer' ? stranger : timeStamps.key,
  );
  return writeTimeStampResponse(token);
}
