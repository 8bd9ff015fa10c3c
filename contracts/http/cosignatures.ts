import * as z from 'zod';
import { base64Exact, count, signedDocument } from '../documents/index.ts';

/** A signed note of this log with one cosignature: some 400 characters, and room for signatures of other kinds. */
const cosignedNote = z.string().min(1).max(16_384);

export const cosignaturesRequest = z.strictObject({
  /** A `qorgan.cosigner/1` signed by the device key. */
  cosigner: signedDocument,
  /** The tree head that the workstation verified, with the signature of the log and its own cosignature. */
  note: cosignedNote,
  /** Position of the newest cosignature of others that is known here; 0 for none. */
  after: count,
});

/** Most cosignatures in one answer; the rest comes with the next contact. */
export const cosignaturesMax = 64;

/**
 * What other workstations cosigned since then, oldest first. `receipt` proves that the device record is in the very tree
 * that was sent, and `consistency` leads from the smaller to the larger of the two heads (RFC 6962); both are empty where
 * the server cannot show that.
 */
export const cosignaturesResponse = z.strictObject({
  cosignatures: z
    .array(
      z.strictObject({
        device: signedDocument,
        receipt: z.string().max(65_536).nullable(),
        cosigner: signedDocument,
        note: cosignedNote,
        consistency: z.array(base64Exact(32)).max(64),
      }),
    )
    .max(cosignaturesMax),
  position: count,
});

export type CosignaturesRequest = z.output<typeof cosignaturesRequest>;
export type CosignaturesResponse = z.output<typeof cosignaturesResponse>;
