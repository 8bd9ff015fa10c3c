import * as z from 'zod';
import { chunkSizeMaxBytes, evidenceSizeMaxBytes, evidenceStates } from '../../core/evidence/index.ts';
import { actionId, caseId, count, evidenceDescriptor, iin, sha256Hex, timeMs } from '../documents/index.ts';
import { bytesUpTo, defineVerbs } from '../rpc/index.ts';

/** One piece of evidence goes between main and the vault in parts of this size, a chunk of its upload: read or written in some milliseconds. */
export const evidencePartMaxBytes = chunkSizeMaxBytes;

/** Rows, and one part of a file; the slowest disk that we serve answers an fsync in a second. */
const timeoutMs = 15_000;
/** The fsync of a whole file of the largest size, at the 40 MB/s of a slow disk. */
const finishTimeoutMs = 60_000;

const closed = ['vault-closed'] as const;
const unbound = ['vault-closed', 'vault-not-bound'] as const;
const draft = z.uuid();

/** A code of the refusal catalogue. */
const code = z
  .string()
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/u)
  .max(64);

/** A piece of evidence and how far it came. */
export const evidenceViewSchema = z.strictObject({
  descriptor: evidenceDescriptor,
  entrySequence: count,
  recordedAtMs: timeMs,
  person: z.strictObject({ iin, certificate: sha256Hex }),
  /** The first act that named it. */
  namedBy: actionId.nullable(),
  isPaused: z.boolean(),
  /** The server's word, until there is a receipt. */
  told: z.strictObject({ state: z.enum(evidenceStates), refusal: code.nullable() }).nullable(),
  /** By a receipt that was verified here. */
  proven: z.strictObject({ verdict: z.enum(['clean', 'infected']), logIndex: count }).nullable(),
  /** False once the file was let go, or where somebody took it away. */
  isHere: z.boolean(),
});

export type EvidenceView = z.output<typeof evidenceViewSchema>;

/** Evidence of this workstation: encrypted files beside the journal, each with a key of its own that stands in the journal. */
export const evidenceVerbs = defineVerbs({
  /** Opens a draft. Until `evidence.finish` answered, nothing is kept: a draft is gone with the process. */
  'evidence.begin': {
    input: z.strictObject({ sizeBytes: z.int().min(1).max(evidenceSizeMaxBytes) }),
    output: z.strictObject({ draft }),
    timeoutMs,
    refusals: [...unbound, 'vault-quarantined', 'evidence-drafts-too-many', 'vault-disk-failed'],
  },
  /** The next bytes; `offset` is what the draft holds so far. */
  'evidence.append': {
    input: z.strictObject({ draft, offset: count, bytes: bytesUpTo(evidencePartMaxBytes) }),
    output: z.strictObject({ takenBytes: count }),
    timeoutMs,
    refusals: [...unbound, 'evidence-draft-absent', 'evidence-offset-differs', 'vault-disk-failed'],
  },
  /** Content, then name, then entry and key are made durable, in this order. What arrived must have the size and hash of the descriptor. */
  'evidence.finish': {
    input: z.strictObject({
      draft,
      descriptor: evidenceDescriptor,
      person: z.strictObject({ iin, certificate: sha256Hex }),
      atMs: timeMs,
    }),
    output: z.strictObject({ entrySequence: count, hash: sha256Hex, recordedAtMs: timeMs }),
    timeoutMs: finishTimeoutMs,
    refusals: [
      ...unbound,
      'vault-quarantined',
      'clock-earlier-than-journal',
      'evidence-draft-absent',
      'evidence-hash-mismatch',
      'evidence-known',
      'vault-disk-failed',
    ],
  },
  'evidence.cancel': { input: z.strictObject({ draft }), output: z.null(), timeoutMs, refusals: unbound },
  /** Plaintext from `offset` on; shorter than `limit` only at the end. */
  'evidence.read': {
    input: z.strictObject({ sha256: sha256Hex, offset: count, limit: z.int().min(1).max(evidencePartMaxBytes) }),
    output: z.strictObject({ bytes: z.instanceof(Uint8Array) }),
    timeoutMs,
    refusals: [...closed, 'evidence-absent', 'evidence-let-go', 'evidence-file-damaged'],
  },
  /** Newest first. `to-send`: without a receipt, oldest first. `unnamed`: of this case, and no act has named it. */
  'evidence.list': {
    input: z.strictObject({
      only: z.enum(['all', 'to-send', 'to-let-go', 'unnamed']),
      caseId: caseId.nullable(),
      /** Entry sequence; of those before it. */
      before: count.nullable(),
      limit: z.int().min(1).max(500),
    }),
    output: z.strictObject({ items: z.array(evidenceViewSchema), total: z.int() }),
    timeoutMs,
    refusals: closed,
  },
  'evidence.pause': {
    input: z.strictObject({ sha256: sha256Hex, isPaused: z.boolean() }),
    output: z.null(),
    timeoutMs,
    refusals: [...unbound, 'evidence-absent', 'vault-disk-failed'],
  },
  /** Keeps what the server said last, so that it is shown again after a restart. */
  'evidence.told': {
    input: z.strictObject({ sha256: sha256Hex, state: z.enum(evidenceStates), refusal: code.nullable() }),
    output: z.null(),
    timeoutMs,
    refusals: [...unbound, 'evidence-absent', 'vault-disk-failed'],
  },
  /** Lets go of file and key; only with a receipt that the log holds the piece and the antivirus found nothing. */
  'evidence.letGo': {
    input: z.strictObject({ sha256: sha256Hex }),
    output: z.null(),
    timeoutMs,
    refusals: [...unbound, 'evidence-absent', 'evidence-unproven', 'vault-disk-failed'],
  },
});
