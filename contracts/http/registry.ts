import * as z from 'zod';
import { envelopeSizeMax } from '../../core/signing/index.ts';
import {
  base64,
  breakGlassDocument,
  count,
  deviceGrant,
  deviceRecord,
  iin,
  policyDocument,
  sha256Hex,
  staffGrant,
  timeMs,
} from '../documents/index.ts';
import { defineEndpoint, noBodyMaxBytes } from './endpoint.ts';
import { cmsSizeMaxBytes } from './messages.ts';

/** Hash of a record as a change names it, and the leaf that put it there; `null` until the log holds it. */
const kept = { hash: sha256Hex, leafIndex: count.nullable() };

const review = z.discriminatedUnion('state', [
  z.strictObject({ state: z.literal('unruled') }),
  z.strictObject({ state: z.enum(['done', 'due', 'overdue']), dueAtMs: timeMs, due: count, overdue: count }),
]);

/** Who may do what, as the server folds it from the log. What waits for a second person is in the feed of changes. */
export const registryView = z.strictObject({
  /** False on a platform that only the platform key vouches for: then no change can be proposed yet. */
  isFounded: z.boolean(),
  people: z.array(
    z.strictObject({
      record: staffGrant,
      ...kept,
      block: z.strictObject({ by: iin, atMs: timeMs, reason: z.string() }).nullable(),
      confirmedAtMs: timeMs,
      reviewedAtMs: timeMs.nullable(),
      /** When the platform saw this person last, or he was confirmed. */
      activeAtMs: timeMs,
      isIdle: z.boolean(),
    }),
  ),
  devices: z.array(z.strictObject({ record: deviceGrant, ...kept })),
  /** Devices that asked to be enrolled; each is let in by a confirmed change that names this very record. */
  waiting: z.array(z.strictObject({ record: deviceRecord, leafIndex: count })),
  review,
  /** Oldest first. */
  policies: z.array(z.strictObject({ record: policyDocument, ...kept })),
  /** Of each opening of the emergency account, oldest first, by the hash of its leaf; `end` once two people closed it. */
  alarms: z.array(
    z.strictObject({
      leaf: sha256Hex,
      leafIndex: count,
      record: breakGlassDocument,
      end: z.strictObject({ by: iin, atMs: timeMs, leafIndex: count.nullable() }).nullable(),
    }),
  ),
  /** Records that the platform key alone signed after the founding: they count for nothing. */
  unconfirmed: z.array(z.strictObject({ kind: z.enum(['staff', 'policy', 'founding']), leafIndex: count })),
});
export type RegistryView = z.output<typeof registryView>;

/** Acts of one answer; older ones are told of no more: whoever has so many sends them anew by somebody else. */
export const blockedActsMax = 64;

/** The signed bytes of acts that were refused as `actor-blocked`: who reads them checks them himself. */
export const blockedActsResponse = z.strictObject({
  acts: z
    .array(
      z.strictObject({
        envelope: z
          .string()
          .min(2)
          .max(2 * envelopeSizeMax),
        cms: base64(cmsSizeMaxBytes),
        receivedAtMs: timeMs,
        /** What became of it when it was received again; `null` while nobody let it in. */
        released: z.strictObject({ outcome: z.string().max(80), receivedAtMs: timeMs }).nullable(),
      }),
    )
    .max(blockedActsMax),
});

export type BlockedActsView = z.output<typeof blockedActsResponse>;

/** What the platform holds about the person of a session. He is in force: else there is no session. */
export const accountView = z.strictObject({
  record: staffGrant,
  ...kept,
  confirmedAtMs: timeMs,
  reviewedAtMs: timeMs.nullable(),
  /** Where the review of the others stands, for whoever may propose one; else `null`. */
  review: review.nullable(),
});
export type AccountView = z.output<typeof accountView>;

export const registryEndpoints = {
  /** The own record, whatever else its person may read. */
  account: defineEndpoint({
    method: 'GET',
    path: '/v1/account',
    auth: 'session',
    needs: 'own',
    response: accountView,
    bodySizeMaxBytes: noBodyMaxBytes,
    refusals: ['platform-not-founded', 'person-unknown'],
  }),
  /** For whoever reads access by the policy in force. */
  registry: defineEndpoint({
    method: 'GET',
    path: '/v1/registry',
    auth: 'session',
    needs: 'access',
    response: registryView,
    bodySizeMaxBytes: noBodyMaxBytes,
    refusals: ['read-not-allowed'],
  }),
  /** What a person sent that was received after his block, newest first: what two people may let in. */
  blockedActs: defineEndpoint({
    method: 'GET',
    path: '/v1/access/blocked-acts',
    auth: 'session',
    needs: 'access',
    query: z.strictObject({ iin }),
    response: blockedActsResponse,
    bodySizeMaxBytes: noBodyMaxBytes,
    refusals: ['read-not-allowed'],
  }),
} as const;
