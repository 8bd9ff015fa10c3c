import { ok, refuse, type Result, type Sha256Hex } from '../../core/kernel/index.ts';
import { parseActEnvelope } from '../../contracts/documents/index.ts';
import { contentDigest, endpoints, type ActItem } from '../../contracts/http/index.ts';
import { sha256, sha256Hex } from '../../eds/index.ts';
import { checkSignature, type CheckedSignature, type SignatureRefusal, type Trust } from '../accounts/index.ts';
import { verifyEd25519 } from '../keys/index.ts';

/** What shows that a device signed a request: the text that it signed by RFC 9421, and the digest that this text names. */
export type RequestProof = {
  readonly publicKey: Uint8Array;
  readonly base: string;
  readonly signature: Uint8Array;
  readonly contentDigest: string;
};

/** An act after the checks that need nothing but the act, the trusted certificates and the time. */
export type CheckedAct = {
  readonly item: ActItem;
  readonly envelopeHash: Sha256Hex;
  readonly cmsHash: Sha256Hex;
  readonly envelope: ReturnType<typeof parseActEnvelope>;
  /** Of an envelope that could be read. */
  readonly signature: Result<CheckedSignature, SignatureRefusal> | undefined;
};

export type ReadRefusal = 'device-signature-invalid' | 'input-malformed';

/** The value that these bytes say; `undefined` where they are no JSON in UTF-8. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Reads one act and checks its signature at `atMs`; not whether its person may sign it. */
export function checkAct(trust: Trust, item: ActItem, atMs: number): CheckedAct {
  const envelope: CheckedAct['envelope'] = parseActEnvelope(item.envelope);
  // The schema has seen that it is base64.
  const cms = Buffer.from(item.cms, 'base64');
  const content = Buffer.from(item.envelope);
  return {
    item,
    envelopeHash: sha256Hex(content),
    cmsHash: sha256Hex(cms),
    envelope,
    signature: envelope.ok ? checkSignature(trust, { cms, content, atMs }) : undefined,
  };
}

/**
 * The body of a request with acts, each act checked at `atMs`. Nothing of it is parsed before the signature of the device
 * has been verified over these very bytes.
 */
export function readActs(
  trust: Trust,
  request: { readonly proof: RequestProof; readonly body: Uint8Array; readonly atMs: number },
): Result<readonly CheckedAct[], ReadRefusal> {
  const { proof, body, atMs } = request;
  const isSigned =
    proof.contentDigest === contentDigest(sha256, body) && verifyEd25519(proof.publicKey, proof.base, proof.signature);
  if (!isSigned) return refuse('device-signature-invalid');
  const parsed = endpoints.acts.body.safeParse(parseJson(body));
  return parsed.success ? ok(parsed.data.items.map((item) => checkAct(trust, item, atMs))) : refuse('input-malformed');
}
