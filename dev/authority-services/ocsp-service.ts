import { createHash } from 'node:crypto';
import { writeOcspError, writeOcspResponse, type OcspAnswerContent } from '../ca/index.ts';
import {
  contextTag,
  oids,
  openDer,
  readOctets,
  readOid,
  readSerial,
  responseLimits,
  tags,
} from '../../eds/der/index.ts';
import { parseCertificate } from '../../eds/x509/index.ts';
import type { Service } from './services.ts';

type Asked = {
  readonly ids: readonly { readonly id: Uint8Array; readonly serial: string }[];
  readonly nonce: Uint8Array | undefined;
};

const malformedRequest = 1;
const tryLater = 3;
/** Beyond any window, and still within the life of the service's own certificate, which begins an hour before it is issued. */
const staleByMs = 30 * 60_000;

/** Answers an OCSP request as the national responder does: delegated, with the nonce repeated, without nextUpdate, and "never issued" as revoked in 1970. */
export function answerOcsp(
  request: Uint8Array,
  { ca, ocsp, stranger, nowMs, fault, ocspLifetimeMs }: Service,
): Uint8Array {
  const asked = readRequest(request);
  if (asked === undefined) return writeOcspError(malformedRequest);
  if (fault === 'error-status') return writeOcspError(tryLater);
  const thisUpdateMs = fault === 'stale' ? nowMs - staleByMs : nowMs;
  const answers = asked.ids.map(({ id, serial }): OcspAnswerContent => {
    const known = fault === 'never-issued' ? 'unknown' : ca.statusOf(serial);
    if (fault === 'unknown') return { id, status: 'unknown', thisUpdateMs };
    if (known === 'unknown') return { id, status: { revokedAtMs: 0, reason: 6 }, thisUpdateMs };
    const status = known === 'issued' ? 'good' : { revokedAtMs: known.revokedAtMs, reason: known.reason };
    return { id, status, thisUpdateMs };
  });
  const nonce = fault === 'wrong-nonce' ? Uint8Array.of(0) : asked.nonce;
  return writeOcspResponse(
    {
      responder: { keyHash: keyHashOf(ocsp.certificate) },
      producedAtMs: thisUpdateMs,
      answers: answers.map((one) => ({
        ...one,
        ...(ocspLifetimeMs === undefined ? {} : { nextUpdateMs: thisUpdateMs + ocspLifetimeMs }),
      })),
      ...(nonce === undefined ? {} : { nonce }),
      hasExtendedRevoke: true,
      certificates: [ocsp.certificate],
    },
    fault === 'wrong-signer' ? stranger : ocsp.key,
  );
}

function readRequest(request: Uint8Array): Asked | undefined {
  const reader = openDer(request, responseLimits);
  const body = reader.enter(tags.sequence).enter(tags.sequence);
  const list = body.enter(tags.sequence);
  const ids: { id: Uint8Array; serial: string }[] = [];
  while (list.hasMore) {
    const id = list.enter(tags.sequence).element(tags.sequence);
    const fields = openDer(id, responseLimits).enter(tags.sequence);
    fields.skip();
    fields.skip();
    fields.skip();
    ids.push({ id, serial: readSerial(fields) });
  }
  let nonce: Uint8Array | undefined;
  const extensions = body.peek() === contextTag(2) ? body.enter(contextTag(2)).enter(tags.sequence) : undefined;
  while (extensions?.hasMore === true) {
    const one = extensions.enter(tags.sequence);
    if (readOid(one) === oids.ocspNonce) nonce = readOctets(openDer(readOctets(one), responseLimits));
  }
  return reader.fault === undefined ? { ids, nonce } : undefined;
}

function keyHashOf(der: Uint8Array): Uint8Array {
  const parsed = parseCertificate(der);
  if (!parsed.ok) throw new Error('the test authority wrote a malformed certificate');
  const info = openDer(parsed.value.subjectPublicKeyInfo, responseLimits).enter(tags.sequence);
  info.skip();
  return createHash('sha1').update(info.content(tags.bitString).subarray(1)).digest();
}
