import * as z from 'zod';
import type { Registration } from '../../core/actions/index.ts';
import { logAlarms } from '../../core/journal/index.ts';
import { noteSizeMax, deskLevels } from '../../core/log/index.ts';
import {
  actionId,
  base64,
  caseId,
  chainHead,
  count,
  iin,
  registrationEvent,
  sha256Hex,
  timeMs,
} from '../documents/index.ts';
import { change, cmsSizeMaxBytes, endpoints } from '../http/index.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u;

/** What the server says it holds of this device. */
export const heldSchema = endpoints.contact.response.shape.held;

/** A change of the feed after main judged the signature of its act; the vault checks everything else, and keeps the signature to be shown. */
export const toldChangeSchema = change.extend({
  act: change.shape.act.omit({ actorName: true }),
  /** Name in the certificate, where signature, chain and person were verified by the pinned anchors; `null` where they do not hold. */
  signer: z.string().max(200).nullable(),
});

export const slotIdSchema = z.string().regex(uuid);
export const cmsSchema = base64(cmsSizeMaxBytes);

/** Passwords and keys: overwritten by the host once the call is answered. */
export const secretBytesSchema = z
  .instanceof(Uint8Array)
  .refine((bytes) => bytes.length > 0 && bytes.length <= 8_192, 'secret length');

/** DER SubjectPublicKeyInfo. */
export const publicKeySchema = z
  .instanceof(Uint8Array)
  .refine((bytes) => bytes.length >= 32 && bytes.length <= 2_048, 'public key length');

/** The last link of each chain; sequence 0 names the device record, on which both start. */
export const headsSchema = z.strictObject({ acts: chainHead, entries: chainHead });

export const treeHeadSchema = z.strictObject({ size: count, root: z.string().max(64) });

/** The newest tree head that the vault knows to be verified: from its journal, or cosigned by it. */
export const knownTreeSchema = treeHeadSchema.extend({ note: z.string().max(noteSizeMax) });

/** Alarms about the log that no proof has explained; while there is one, nothing of the server is taken. */
export const standingSchema = z.strictObject({ entry: count, code: z.enum(logAlarms), atMs: timeMs });

/** Who vouches for a receipt by the pinned witnesses, and whether the pinned policy asks for outside ones that it has not. */
export const attestationSchema = z.strictObject({ level: z.enum(deskLevels), isExternalAwaited: z.boolean() });

/** Where an own act is on its way: see `core/sync`. */
export const outboxStateSchema = z.enum(['recorded', 'promised', 'overdue', 'logged', 'refused', 'superseded']);

export const registrationSchema = z.custom<Registration>(
  (value) => typeof value === 'object' && value !== null && 'status' in value && typeof value.status === 'string',
);

export const caseStatusSchema = z.enum(['submitted', 'claimed', 'returned', 'approved', 'refused']);

export const caseSummarySchema = z.strictObject({
  caseId,
  number: z.string(),
  kind: z.enum(['individual', 'legal-entity']),
  /** Surname and given names, or the organisation. */
  name: z.string(),
  status: caseStatusSchema,
  submittedAtMs: timeMs,
  changedAtMs: timeMs,
  submitters: z.array(iin),
  claim: z.strictObject({ by: iin, untilMs: timeMs }).nullable(),
  revision: z.int(),
  hash: sha256Hex,
  /** Own acts on this case that the log does not hold yet; the summary already shows their effect. */
  pending: z.array(actionId),
  /** The whole state, when the caller asked for it. */
  state: registrationSchema.nullable(),
});

/** One act in the history of a case: the server's, or an own act that is still on its way. */
export const caseHistorySchema = z.strictObject({
  revision: z.int(),
  actionId,
  actHash: sha256Hex,
  event: registrationEvent,
  isConfirmed: z.boolean(),
  /** As the verified certificate names him. */
  actorName: z.string().nullable(),
  /** Of an own act. */
  state: outboxStateSchema.nullable(),
  /** Of an own act from its verified receipt; of another's only what the server says. */
  logIndex: count.nullable(),
  /** Of the receipt of an own act. */
  attestation: attestationSchema.nullable(),
});

export type Attestation = z.output<typeof attestationSchema>;
export type ToldChange = z.output<typeof toldChangeSchema>;
export type CaseSummary = z.output<typeof caseSummarySchema>;
export type CaseHistoryItem = z.output<typeof caseHistorySchema>;
export type Heads = z.output<typeof headsSchema>;
