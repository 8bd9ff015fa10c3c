import * as z from 'zod';
import {
  chunkSizeMaxBytes,
  descriptorSizeMax,
  evidenceSizeMaxBytes,
  evidenceStates,
} from '../../core/evidence/index.ts';
import { fromBase64, ok, refuse, toBase64, type Result } from '../../core/kernel/index.ts';
import { sha256Hex, signedDocument } from '../documents/index.ts';
import { defineEndpoint, noBodyMaxBytes } from './endpoint.ts';

/** The one version of tus (core, creation, termination) that both sides speak. */
export const tusVersion = '1.0.0';
/** Media type of the bytes of a `PATCH` (tus). */
export const chunkMedia = 'application/offset+octet-stream';

const bytesHeader = z
  .string()
  .regex(/^(?:0|[1-9][0-9]{0,15})$/u)
  .transform(Number)
  .pipe(z.int().max(evidenceSizeMaxBytes));
/** Read by the door itself: another version is `evidence-protocol-unknown`, not a malformed request. */
const tusResumable = z.string().max(16).optional();
const metadataSizeMax = 4 * descriptorSizeMax;

/** Headers of a creation. `upload-length` is the size of the descriptor. */
export const creationHeaders = z.object({
  'tus-resumable': tusResumable,
  'upload-length': bytesHeader,
  'upload-metadata': z.string().max(metadataSizeMax),
});
export const chunkHeaders = z.object({ 'tus-resumable': tusResumable, 'upload-offset': bytesHeader });
export const tusHeaders = z.object({ 'tus-resumable': tusResumable });
/** `bytes=<from>-`, to go on with a blob whose line was cut. */
export const blobHeaders = z.object({
  range: z
    .string()
    .regex(/^bytes=[0-9]{1,12}-$/u)
    .optional(),
});
/** SHA-256 of the plaintext names the upload of a device: a repeated creation finds the old one. */
export const evidenceParams = z.strictObject({ sha256: sha256Hex });
/** SHA-256 of the sealed file. */
export const blobParams = z.strictObject({ blob: sha256Hex });

/**
 * Where a piece of evidence of this device stands. `offsetBytes` names bytes that a power cut does not take. `waiting` says why there
 * is no verdict yet. `document` is the signed `qorgan.evidence/1`; `receipt` (C2SP tlog-proof) proves its leaf, and is `null` until the
 * log holds it.
 */
export const evidenceStatus = z.strictObject({
  sha256: sha256Hex,
  state: z.enum(evidenceStates),
  offsetBytes: z.int().min(0).max(evidenceSizeMaxBytes),
  sizeBytes: z.int().min(1).max(evidenceSizeMaxBytes),
  refusal: z.string().max(64).nullable(),
  waiting: z.string().max(64).nullable(),
  document: signedDocument.nullable(),
  receipt: z.string().max(65_536).nullable(),
});
export type EvidenceStatus = z.output<typeof evidenceStatus>;

/** The header `Upload-Metadata` of a creation: one key `descriptor`, the UTF-8 bytes of its canonical text. */
export function formatUploadMetadata(descriptor: Uint8Array): string {
  return `descriptor ${toBase64(descriptor)}`;
}

/** Reads `Upload-Metadata`; another key beside `descriptor` is refused. `parseEvidenceDescriptor` reads the text of the bytes. */
export function parseUploadMetadata(text: string): Result<Uint8Array, 'evidence-descriptor-malformed'> {
  const bytes = text.startsWith('descriptor ') ? fromBase64(text.slice('descriptor '.length)) : undefined;
  return bytes?.ok === true ? ok(bytes.value) : refuse('evidence-descriptor-malformed');
}

export const blobListQuery = z.strictObject({ after: z.union([z.literal(''), sha256Hex]).default('') });
export const blobList = z.strictObject({
  blobs: z.array(z.strictObject({ blob: sha256Hex, sizeBytes: z.int().min(1) })).max(1_000),
  next: sha256Hex.nullable(),
});

const uploads = '/v1/evidence/uploads';
const uploadRefusals = ['evidence-protocol-unknown', 'evidence-upload-unknown', 'server-read-only'] as const;

/** Doors of evidence. A refusal of `HEAD`, which has no body, stands in the header `qorgan-refusal`, as everywhere. */
export const evidenceEndpoints = {
  /** tus creation: 201 with `location` and `upload-offset`, 200 where the upload was known. */
  createUpload: defineEndpoint({
    method: 'POST',
    path: uploads,
    auth: 'device',
    headers: creationHeaders,
    bodySizeMaxBytes: noBodyMaxBytes,
    refusals: [
      'evidence-protocol-unknown',
      'evidence-descriptor-malformed',
      'evidence-descriptor-differs',
      'evidence-quota-exceeded',
      'evidence-storage-full',
      'evidence-infected',
      'server-read-only',
      'client-too-old',
      'posture-refused',
      'posture-restricted',
    ],
  }),
  /** tus: 200 with `upload-offset` and `upload-length`. */
  uploadOffset: defineEndpoint({
    method: 'HEAD',
    path: `${uploads}/:sha256`,
    auth: 'device',
    params: evidenceParams,
    headers: tusHeaders,
    bodySizeMaxBytes: noBodyMaxBytes,
    refusals: uploadRefusals,
  }),
  /** tus: 204 with the new `upload-offset`, which is durable. Every chunk but the last is a multiple of a record of 64 KiB. */
  uploadChunk: defineEndpoint({
    method: 'PATCH',
    path: `${uploads}/:sha256`,
    auth: 'device',
    params: evidenceParams,
    headers: chunkHeaders,
    bytes: chunkMedia,
    bodySizeMaxBytes: chunkSizeMaxBytes,
    refusals: [
      ...uploadRefusals,
      'evidence-offset-differs',
      'evidence-chunk-unaligned',
      'evidence-upload-busy',
      'evidence-upload-closed',
      'evidence-storage-full',
    ],
  }),
  /** tus termination: 204. What is whole stays. */
  endUpload: defineEndpoint({
    method: 'DELETE',
    path: `${uploads}/:sha256`,
    auth: 'device',
    params: evidenceParams,
    headers: tusHeaders,
    bodySizeMaxBytes: noBodyMaxBytes,
    refusals: [...uploadRefusals, 'evidence-upload-busy', 'evidence-upload-closed'],
  }),
  evidenceStatus: defineEndpoint({
    method: 'GET',
    path: '/v1/evidence/:sha256',
    auth: 'device',
    params: evidenceParams,
    response: evidenceStatus,
    bodySizeMaxBytes: noBodyMaxBytes,
    refusals: ['evidence-unknown'],
  }),
  /** Sealed files by name after `after`, for a mirror; `next` is where the list goes on, or `null` at its end. */
  evidenceBlobs: defineEndpoint({
    method: 'GET',
    path: '/v1/evidence/blobs',
    auth: 'keeper',
    query: blobListQuery,
    response: blobList,
    bodySizeMaxBytes: noBodyMaxBytes,
    refusals: [],
  }),
  /** The sealed file; `range` goes on with a part of it (206). Its name is its hash, so it never changes. */
  evidenceBlob: defineEndpoint({
    method: 'GET',
    path: '/v1/evidence/blobs/:blob',
    auth: 'keeper',
    params: blobParams,
    headers: blobHeaders,
    media: 'application/octet-stream',
    bodySizeMaxBytes: noBodyMaxBytes,
    refusals: ['evidence-unknown'],
  }),
} as const;
