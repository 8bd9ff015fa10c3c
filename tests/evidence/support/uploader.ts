import { setTimeout as sleep } from 'node:timers/promises';
import { chunkSizeMaxBytes, type EvidenceDescriptor } from '../../../core/evidence/index.ts';
import { canonicalize, type Json } from '../../../core/signing/index.ts';
import {
  chunkMedia,
  endpoints,
  formatUploadMetadata,
  tusVersion,
  type EvidenceStatus,
} from '../../../contracts/http/index.ts';
import { sha256Hex } from '../../../eds/index.ts';
import type { Answer, TestClient } from '../../server/support/client.ts';

const tus = { 'tus-resumable': tusVersion };

/** A descriptor of bytes. */
export function describeBytes(bytes: Uint8Array, change: Partial<EvidenceDescriptor> = {}): EvidenceDescriptor {
  return {
    form: 'qorgan.evidence-descriptor/1',
    sha256: sha256Hex(bytes),
    sizeBytes: bytes.length,
    mediaType: 'image/png',
    class: 'screenshot',
    reason: 'Құжат экранда',
    capturedAtMs: 1_770_000_000_000,
    case: null,
    ...change,
  };
}

export function create(client: TestClient, descriptor: EvidenceDescriptor): Promise<Answer> {
  return client.call({
    method: 'POST',
    path: '/v1/evidence/uploads',
    headers: {
      ...tus,
      'upload-length': String(descriptor.sizeBytes),
      'upload-metadata': formatUploadMetadata(Buffer.from(canonicalize(descriptor as unknown as Json))),
    },
  });
}

export function patch(client: TestClient, sha256: string, offset: number, chunk: Uint8Array): Promise<Answer> {
  return client.call({
    method: 'PATCH',
    path: `/v1/evidence/uploads/${sha256}`,
    headers: { ...tus, 'upload-offset': String(offset) },
    media: chunkMedia,
    rawBody: Buffer.from(chunk),
  });
}

export function head(client: TestClient, sha256: string): Promise<Answer> {
  return client.call({ method: 'HEAD', path: `/v1/evidence/uploads/${sha256}`, headers: tus });
}

export function terminate(client: TestClient, sha256: string): Promise<Answer> {
  return client.call({ method: 'DELETE', path: `/v1/evidence/uploads/${sha256}`, headers: tus });
}

export function askStatus(client: TestClient, sha256: string): Promise<Answer> {
  return client.call({ method: 'GET', path: `/v1/evidence/${sha256}` });
}

export const offsetOf = (answer: Answer): number => Number(answer.headers['upload-offset']);

/** Creates an upload and sends all that is missing. */
export async function upload(
  client: TestClient,
  bytes: Uint8Array,
  change: Partial<EvidenceDescriptor> = {},
  chunkSizeBytes = chunkSizeMaxBytes,
): Promise<EvidenceDescriptor> {
  const descriptor = describeBytes(bytes, change);
  const created = await create(client, descriptor);
  if (created.status > 201) throw new Error(`creation: ${created.status} ${created.text}`);
  let offset = offsetOf(created);
  while (offset < bytes.length) {
    const sent = await patch(client, descriptor.sha256, offset, bytes.subarray(offset, offset + chunkSizeBytes));
    if (sent.status !== 204) throw new Error(`chunk at ${offset}: ${sent.status} ${sent.text}`);
    offset = offsetOf(sent);
  }
  return descriptor;
}

/** Asks until the status is what is waited for; the last one after ten seconds. */
export async function statusUntil(
  client: TestClient,
  sha256: string,
  isWanted: (status: EvidenceStatus) => boolean,
): Promise<EvidenceStatus> {
  for (let i = 0; ; i += 1) {
    const answer = await askStatus(client, sha256);
    const status = endpoints.evidenceStatus.response.parse(answer.json);
    if (isWanted(status) || i >= 200) return status;
    await sleep(50);
  }
}
