import * as z from 'zod';
import { caseId, count, iin, sha256Hex, timeMs, actionId } from '../documents/index.ts';
import { changesLimitMax } from '../http/index.ts';
import { defineVerbs } from '../rpc/index.ts';
import {
  caseHistorySchema,
  caseStatusSchema,
  caseSummarySchema,
  registrationSchema,
  cmsSchema,
  toldChangeSchema,
} from './shapes.ts';

/** Rows only; the slowest disk that we serve answers an fsync in a second. */
const timeoutMs = 15_000;

/** Why a change of the feed is not believed. */
export const changeFaults = [
  'signature-not-verified',
  'revision-missing',
  'history-rewritten',
  'envelope-differs',
  'envelope-malformed',
  'envelope-foreign',
  'case-hash-wrong',
  'act-not-allowed',
] as const;
export type ChangeFault = (typeof changeFaults)[number];

/** The vault's own reading copy of the registration cases. */
export const caseVerbs = defineVerbs({
  'cases.position': {
    input: z.null(),
    output: z.strictObject({ position: count }),
    timeoutMs,
    refusals: ['vault-closed'],
  },
  /**
   * Folds what the envelopes say by the rule of the case, in one transaction; changes at or before the position held are passed over.
   * The positions must go on from there without a gap, else nothing is taken. A change that does not hold stands in `forged`: its case
   * stays as it was, later changes of it included, until the feed is read again from there when the vault opens.
   */
  'cases.apply': {
    input: z.strictObject({ changes: z.array(toldChangeSchema).max(changesLimitMax) }),
    output: z.strictObject({
      position: count,
      changed: z.array(caseId),
      forged: z.array(z.strictObject({ caseId, position: count, why: z.enum(changeFaults) })),
    }),
    timeoutMs,
    refusals: ['vault-closed', 'vault-not-bound', 'log-distrusted', 'changes-out-of-order', 'vault-disk-failed'],
  },
  'cases.list': {
    input: z.strictObject({
      /** Empty: all. */
      statuses: z.array(caseStatusSchema).max(5),
      /** Part of number or name, any case of letters. */
      query: z.string().max(120),
      claimedBy: iin.nullable(),
      decidedBy: iin.nullable(),
      /** Leaves out what this person submitted. */
      notSubmittedBy: iin.nullable(),
      /** Open for this person at this time: submitted, claimed by him, or claimed by another whose claim ran out. */
      openFor: z.strictObject({ iin, nowMs: timeMs }).nullable(),
      sort: z.enum(['oldest', 'newest', 'number']),
      offset: z.int().nonnegative(),
      limit: z.int().min(1).max(500),
      withState: z.boolean(),
    }),
    output: z.strictObject({
      items: z.array(caseSummarySchema),
      /** Of the filter. */
      total: z.int(),
      /** Of all cases. */
      byStatus: z.record(caseStatusSchema, z.int()),
    }),
    timeoutMs,
    refusals: ['vault-closed'],
  },
  /** With own acts that the log does not hold yet laid over; `confirmed` is what the server told. */
  'cases.get': {
    input: z.strictObject({ caseId }),
    output: z.strictObject({
      caseId,
      state: registrationSchema,
      revision: z.int(),
      hash: sha256Hex,
      pending: z.array(actionId),
      confirmed: z.strictObject({ state: registrationSchema, revision: z.int(), hash: sha256Hex }),
      history: z.array(caseHistorySchema),
    }),
    timeoutMs,
    refusals: ['vault-closed', 'case-absent'],
  },
  /** The case that an act belongs to; `null` where the feed has told of none. */
  'cases.ofAction': {
    input: z.strictObject({ actionId }),
    output: z.strictObject({ caseId: caseId.nullable() }),
    timeoutMs,
    refusals: ['vault-closed'],
  },
  /** The signed bytes of one act of a case: an own one of the journal, or another's as the server told it. */
  'cases.signature': {
    input: z.strictObject({ caseId, actionId }),
    output: z.strictObject({
      envelope: z.string(),
      cms: cmsSchema,
      /** When the server received it, as it says; `null` for an own act that it has not told yet. */
      receivedAtMs: timeMs.nullable(),
      /** When an own act was recorded here. */
      recordedAtMs: timeMs.nullable(),
    }),
    timeoutMs,
    refusals: ['vault-closed', 'act-absent', 'signature-not-kept'],
  },
});
