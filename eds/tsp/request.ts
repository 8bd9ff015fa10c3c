import { boolean, integer, nullValue, objectIdentifier, octetString, sequence } from '../der/index.ts';
import type { MessageImprint } from './tst-info.ts';

/** What is asked of a time-stamping authority. */
export type TimeStampRequest = {
  /** For a signature: the digest of the octets of SignerInfo.signature. The national authority demands the hash of the signer's own family. */
  readonly imprint: MessageImprint;
  /** Fresh chance, at least eight octets: binds the answer to this request. Read as a magnitude. */
  readonly nonce: Uint8Array;
  /** OID of the policy that is wanted; left out, the authority chooses. */
  readonly policy?: string;
};

/** Writes a TimeStampReq (RFC 3161 §2.4.1) that asks for the authority's certificate in the token. */
export function writeTimeStampRequest({ imprint, nonce, policy }: TimeStampRequest): Uint8Array {
  return sequence(
    integer(1),
    writeImprint(imprint),
    ...(policy === undefined ? [] : [objectIdentifier(policy)]),
    integer(nonce),
    boolean(true),
  );
}

/** MessageImprint; parameters are NULL, as all authorities read them. */
export function writeImprint({ digestOid, digest }: MessageImprint): Uint8Array {
  return sequence(sequence(objectIdentifier(digestOid), nullValue()), octetString(digest));
}
