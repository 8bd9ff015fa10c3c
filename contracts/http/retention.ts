import * as z from 'zod';
import { evidenceClasses } from '../../core/evidence/index.ts';
import { count, line, timeMs } from '../documents/index.ts';
import { defineEndpoint, noBodyMaxBytes } from './endpoint.ts';

/** Pieces, and octets of their ciphertexts. */
const amount = z.strictObject({ count, sizeBytes: count });
const term = z.strictObject({ onlineMonths: count, archiveMonths: count });

/** What is kept, by class and state, and what comes next. */
export const retentionView = z.strictObject({
  atMs: timeMs,
  /** Version 0 is what holds before the operator recorded a schedule: the minimum of the rules. */
  schedule: z.strictObject({ version: count, basis: line(300) }),
  minimum: term,
  classes: z
    .array(
      z.strictObject({
        class: z.enum(evidenceClasses),
        term,
        online: amount,
        archived: amount,
        destroyed: amount,
        held: amount,
        dueForArchive: amount,
        dueForDestruction: amount,
        nextArchiveMs: timeMs.nullable(),
        nextDestructionMs: timeMs.nullable(),
      }),
    )
    .max(evidenceClasses.length),
  /** Those in force; `case` is `null` where single pieces are held. */
  holds: z
    .array(
      z.strictObject({
        id: line(64, 1),
        basis: line(300),
        case: line(64).nullable(),
        pieces: count,
        fromMs: timeMs,
        untilMs: timeMs.nullable(),
      }),
    )
    .max(1_000),
  segments: amount,
  /** Segments whose last check found something. */
  segmentsBad: count,
  lastSegment: z
    .strictObject({
      name: line(64, 1),
      blobs: count,
      sizeBytes: count,
      stampedAtMs: timeMs,
      checkedAtMs: timeMs,
      /** `good`, or a code of `contracts/refusals`. */
      outcome: line(64, 1),
    })
    .nullable(),
});
export type RetentionView = z.output<typeof retentionView>;

export const retentionEndpoints = {
  /** For whoever reads operations by the policy in force. */
  retention: defineEndpoint({
    method: 'GET',
    path: '/v1/retention',
    auth: 'session',
    needs: 'operations',
    response: retentionView,
    bodySizeMaxBytes: noBodyMaxBytes,
    refusals: ['read-not-allowed', 'archive-records-wrong'],
  }),
} as const;
