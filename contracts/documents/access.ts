import * as z from 'zod';
import {
  type AccessChange,
  type AccessEvent,
  type BlockedAct,
  type Contract,
  type DeviceGrant,
  type ReviewItem,
  type StaffGrant,
} from '../../core/access/index.ts';
import { noteLengthMax } from '../../core/actions/index.ts';
import { breakGlassDocument } from './break-glass.ts';
import { deviceRecord, policyDocument, roleList } from './platform-documents.ts';
import { actionId, deviceId, iin, journalEpoch, line, sha256Hex, timeMs } from './primitives.ts';

/** People of one review: with some 400 characters each they fit into an envelope. */
export const reviewedMax = 80;
/** Certificates of one person: two cards of two algorithms each, and their successors. */
const certificatesMax = 16;

/** Acts of one release: what two people read through, and what is decided in a moment. */
export const releasedMax = 32;

const noDoubles = (list: readonly string[]): boolean => new Set(list).size === list.length;
const reason = line(300, 1);
const name = line(200, 1);

const contract = z.strictObject({
  number: line(80, 1),
  scope: line(300, 1),
  party: line(300, 1),
}) satisfies z.ZodType<Contract>;

export const staffGrant = z.strictObject({
  iin,
  name,
  employeeNumber: line(40, 1).nullable(),
  roles: roleList.refine(noDoubles),
  certificates: z.array(sha256Hex).max(certificatesMax).refine(noDoubles),
  validFromMs: timeMs,
  validUntilMs: timeMs.nullable(),
  standing: z.enum(['active', 'dismissed']),
  contract: contract.nullable(),
}) satisfies z.ZodType<StaffGrant>;

export const deviceGrant = z.strictObject({
  record: deviceRecord,
  location: line(200, 1),
  custodian: iin,
  standing: z.enum(['active', 'retired']),
}) satisfies z.ZodType<DeviceGrant>;

const reviewItem = z.strictObject({
  iin,
  name,
  roles: roleList,
  hash: sha256Hex,
  decision: z.enum(['keep', 'revoke']),
}) satisfies z.ZodType<ReviewItem>;

/** No act on rights is ever let in: its author must not have a hand in them. */
export const blockedAct = z.strictObject({
  device: deviceId,
  epoch: journalEpoch,
  sequence: z.int().min(1),
  id: actionId,
  type: z.string().regex(/^registration\.[a-z]{1,32}$/u),
  claimedAtMs: timeMs,
  hash: sha256Hex,
}) satisfies z.ZodType<BlockedAct>;

function before<Of extends z.ZodType>(record: Of) {
  return z.strictObject({ record, hash: sha256Hex });
}

/** One change of who may do what. */
export const accessChange = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('staff'), before: before(staffGrant).nullable(), record: staffGrant }),
  z.strictObject({ kind: z.literal('device'), before: before(deviceGrant).nullable(), record: deviceGrant }),
  z.strictObject({ kind: z.literal('policy'), before: before(policyDocument), record: policyDocument }),
  z.strictObject({
    kind: z.literal('review'),
    people: z
      .array(reviewItem)
      .min(1)
      .max(reviewedMax)
      .refine((people) => noDoubles(people.map((one) => one.iin))),
  }),
  z.strictObject({
    kind: z.literal('release'),
    iin,
    name,
    epoch: journalEpoch,
    acts: z
      .array(blockedAct)
      .min(1)
      .max(releasedMax)
      .refine((acts) => noDoubles(acts.map((act) => act.hash)) && noDoubles(acts.map((act) => act.id))),
  }),
  z.strictObject({ kind: z.literal('alarm'), leaf: sha256Hex, record: breakGlassDocument }),
]) satisfies z.ZodType<AccessChange>;

const note = z
  .string()
  .max(noteLengthMax)
  .regex(/^[^\p{Cs}]*$/u);

/** Payloads of the access acts. */
export const accessPayloads = {
  'access.propose': z.strictObject({ change: accessChange, reason, basis: reason }),
  'access.confirm': z.strictObject({}),
  'access.decline': z.strictObject({ note }),
  'access.withdraw': z.strictObject({ note }),
  'access.block': z.strictObject({ iin, name, reason, basis: reason }),
};

const stamp = { by: iin, atMs: timeMs };

/** What an accepted access act made happen to its case. */
export const accessEvent = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('proposed'), ...stamp, change: accessChange, reason, basis: reason }),
  z.strictObject({ type: z.literal('confirmed'), ...stamp }),
  z.strictObject({ type: z.literal('declined'), ...stamp, note }),
  z.strictObject({ type: z.literal('withdrawn'), ...stamp, note }),
  z.strictObject({ type: z.literal('blocked'), ...stamp, iin, name, reason, basis: reason }),
]) satisfies z.ZodType<AccessEvent>;
