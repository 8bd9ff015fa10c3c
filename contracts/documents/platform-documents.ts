import * as z from 'zod';
import { accessActTypes, registrationActTypes } from '../../core/actions/index.ts';
import {
  changeKinds,
  clientKinds,
  firstRoles,
  laterRoles,
  readScopes,
  roles,
  type PolicyDocument,
} from '../../core/access/index.ts';
import { ok, refuse, type Result } from '../../core/kernel/index.ts';
import { proofSizeMax, type KeyRotation } from '../../core/log/index.ts';
import {
  parseCanonical,
  type CosignerRecord,
  type DeviceRecord,
  type EnrolmentBundle,
  type HeadStatement,
  type SignedDocument,
  type SignInChallenge,
  type StaffRecord,
} from '../../core/signing/index.ts';
import { attemptRules, factorRules, passwordRules } from './access-rules.ts';
import { postureRules } from './posture.ts';
import {
  base64,
  base64Exact,
  bounded,
  count,
  deviceId,
  iin,
  journalEpoch,
  line,
  objectIdentifier,
  platformId,
  profile,
  sha256Hex,
  timeMs,
} from './primitives.ts';
import { sessionRules } from './session-rules.ts';
import { termRules } from './term-rules.ts';

/** Largest text of a document that a platform key signs, in UTF-16 units; an enrolment bundle with its anchors is the largest. */
export const documentSizeMax = 262_144;

const certificateSizeMaxBytes = 8_192;
/** A canonical text with Ed25519 signatures; `verifyDocument` of core says whether one of them counts. */
export const signedDocument = z.strictObject({
  document: z.string().min(2).max(documentSizeMax),
  signatures: z
    .array(z.strictObject({ key: z.string().regex(/^[0-9a-f]{16}$/u), signature: base64Exact(64) }))
    .min(1)
    .max(8),
}) satisfies z.ZodType<SignedDocument>;

/** A signed document as the schemas of doors and hosts write it, whose lists may be changed. */
export function wireDocument({ document, signatures }: SignedDocument): z.output<typeof signedDocument> {
  return { document, signatures: signatures.map((one) => ({ ...one })) };
}

/** A change of the log's key and what proves it; `followKey` of core says whether it counts. */
export const keyRotation = z.strictObject({
  document: signedDocument,
  proof: z.string().max(proofSizeMax),
}) satisfies z.ZodType<KeyRotation>;

export const deviceRecord = z.strictObject({
  form: z.literal('qorgan.device/1'),
  platform: platformId,
  profile,
  device: deviceId,
  name: line(80, 1),
  kind: z.enum(clientKinds),
  publicKey: base64Exact(32),
  epoch: journalEpoch,
  enrolledAtMs: timeMs,
}) satisfies z.ZodType<DeviceRecord>;

export const roleList = z.array(z.enum(roles)).max(roles.length);

export const staffRecord = z.strictObject({
  form: z.literal('qorgan.staff/1'),
  platform: platformId,
  profile,
  iin,
  name: line(200, 1),
  roles: roleList,
  certificates: z.array(sha256Hex).max(16),
  validFromMs: timeMs,
  validUntilMs: timeMs,
  basis: line(300, 1),
}) satisfies z.ZodType<StaffRecord>;

/** One schema for each of these names; the type says which they are. */
function each<Name extends string, Schema extends z.ZodType>(names: readonly Name[], schema: Schema) {
  return Object.fromEntries(names.map((name) => [name, schema])) as Record<Name, Schema>;
}

// What the first policies did not know may be absent: then it is nobody's.
const actRules = z.strictObject({
  ...each(registrationActTypes, roleList),
  ...each(accessActTypes, roleList.exactOptional()),
});
const scopeList = z.array(z.enum(readScopes)).max(readScopes.length);
const readRules = z.strictObject({
  ...each(firstRoles, scopeList),
  ...each(laterRoles, scopeList.exactOptional()),
});
const changeRules = z.strictObject(
  each(changeKinds, z.strictObject({ propose: roleList, confirm: roleList }).exactOptional()),
);

export const policyDocument = z.strictObject({
  form: z.literal('qorgan.policy/1'),
  platform: platformId,
  profile,
  version: count.min(1),
  effectiveFromMs: timeMs,
  access: z.strictObject({ acts: actRules, reads: readRules }),
  changes: changeRules.exactOptional(),
  registration: z.strictObject({ claimTtlMs: bounded('registration.claimTtlMs') }),
  clock: z.strictObject({ warnDriftMs: bounded('clock.warnDriftMs'), refuseDriftMs: bounded('clock.refuseDriftMs') }),
  sync: z.strictObject({
    promiseDeadlineMs: bounded('sync.promiseDeadlineMs'),
    offlineTtlMs: bounded('sync.offlineTtlMs'),
  }),
  signatures: z.strictObject({
    carriers: z.array(objectIdentifier).max(64),
    refusedPolicies: z.array(objectIdentifier).max(64),
    crlAgeMaxMs: bounded('signatures.crlAgeMaxMs'),
  }),
  factors: factorRules.exactOptional(),
  passwords: passwordRules.exactOptional(),
  attempts: attemptRules.exactOptional(),
  sessions: sessionRules.exactOptional(),
  terms: termRules.exactOptional(),
  posture: postureRules.exactOptional(),
  evidence: z.strictObject({ antivirusBaseAgeMaxMs: bounded('evidence.antivirusBaseAgeMaxMs') }).exactOptional(),
}) satisfies z.ZodType<PolicyDocument>;

export const signInChallenge = z.strictObject({
  form: z.literal('qorgan.sign-in/1'),
  platform: platformId,
  profile,
  log: line(128, 1),
  device: deviceId,
  nonce: base64Exact(32),
  issuedAtMs: timeMs,
  expiresAtMs: timeMs,
}) satisfies z.ZodType<SignInChallenge>;

/** Longest vkey text: a name of 200 characters and an Ed25519 key. */
const cosignerKeyMax = 300;

const cosignerRecord = z.strictObject({
  form: z.literal('qorgan.cosigner/1'),
  platform: platformId,
  profile,
  device: deviceId,
  epoch: journalEpoch,
  key: line(cosignerKeyMax, 1),
}) satisfies z.ZodType<CosignerRecord>;

/** Head of a chain: its last sequence and the hash there; sequence 0 with the hash of the device record where it is empty. */
export const chainHead = z.strictObject({ sequence: count, hash: sha256Hex });

const headStatement = z.strictObject({
  form: z.literal('qorgan.journal-heads/1'),
  platform: platformId,
  profile,
  device: deviceId,
  epoch: journalEpoch,
  acts: chainHead,
  entries: chainHead,
  entriesBefore: chainHead,
  atMs: timeMs,
}) satisfies z.ZodType<HeadStatement>;

export const enrolmentBundle = z.strictObject({
  form: z.literal('qorgan.enrolment/1'),
  platform: platformId,
  profile,
  operatorName: line(300, 1),
  log: z.strictObject({ origin: line(128, 1), key: line(256, 1), mlDsa44Key: line(4_096, 1).optional() }),
  platformKey: base64Exact(32),
  server: z.strictObject({ url: z.url().max(300), spki: sha256Hex, certificate: base64(certificateSizeMaxBytes) }),
  checkpoint: z.string().min(1).max(65_536),
  anchors: z.array(base64(certificateSizeMaxBytes)).max(16),
  intermediates: z.array(base64(certificateSizeMaxBytes)).max(64),
  policy: signedDocument,
  witnesses: z.strictObject({ threshold: count, keys: z.array(line(4_096, 1)).max(32) }),
  device: signedDocument,
}) satisfies z.ZodType<EnrolmentBundle>;

function parseText<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
): Result<z.output<Schema>, 'document-malformed'> {
  const value = parseCanonical(text, documentSizeMax);
  if (!value.ok) return refuse('document-malformed');
  const parsed = schema.safeParse(value.value);
  return parsed.success ? ok(parsed.data) : refuse('document-malformed');
}

/** Reads the canonical text of a device record; its signature is checked apart. */
export function parseDeviceRecord(text: string): Result<DeviceRecord, 'document-malformed'> {
  return parseText(deviceRecord, text);
}

/** Reads the canonical text of a staff record; its signature is checked apart. */
export function parseStaffRecord(text: string): Result<StaffRecord, 'document-malformed'> {
  return parseText(staffRecord, text);
}

/** Reads the canonical text of a policy document; its signature is checked apart. */
export function parsePolicyDocument(text: string): Result<PolicyDocument, 'document-malformed'> {
  return parseText(policyDocument, text);
}

/** Reads the canonical text of a sign-in challenge. */
export function parseSignInChallenge(text: string): Result<SignInChallenge, 'document-malformed'> {
  return parseText(signInChallenge, text);
}

/** Reads the canonical text of an enrolment bundle; its signature is checked apart. */
export function parseEnrolmentBundle(text: string): Result<EnrolmentBundle, 'document-malformed'> {
  return parseText(enrolmentBundle, text);
}

/** Reads the canonical text of a cosigner record; its signature is checked apart. */
export function parseCosignerRecord(text: string): Result<CosignerRecord, 'document-malformed'> {
  return parseText(cosignerRecord, text);
}

/** Reads the canonical text of a statement about journal heads; its signature is checked apart. */
export function parseHeadStatement(text: string): Result<HeadStatement, 'document-malformed'> {
  return parseText(headStatement, text);
}
