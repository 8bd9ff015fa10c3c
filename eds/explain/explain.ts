import { parseRevocationList } from '../crl/index.ts';
import { parseSignedData } from '../cms/index.ts';
import { oids } from '../der/index.ts';
import { parseOcspResponse } from '../ocsp/index.ts';
import { parseTimeStampResponse } from '../tsp/index.ts';
import { parseCertificate } from '../x509/index.ts';
import { certificateFields, revocationListFields } from './certificate-fields.ts';
import { responseFields, signedDataFields } from './cms-fields.ts';
import { collectInto, type FieldLine, type Fields } from './fields.ts';
import { keyFileFields } from './key-file-fields.ts';
import { ocspFields } from './ocsp-fields.ts';
import { treeLines, type ElementLine, type FaultLine } from './tree.ts';

/** What the octets are, as far as a strict reader of that form takes them whole; `elements` is any other DER or BER, `octets` what is neither. */
export type ExplainedForm =
  | 'signed-data'
  | 'time-stamp-token'
  | 'time-stamp-response'
  | 'certificate'
  | 'revocation-list'
  | 'ocsp-response'
  | 'key-file'
  | 'elements'
  | 'octets';

export type ExplainLine = FieldLine | ElementLine | FaultLine;

export type Explanation = {
  readonly form: ExplainedForm;
  /** Decoded fields first, then the tree of elements; at most `explanationLinesMax`. */
  readonly lines: readonly ExplainLine[];
  /** True where the file has more than the lines say. */
  readonly isCut: boolean;
};

/** Four thousand lines hold any certificate, signature or key file and are as much as anybody scrolls; long revocation lists are cut. */
export const explanationLinesMax = 4_000;
/** Fields of one explanation: 32 certificates of 30 fields, and what is beside them. */
const fieldsMax = 1_500;

/**
 * Explains octets to a person: known fields, then every element with its offset and length. Pure, never throws on input, verifies nothing: what it shows
 * is what the file claims. All text in it is safe for a terminal.
 */
export function explain(bytes: Uint8Array): Explanation {
  const fields: FieldLine[] = [];
  const all = treeLines(bytes, explanationLinesMax + 1);
  const form = knownForm(bytes, all, collectInto(fields));
  const kept = fields.slice(0, fieldsMax);
  const room = explanationLinesMax - kept.length;
  const tree = all.slice(0, room + 1);
  const isElement = tree[0]?.kind === 'element';
  return {
    form: form ?? (isElement ? 'elements' : 'octets'),
    lines: [...kept, ...tree.slice(0, room)],
    isCut: kept.length < fields.length || tree.length > room,
  };
}

/** The first form whose reader takes the octets, with its fields told. */
function knownForm(bytes: Uint8Array, tree: ReturnType<typeof treeLines>, fields: Fields): ExplainedForm | undefined {
  const signedData = parseSignedData(bytes);
  if (signedData.ok) {
    signedDataFields(signedData.value, fields);
    return signedData.value.contentType === oids.timeStampInfo ? 'time-stamp-token' : 'signed-data';
  }
  const response = parseTimeStampResponse(bytes);
  if (response.ok) return (responseFields(response.value, fields), 'time-stamp-response');
  const certificate = parseCertificate(bytes);
  if (certificate.ok) return (certificateFields(certificate.value, fields), 'certificate');
  const list = parseRevocationList(bytes);
  if (list.ok) return (revocationListFields(list.value, fields), 'revocation-list');
  const ocsp = parseOcspResponse(bytes);
  if (ocsp.ok) return (ocspFields(ocsp.value, fields), 'ocsp-response');
  return keyFileFields(tree, fields) ? 'key-file' : undefined;
}
