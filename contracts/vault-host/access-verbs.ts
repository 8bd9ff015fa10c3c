import * as z from 'zod';
import type { AccessCase } from '../../core/access/index.ts';
import { accessEvent, actionId, caseId, count, iin, sha256Hex, timeMs } from '../documents/index.ts';
import { policiesResponse } from '../http/index.ts';
import { defineVerbs, type VerbOutput } from '../rpc/index.ts';
import { caseVerbs } from './case-verbs.ts';
import { caseHistorySchema, outboxStateSchema } from './shapes.ts';

/** Rows only; the slowest disk that we serve answers an fsync in a second. */
const timeoutMs = 15_000;
/** Changes of rights in one answer: with 49 kB each at the most, 10 MB. */
export const accessPageMax = 200;

const accessState = z.custom<Exclude<AccessCase, { status: 'absent' }>>(
  (value) => typeof value === 'object' && value !== null && 'status' in value && 'author' in value,
);

const accessCase = z.strictObject({
  caseId,
  /** With own acts that the log does not hold yet laid over. */
  state: accessState,
  revision: z.int(),
  hash: sha256Hex,
  pending: z.array(actionId),
  /** What the feed told, and the position of its last change; `null` where it has not told of this case yet. */
  told: z.strictObject({ state: accessState, position: count }).nullable(),
});

const policyActsSchema = policiesResponse.shape.policies.element;

/** The vault's own reading copy of the changes of rights: a feed of its own, folded as that of the registrations is. */
export const accessVerbs = defineVerbs({
  'access.position': caseVerbs['cases.position'],
  'access.apply': caseVerbs['cases.apply'],
  /** Those that were touched after a mark, in that order; 0 for all of them. Marks are of one opening of the vault. */
  'access.list': {
    input: z.strictObject({ after: count, limit: z.int().min(1).max(accessPageMax) }),
    output: z.strictObject({ items: z.array(accessCase), mark: count, hasMore: z.boolean() }),
    timeoutMs,
    refusals: ['vault-closed'],
  },
  'access.get': {
    input: z.strictObject({ caseId }),
    output: accessCase.extend({ history: z.array(caseHistorySchema.extend({ event: accessEvent })) }),
    timeoutMs,
    refusals: ['vault-closed', 'case-absent'],
  },
  /** Later policies with the acts that put them there, oldest first. Main verifies them anew whenever it reads them. */
  'policies.list': {
    input: z.null(),
    output: z.strictObject({ items: z.array(policyActsSchema) }),
    timeoutMs,
    refusals: ['vault-closed'],
  },
  /** Keeps a policy that main verified; acts that name it are folded by it from then on. */
  'policies.keep': {
    input: policyActsSchema,
    output: z.null(),
    timeoutMs,
    refusals: ['vault-closed', 'vault-not-bound', 'envelope-malformed', 'vault-disk-failed'],
  },
  /** What a person did on cases of either kind as the feeds told it, newest first. */
  'people.acts': {
    input: z.strictObject({ iin, offset: count, limit: z.int().min(1).max(500) }),
    output: z.strictObject({
      total: count,
      items: z.array(
        z.strictObject({
          actionId,
          caseId,
          /** Of a registration. */
          caseNumber: z.string().nullable(),
          event: z.string(),
          atMs: timeMs,
          /** Of an own act. */
          state: outboxStateSchema.nullable(),
          /** Of an own act from its verified receipt; of another's only what the server says. */
          logIndex: count.nullable(),
        }),
      ),
    }),
    timeoutMs,
    refusals: ['vault-closed'],
  },
  /** When each person whom the feeds told of did something last. */
  'people.lastActs': {
    input: z.null(),
    output: z.strictObject({ items: z.array(z.strictObject({ iin, atMs: timeMs })) }),
    timeoutMs,
    refusals: ['vault-closed'],
  },
});

export type PolicyActs = z.output<typeof policyActsSchema>;
export type HeldAct = VerbOutput<(typeof accessVerbs)['people.acts']>['items'][number];
export type HeldChange = z.output<typeof accessCase>;
