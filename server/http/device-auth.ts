import { ok, refuse, type Result } from '../../core/kernel/index.ts';
import {
  contentDigest,
  parseSignatureHeaders,
  signatureBase,
  type deviceRefusals,
} from '../../contracts/http/index.ts';
import type { RegisteredDevice, Registry } from '../accounts/index.ts';
import { sha256 } from '../../eds/index.ts';
import { verifyEd25519Aside } from '../keys/index.ts';
import type { ReplayGuard } from './replay-guard.ts';

export type DeviceRefusal = (typeof deviceRefusals)[number] | 'server-busy';

/** A request as it stood on the wire. */
export type WireRequest = {
  readonly method: string;
  /** Path with query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Uint8Array;
};

function single(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/**
 * The enrolled device that signed this very request: method, path, query, body and session token are all covered, the
 * body is compared with its digest, and no request is let in twice.
 */
export async function authenticateDevice(
  context: { readonly registry: Registry; readonly guard: ReplayGuard },
  request: WireRequest,
): Promise<Result<RegisteredDevice, DeviceRefusal>> {
  const { headers } = request;
  const signatureInput = single(headers['signature-input']);
  const signature = single(headers['signature']);
  const digest = single(headers['content-digest']);
  if (signatureInput === undefined || signature === undefined || digest === undefined)
    return refuse('device-signature-missing');
  const parsed = parseSignatureHeaders({ signatureInput, signature });
  if (!parsed.ok) return parsed;
  const { parameters, hasAuthorization } = parsed.value;
  const device = context.registry.device(parameters.device);
  if (device === undefined) return refuse('device-unknown');
  const authorization = single(headers['authorization']);
  if ((authorization !== undefined) !== hasAuthorization || digest !== contentDigest(sha256, request.body))
    return refuse('device-signature-invalid');
  const mark = request.url.indexOf('?');
  const path = mark < 0 ? request.url : request.url.slice(0, mark);
  const query = mark < 0 ? '?' : request.url.slice(mark);
  const base = signatureBase({ method: request.method, path, query, contentDigest: digest, authorization }, parameters);
  if (!(await verifyEd25519Aside(device.publicKey, base, parsed.value.signature)))
    return refuse('device-signature-invalid');
  const admitted = context.guard.admit({
    device: parameters.device,
    nonce: parameters.nonce,
    createdSeconds: parameters.createdSeconds,
  });
  return admitted.ok ? ok(device) : admitted;
}
