import * as z from 'zod';
import {
  base64Exact,
  chainHead,
  count,
  iin,
  journalEpoch,
  line,
  sha256Hex,
  signedDocument,
  timeMs,
} from '../documents/index.ts';
import { mirrorsStatus } from './messages.ts';

export const contactRequest = z.strictObject({
  form: z.literal('qorgan.contact/1'),
  epoch: journalEpoch,
  heads: z.strictObject({ acts: chainHead, entries: chainHead }),
  knownTreeSize: count,
  /** Who is at work at the device, so that a block reaches him where his shift began without the server. */
  actor: z.strictObject({ iin, certificate: sha256Hex }).exactOptional(),
});

/** What the server holds of this device: a vault that lacks it was rolled back or cloned (DESIGN §4.5). */
export const contactResponse = z.strictObject({
  held: z.strictObject({ epoch: journalEpoch, acts: chainHead, entries: chainHead }),
  serverTimeMs: timeMs,
  /** Signed note. */
  checkpoint: z.string().max(65_536),
  /** RFC 6962 proof from `knownTreeSize` to the checkpoint; empty for size 0. */
  consistency: z.array(base64Exact(32)).max(64),
  policyVersion: count,
  changesPosition: count,
  /** Openings of the emergency account whose alarm nobody has closed. */
  standingAlarms: count,
  mirrors: mirrorsStatus,
  /** A `qorgan.journal-heads/1` of this contact. */
  statement: signedDocument,
  /** Outside witnesses that vouched for another tree than this one, by their addresses. */
  witnessConflicts: z.array(line(300, 1)).max(64),
  /** Why the actor may not go on, or `null` where he may; absent where none was named. */
  actor: z.enum(['session-ended', 'session-blocked']).nullable().exactOptional(),
});

export type ContactRequest = z.output<typeof contactRequest>;
export type ContactResponse = z.output<typeof contactResponse>;
