import {
  fromBase64,
  ok,
  refuse,
  toBase64,
  equalBytes,
  type JournalEpoch,
  type Result,
  type Sha256Hex,
} from '../../../core/kernel/index.ts';
import type { EntryBodies, JournalIdentity } from '../../../core/journal/index.ts';
import {
  logOrigin,
  noteKeyTypes,
  followKey,
  openPinnedCheckpoint,
  isSameKey,
  parseNoteKey,
  readPinnedWitnesses,
  verifyConsistency,
  wantsWitnesses,
  type Checkpoint,
  type KeyRotation,
  type LogPins,
  type DeskLevel,
  type WitnessPolicy,
} from '../../../core/log/index.ts';
import type { PolicyDocument } from '../../../core/access/index.ts';
import {
  verifyDocument,
  type DeviceRecord,
  type EnrolmentBundle,
  type Profile,
  type SignedDocument,
} from '../../../core/signing/index.ts';
import { parseDeviceRecord, parseEnrolmentBundle, parsePolicyDocument } from '../../../contracts/documents/index.ts';
import type { FeedRule } from '../cases/index.ts';
import { sha256, sha256Hex, verifyEd25519 } from '../hash.ts';

/** What the vault was bound to on its first day; everything that it verifies later, it verifies by these keys. */
export type Enrolment = {
  readonly document: SignedDocument;
  readonly bundle: EnrolmentBundle;
  readonly device: DeviceRecord;
  readonly policy: PolicyDocument;
  readonly deviceRecordHash: Sha256Hex;
  readonly platformKey: Uint8Array;
  /** Grows as rotations of the log's key are journalled. */
  logPins: LogPins;
  /** Outside witnesses, and how many of them must vouch for a receipt. */
  readonly witnesses: WitnessPolicy;
};

export type EnrolmentFault = 'bundle-malformed' | 'document-signature-invalid' | 'bundle-foreign' | 'profile-differs';

/** Reads a bundle and believes it when its own platform key signed bundle, policy and device record, and all speak of one platform. */
export function readEnrolment(document: SignedDocument): Result<Enrolment, EnrolmentFault> {
  const bundle = parseEnrolmentBundle(document.document);
  if (!bundle.ok) return refuse('bundle-malformed');
  const { platform, profile, log } = bundle.value;
  const device = parseDeviceRecord(bundle.value.device.document);
  const policy = parsePolicyDocument(bundle.value.policy.document);
  const platformKey = fromBase64(bundle.value.platformKey);
  const logKey = parseNoteKey(sha256, log.key);
  const witnesses = readPinnedWitnesses(sha256, bundle.value.witnesses);
  if (
    !witnesses.ok ||
    !device.ok ||
    !policy.ok ||
    !platformKey.ok ||
    !logKey.ok ||
    logKey.value.type !== noteKeyTypes.ed25519
  )
    return refuse('bundle-malformed');
  for (const signed of [document, bundle.value.policy, bundle.value.device]) {
    const verified = verifyDocument({ document: signed, publicKey: platformKey.value, sha256, verifyEd25519 });
    if (!verified.ok) return verified;
  }
  // A log is nobody's outside witness.
  if (witnesses.value.witnesses.some(({ key }) => isSameKey(key, logKey.value))) return refuse('bundle-malformed');
  const isOnePlatform =
    [device.value, policy.value].every((part) => part.platform === platform && part.profile === profile) &&
    log.origin === logOrigin(profile, platform) &&
    logKey.value.name === log.origin;
  if (!isOnePlatform) return refuse('bundle-foreign');
  return ok({
    ...{ document, bundle: bundle.value, device: device.value, policy: policy.value },
    deviceRecordHash: sha256Hex(bundle.value.device.document),
    platformKey: platformKey.value,
    logPins: [{ key: logKey.value, fromSize: 0 }],
    witnesses: witnesses.value,
  });
}

/** True for a bundle that was made for this vault: its key, its epoch, its profile. */
export function fitsVault(
  enrolment: Enrolment,
  vault: { readonly profile: Profile; readonly epoch: JournalEpoch; readonly publicKey: Uint8Array },
): Result<null, 'bundle-foreign' | 'profile-differs'> {
  const { device } = enrolment;
  if (device.profile !== vault.profile) return refuse('profile-differs');
  return device.epoch === vault.epoch && device.publicKey === toBase64(vault.publicKey)
    ? ok(null)
    : refuse('bundle-foreign');
}

/** Pins the key that took over, where the one before it proves that; `entry-malformed` where it does not, and nothing is pinned. */
export function pinRotation(
  enrolment: Pick<Enrolment, 'logPins'>,
  rotation: KeyRotation,
): Result<null, 'entry-malformed'> {
  const pinned = enrolment.logPins.at(-1) ?? enrolment.logPins[0];
  const followed = followKey(rotation, pinned.key, { sha256, verifyEd25519 });
  if (!followed.ok) return refuse('entry-malformed', { why: followed.refusal.code });
  const { key, head } = followed.value;
  enrolment.logPins = [...enrolment.logPins, { key, fromSize: head.size }];
  return ok(null);
}

/** The signed tree head in a note, by the log key that may sign a tree of its size. */
export function readCheckpoint(
  enrolment: Enrolment,
  note: string,
): Result<EntryBodies['checkpoint'] & { readonly head: Checkpoint }, 'entry-malformed'> {
  const head = openPinnedCheckpoint({ note, pins: enrolment.logPins, verifyEd25519 });
  if (!head.ok) return refuse('entry-malformed');
  return ok({ note, size: head.value.size, root: toBase64(head.value.root), head: head.value });
}

/** True where the newer head is the older one or contains it, by a proof in base64 (RFC 6962). */
export function containsHead(
  older: { readonly size: number; readonly root: string },
  newer: { readonly size: number; readonly root: string },
  proof: readonly string[],
): boolean {
  if (older.size === 0) return true;
  const [oldRoot, root, ...path] = [older.root, newer.root, ...proof].map((text) => {
    const bytes = fromBase64(text);
    return bytes.ok ? bytes.value : new Uint8Array();
  });
  if (oldRoot === undefined || root === undefined || older.size > newer.size) return false;
  if (older.size === newer.size) return equalBytes(oldRoot, root);
  return verifyConsistency({ sha256, oldSize: older.size, oldRoot, size: newer.size, root, path });
}

/** What both chains of this vault start on. */
export function identityOf(enrolment: Enrolment): JournalIdentity {
  const { platform, device, epoch } = enrolment.device;
  return { platform, device, epoch, start: enrolment.deviceRecordHash };
}

/** The level that every receipt is to reach. */
export function wantedLevel({ witnesses }: Enrolment): DeskLevel {
  return wantsWitnesses(witnesses) ? 'external' : 'log';
}

/** What the acts of the change feed must belong to. */
export function feedRuleOf({ bundle, policy }: Enrolment): FeedRule {
  const { platform, profile, log } = bundle;
  return { platform, profile, logOrigin: log.origin, claimTtlMs: () => policy.registration.claimTtlMs };
}
