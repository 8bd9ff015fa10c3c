import { ok, refuse, toBase64, fromBase64, type DeviceId, type Result, type Sha256 } from '../../core/kernel/index.ts';
import { deviceId } from '../documents/index.ts';

/**
 * HTTP message signatures by RFC 9421, narrowed to one form: label `qorgan`, Ed25519, and always the same components in
 * the same order, with those headers that are sent. Both sides build the base from here, so there is nothing to negotiate and nothing to leave out.
 */
export type SignedRequest = {
  readonly method: string;
  readonly path: string;
  /** With the question mark; `?` alone where there is no query. */
  readonly query: string;
  /** Value of the header `content-digest`; of the empty body where there is none. */
  readonly contentDigest: string;
  /** Values of headers that are covered wherever they are sent. */
  readonly covered?: CoveredHeaders | undefined;
};

/** Headers beside the body that say something, in the order in which a signature covers those that are sent. */
export const coveredHeaders = ['authorization', 'upload-length', 'upload-metadata', 'upload-offset'] as const;
export type CoveredHeaders = { readonly [Name in (typeof coveredHeaders)[number]]?: string };

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

/** Names of those covered headers that are sent. */
function namesOf(covered: CoveredHeaders): (typeof coveredHeaders)[number][] {
  return coveredHeaders.filter((name) => covered[name] !== undefined);
}

function signatureParameters(parameters: SignatureParameters, sent: CoveredHeaders): string {
  const names = ['@method', '@path', '@query', 'content-digest', ...namesOf(sent)];
  const covered = names.map((name) => `"${name}"`).join(' ');
  return `(${covered});created=${parameters.createdSeconds};nonce="${parameters.nonce}";keyid="${parameters.device}";alg="ed25519"`;
}

/** The header `content-digest` (RFC 9530) of a body. */
export function contentDigest(sha256: Sha256, body: Uint8Array | string): string {
  return `sha-256=:${toBase64(sha256(body))}:`;
}

/** The text that the device key signs. */
export function signatureBase(request: SignedRequest, parameters: SignatureParameters): string {
  const { method, path, query, covered = {} } = request;
  const lines = [
    `"@method": ${method}`,
    `"@path": ${path}`,
    `"@query": ${query}`,
    `"content-digest": ${request.contentDigest}`,
  ];
  for (const name of namesOf(covered)) lines.push(`"${name}": ${covered[name] ?? ''}`);
  lines.push(`"@signature-params": ${signatureParameters(parameters, covered)}`);
  return lines.join('\n');
}

/** The two headers of a signed request. */
export function signatureHeaders(options: {
  readonly parameters: SignatureParameters;
  readonly covered?: CoveredHeaders | undefined;
  readonly signature: Uint8Array;
}): { readonly 'signature-input': string; readonly signature: string } {
  return {
    'signature-input': `${label}=${signatureParameters(options.parameters, options.covered ?? {})}`,
    signature: `${label}=:${toBase64(options.signature)}:`,
  };
}

const inputPattern =
  /^qorgan=\("@method" "@path" "@query" "content-digest"( "authorization")?( "upload-length")?( "upload-metadata")?( "upload-offset")?\);created=([0-9]{1,12});nonce="([A-Za-z0-9+/]{22}==)";keyid="([0-9a-f-]{36})";alg="ed25519"$/u;
const signaturePattern = /^qorgan=:([A-Za-z0-9+/]{86}==):$/u;

/** Reads the two headers; every other form of RFC 9421 is refused. */
export function parseSignatureHeaders(headers: { readonly signatureInput: string; readonly signature: string }): Result<
  {
    readonly parameters: SignatureParameters;
    readonly covered: readonly (typeof coveredHeaders)[number][];
    readonly signature: Uint8Array;
  },
  'device-signature-invalid'
> {
  const input = inputPattern.exec(headers.signatureInput);
  const signatureText = signaturePattern.exec(headers.signature)?.[1];
  const device = deviceId.safeParse(input?.[7]);
  const signature = signatureText === undefined ? undefined : fromBase64(signatureText);
  if (input === null || !device.success || signature === undefined || !signature.ok)
    return refuse('device-signature-invalid');
  return ok({
    parameters: { createdSeconds: Number(input[5]), nonce: input[6] ?? '', device: device.data },
    covered: coveredHeaders.filter((_, i) => input[i + 1] !== undefined),
    signature: signature.value,
  });
}
