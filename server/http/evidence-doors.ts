import { ok, refuse, type Result, type Sha256Hex } from '../../core/kernel/index.ts';
import { parseEvidenceDescriptor } from '../../contracts/documents/index.ts';
import { endpoints, parseUploadMetadata, tusVersion } from '../../contracts/http/index.ts';
import type { FastifyReply } from 'fastify';
import { checkPosture } from '../accounts/index.ts';
import type { DoorContext } from './context.ts';
import type { Router } from './router.ts';

type TusHeaders = { readonly 'tus-resumable'?: string | undefined };

/** Says which tus this is, on every answer of an upload door; a request of another version is refused. */
function speak(reply: FastifyReply, headers: TusHeaders): Result<null, 'evidence-protocol-unknown'> {
  reply.header('tus-resumable', tusVersion).header('cache-control', 'no-store');
  if (headers['tus-resumable'] === tusVersion) return ok(null);
  reply.header('tus-version', tusVersion);
  return refuse('evidence-protocol-unknown');
}

function readDescriptor(headers: { readonly 'upload-length': number; readonly 'upload-metadata': string }) {
  const bytes = parseUploadMetadata(headers['upload-metadata']);
  const descriptor = bytes.ok ? parseEvidenceDescriptor(Buffer.from(bytes.value).toString('utf8')) : bytes;
  return descriptor.ok && descriptor.value.sizeBytes !== headers['upload-length']
    ? refuse('evidence-descriptor-malformed')
    : descriptor;
}

function openUploadDoors(context: DoorContext, router: Router): void {
  const { platform, registry, evidence } = context;
  const { uploads } = evidence;
  const isReadOnly = (): boolean => platform.log.gap() !== undefined || registry.rejected() > 0;
  router.open(endpoints.createUpload, async ({ device, headers, reply }) => {
    const spoken = speak(reply, headers);
    if (!spoken.ok) return spoken;
    if (isReadOnly()) return refuse('server-read-only');
    const served = await checkPosture(context, device, 'act');
    if (!served.ok) return served;
    const descriptor = readDescriptor(headers);
    if (!descriptor.ok) return descriptor;
    const made = await uploads.create(device.record.device, descriptor.value);
    if (!made.ok) return made;
    const { offsetBytes, isNew } = made.value;
    await reply
      .code(isNew ? 201 : 200)
      .header('location', `${endpoints.createUpload.path}/${descriptor.value.sha256}`)
      .header('upload-offset', offsetBytes)
      .send();
    return ok('sent');
  });
  router.open(endpoints.uploadOffset, async ({ device, params, headers, reply }) => {
    const spoken = speak(reply, headers);
    if (!spoken.ok) return spoken;
    const progress = await uploads.offset({ device: device.record.device, ...params });
    if (!progress.ok) return progress;
    const { offsetBytes, sizeBytes } = progress.value;
    await reply.code(200).header('upload-offset', offsetBytes).header('upload-length', sizeBytes).send();
    return ok('sent');
  });
  router.open(endpoints.uploadChunk, async ({ device, params, headers, body, reply }) => {
    const spoken = speak(reply, headers);
    if (!spoken.ok) return spoken;
    if (isReadOnly()) return refuse('server-read-only');
    const progress = await uploads.append({ device: device.record.device, ...params }, headers['upload-offset'], body);
    if (!progress.ok) return progress;
    await reply.code(204).header('upload-offset', progress.value.offsetBytes).send();
    return ok('sent');
  });
  router.open(endpoints.endUpload, async ({ device, params, headers, reply }) => {
    const spoken = speak(reply, headers);
    if (!spoken.ok) return spoken;
    if (isReadOnly()) return refuse('server-read-only');
    const ended = await uploads.end({ device: device.record.device, ...params });
    return ended.ok ? ok(undefined) : ended;
  });
}

/** Opens the doors of evidence. */
export function openEvidenceDoors(context: DoorContext, router: Router): void {
  const { evidence } = context;
  openUploadDoors(context, router);
  router.open(endpoints.evidenceStatus, ({ device, params }) =>
    evidence.status({ device: device.record.device, ...params }),
  );
  router.open(endpoints.evidenceBlobs, async ({ query }) => {
    const { blobs, next } = await evidence.list(query.after);
    return ok({ blobs: blobs.map((file) => ({ ...file })), next: next as Sha256Hex | null });
  });
  router.open(endpoints.evidenceBlob, async ({ params, headers, reply }) => {
    const size = await evidence.blobSize(params.blob);
    const from = headers.range === undefined ? 0 : Number(headers.range.slice('bytes='.length, -1));
    if (size === undefined) return refuse('evidence-unknown');
    if (from >= size) return refuse('input-malformed');
    if (headers.range !== undefined) reply.code(206).header('content-range', `bytes ${from}-${size - 1}/${size}`);
    await reply
      .type(endpoints.evidenceBlob.media)
      .header('content-length', size - from)
      .header('cache-control', 'private, max-age=31536000, immutable')
      .send(evidence.blobs.read(params.blob, from));
    return ok('sent');
  });
}
