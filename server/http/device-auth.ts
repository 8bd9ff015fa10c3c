import { ok, refuse, type DeviceId, type Result } from '../../core/kernel/index.ts';
import {
  contentDigest,
  coveredHeaders,
  parseSignatureHeaders,
  signatureBase,
  type deviceRefusals,
  type SignatureParameters,
} from '../../contracts/http/index.ts';
import type { RegisteredDevice } from '../accounts/index.ts';
import { sha256 } from '../../eds/index.ts';
import type { RequestProof } from '../checks/index.ts';
import { verifyEd25519Aside } from '../keys/index.ts';
import type { ReplayGuard } from './replay-guard.ts';

export type DeviceRefusal = (typeof deviceRefusals)[number] | 'too-many-requests' | 'server-busy';

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

/** Who says that he signed a request, and what has to hold for it to be true. */
export type DeviceClaim<Who = RegisteredDevice> = {
  readonly device: Who;
  readonly parameters: SignatureParameters;
  readonly proof: RequestProof;
};

type KeyHolder = { readonly publicKey: Uint8Array };
/** Who is known at a door: devices, and at some doors mirrors. */
type Doorkeeper<Who extends KeyHolder> = {
  readonly registry: { readonly device: (id: DeviceId) => Who | undefined };
  readonly guard: ReplayGuard;
};

/**
 * Reads the headers of a request: method, path, query, body and session token are all covered by what the device signed. What was
 * let in before, or is of another time, is refused here already: it is worth no verification.
 */
export function readClaim<Who extends KeyHolder>(
  { registry, guard }: Doorkeeper<Who>,
  request: WireRequest,
): Result<DeviceClaim<Who>, DeviceRefusal> {
  const { headers } = request;
  const signatureInput = single(headers['signature-input']);
  const signature = single(headers['signature']);
  const digest = single(headers['content-digest']);
  if (signatureInput === undefined || signature === undefined || digest === undefined)
    return refuse('device-signature-missing');
  const parsed = parseSignatureHeaders({ signatureInput, signature });
  if (!parsed.ok) return parsed;
  const { parameters, covered } = parsed.value;
  const device = registry.device(parameters.device);
  if (device === undefined) return refuse('device-unknown');
  const looked = guard.look(parameters);
  if (!looked.ok) return looked;
  // What says something is signed wherever it is sent, or a header could be put beside a request that somebody else signed.
  const sent = coveredHeaders.flatMap((name) => {
    const value = single(headers[name]);
    return value === undefined ? [] : [[name, value] as const];
  });
  if (sent.map(([name]) => name).join() !== covered.join()) return refuse('device-signature-invalid');
  const mark = request.url.indexOf('?');
  const path = mark < 0 ? request.url : request.url.slice(0, mark);
  const query = mark < 0 ? '?' : request.url.slice(mark);
  const base = signatureBase(
    { method: request.method, path, query, contentDigest: digest, covered: Object.fromEntries(sent) },
    parameters,
  );
  const { publicKey } = device;
  return ok({
    device,
    parameters,
    proof: { publicKey, base, signature: parsed.value.signature, contentDigest: digest },
  });
}

/** Lets a request in whose proof holds, and no request twice. */
export function admitOnce<Who>(
  guard: ReplayGuard,
  { device, parameters }: DeviceClaim<Who>,
): Result<Who, DeviceRefusal> {
  const admitted = guard.admit(parameters);
  return admitted.ok ? ok(device) : admitted;
}

/** The enrolled device that signed this very request; the body is compared with its digest. */
export async function authenticateDevice<Who extends KeyHolder>(
  context: Doorkeeper<Who>,
  request: WireRequest,
): Promise<Result<Who, DeviceRefusal>> {
  const claim = readClaim(context, request);
  if (!claim.ok) return claim;
  const { publicKey, base, signature, contentDigest: digest } = claim.value.proof;
  const isSigned =
    digest === contentDigest(sha256, request.body) && (await verifyEd25519Aside(publicKey, base, signature));
  return isSigned ? admitOnce(context.guard, claim.value) : refuse('device-signature-invalid');
}
