import { ok, refuse, type Result } from '../../core/kernel/index.ts';
import { parseSignedData } from '../cms/index.ts';
import {
  contextTag,
  element,
  messageLimits,
  oids,
  openDer,
  retagged,
  sequence,
  setOf,
  tagged,
  tags,
} from '../der/index.ts';
import { parseTimeStampToken } from '../tsp/index.ts';
import { attribute, elementsOf } from './signed-data-parts.ts';

/**
 * Adds a time-stamp to one signer of a signature file: CAdES-BES becomes CAdES-T (ETSI EN 319 122-1 §5.3). `signer` counts from 0 in the order of the
 * file. All other octets stay. That the token belongs to the signature is not asked: the verifier judges it.
 */
export function attachTimeStamp(
  cms: Uint8Array,
  token: Uint8Array,
  signer = 0,
): Result<Uint8Array, 'cms-malformed' | 'time-stamp-malformed'> {
  const parsed = parseSignedData(cms);
  if (!parsed.ok || parsed.value.signers[signer] === undefined) return refuse('cms-malformed');
  if (!parseTimeStampToken(token).ok) return refuse('time-stamp-malformed');
  const info = openDer(cms, messageLimits).enter(tags.sequence);
  const contentType = info.element(tags.oid);
  const fields = elementsOf(info.enter(contextTag(0)).enter(tags.sequence));
  const signers = elementsOf(openDer(fields.at(-1) ?? new Uint8Array(0), messageLimits).enter(tags.set));
  const stamped = signers.map((one, index) => (index === signer ? withTimeStamp(one, token) : one));
  return ok(sequence(contentType, tagged(0, sequence(...fields.slice(0, -1), element(tags.set, ...stamped)))));
}

function withTimeStamp(signerInfo: Uint8Array, token: Uint8Array): Uint8Array {
  const parts = elementsOf(openDer(signerInfo, messageLimits).enter(tags.sequence));
  const unsignedTag = contextTag(1);
  const last = parts.at(-1) ?? new Uint8Array(0);
  const isFirst = last[0] !== unsignedTag;
  const others = isFirst ? [] : elementsOf(openDer(last, messageLimits).enter(unsignedTag));
  const unsigned = retagged(unsignedTag, setOf(...others, attribute(oids.signatureTimeStamp, token)));
  return sequence(...(isFirst ? parts : parts.slice(0, -1)), unsigned);
}
