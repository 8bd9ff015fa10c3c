import { ok, refuse, toBase64, fromBase64, type DeviceId, type Result, type Sha256 } from '../../core/kernel/index.ts';
import { deviceId } from '../documents/index.ts';

/**
 * HTTP message signatures by RFC 9421, narrowed to one form: label `qorgan`, Ed25519, and always the same components in
 * the same order. Both sides build the base from here, so there is nothing to negotiate and nothing to leave out.
 */
export type SignedRequest = {
  readonly method: string;
  readonly path: string;
  /** With the question mark; `?` alone where there is no query. */
  readonly query: string;
  /** Value of the header `content-digest`; of the empty body where there is none. */
  readonly contentDigest: string;
  /** Value of the header `authorization`, covered wherever it is sent. */
  readonly authorization?: string | undefined;
};

export type SignatureParameters = {
  /** By the server's clock: a device adds the offset that it learnt from `status`. */
  readonly createdSeconds: number;
  /** Base64 of 16 random bytes. */
  readonly nonce: string;
  readonly device: DeviceId;
};

/** A request is fresh this long after `created` and never before; also how long a nonce is remembered. */
export const requestWindowMs = 120_000;

const label = 'qorgan';

function signatureParameters(parameters: SignatureParameters, hasAuthorization: boolean): string {
  const covered = `"@method" "@path" "@query" "content-digest"${hasAuthorization ? ' "authorization"' : ''}`;
  return `(${covered});created=${parameters.createdSeconds};nonce="${parameters.nonce}";keyid="${parameters.device}";alg="ed25519"`;
}

/** The header `content-digest` (RFC 9530) of a body. */
export function contentDigest(sha256: Sha256, body: Uint8Array | string): string {
  return `sha-256=:${toBase64(sha256(body))}:`;
}

/** The text that the device key signs. */
export function signatureBase(request: SignedRequest, parameters: SignatureParameters): string {
  const { method, path, query, authorization } = request;
  const lines = [
    `"@method": ${method}`,
    `"@path": ${path}`,
    `"@query": ${query}`,
    `"content-digest": ${request.contentDigest}`,
  ];
  if (authorization !== undefined) lines.push(`"authorization": ${authorization}`);
  lines.push(`"@signature-params": ${signatureParameters(parameters, authorization !== undefined)}`);
  return lines.join('\n');
}

/** The two headers of a signed request. */
export function signatureHeaders(options: {
  readonly parameters: SignatureParameters;
  readonly hasAuthorization: boolean;
  readonly signature: Uint8Array;
}): { readonly 'signature-input': string; readonly signature: string } {
  return {
    'signature-input': `${label}=${signatureParameters(options.parameters, options.hasAuthorization)}`,
    signature: `${label}=:${toBase64(options.signature)}:`,
  };
}

const inputPattern =
  /^qorgan=\("@method" "@path" "@query" "content-digest"( "authorization")?\);created=([0-9]{1,12});nonce="([A-Za-z0-9+/]{22}==)";keyid="([0-9a-f-]{36})";alg="ed25519"$/u;
const signaturePattern = /^qorgan=:([A-Za-z0-9+/]{86}==):$/u;

/** Reads the two headers; every other form of RFC 9421 is refused. */
export function parseSignatureHeaders(headers: {
  readonly signatureInput: string;
  readonly signature: string;
}): Result<
  { readonly parameters: SignatureParameters; readonly hasAuthorization: boolean; readonly signature: Uint8Array },
  'device-signature-invalid'
> {
  const input = inputPattern.exec(headers.signatureInput);
  const signatureText = signaturePattern.exec(headers.signature)?.[1];
  const device = deviceId.safeParse(input?.[4]);
  const signature = signatureText === undefined ? undefined : fromBase64(signatureText);
  if (input === null || !device.success || signature === undefined || !signature.ok)
    return refuse('device-signature-invalid');
  return ok({
    parameters: { createdSeconds: Number(input[2]), nonce: input[3] ?? '', device: device.data },
    hasAuthorization: input[1] !== undefined,
    signature: signature.value,
  });
}
