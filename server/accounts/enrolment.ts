import { ok, refuse, type DeviceId, type JournalEpoch, type Result } from '../../core/kernel/index.ts';
import {
  canonicalize,
  type DeviceRecord,
  type EnrolmentBundle,
  type Json,
  type SignedDocument,
} from '../../core/signing/index.ts';
import { formatNoteKey } from '../../core/log/index.ts';
import { enrolmentProofText } from '../../contracts/http/index.ts';
import { SigningRefused, verifyEd25519 } from '../keys/index.ts';
import { isTagged, signDocument, tagRow, type Desk, type Platform } from '../platform/index.ts';
import { insertEnrolmentCode, readEnrolmentCode, useEnrolmentCode, type Session } from '../store/index.ts';
import { recordDocument } from './documents.ts';
import { oneTimeCode } from './one-time-code.ts';
import type { Registry } from './registry.ts';
import { rememberUsedUp } from './used-up.ts';

/** 120 random bits: the code alone enrols. */
const codeGroups = 6;
/** From the security officer's screen to the new workstation: one working hour. */
const codeLifeMs = 3_600_000;

/** How the server is reached and pinned. */
export type ServerPin = { readonly spki: string; readonly certificate: Uint8Array };

/** Keyed: who writes into the database but holds no key of the platform makes no code that enrols. */
function codeHash({ keyring }: Desk, code: string): string {
  return keyring.tag('enrolment-code', code);
}

/** Makes a one-time code of 120 random bits for one new device; only its hash is kept. */
export async function makeEnrolmentCode(
  platform: Desk,
): Promise<{ readonly code: string; readonly expiresAtMs: number }> {
  const code = oneTimeCode(platform.surroundings, codeGroups);
  const expiresAtMs = platform.surroundings.nowMs() + codeLifeMs;
  const row = { code_hash: codeHash(platform, code), expires_at_ms: expiresAtMs, used_at_ms: null };
  await insertEnrolmentCode(platform.database, tagRow(platform.keyring, 'enrolment_code', row));
  return { code, expiresAtMs };
}

export type EnrolmentRequest = {
  readonly code: string;
  readonly publicKey: string;
  readonly name: string;
  readonly kind: DeviceRecord['kind'];
  readonly epoch: JournalEpoch;
  readonly proof: string;
};

class CodeUsed extends Error {}

/** By their hashes. */
const usedCodes = rememberUsedUp();

/** Uses a code up. One that was edited or put back, to live again or longer, counts as unknown. */
async function useCode(platform: Platform, session: Session, code: string): Promise<boolean> {
  const { keyring, surroundings } = platform;
  const nowMs = surroundings.nowMs();
  const row = await readEnrolmentCode(session, codeHash(platform, code), nowMs);
  if (row === undefined || !isTagged(keyring, 'enrolment_code', row) || usedCodes.has(row.code_hash)) return false;
  return useEnrolmentCode(session, tagRow(keyring, 'enrolment_code', { ...row, used_at_ms: nowMs }));
}

function bundleOf(platform: Platform, registry: Registry, pin: ServerPin, device: SignedDocument): EnrolmentBundle {
  const { identity, documentKey, log, logKey, logMlDsa44Key } = platform;
  const trust = registry.trust();
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
  return {
    form: 'qorgan.enrolment/1',
    platform: identity.platform,
    profile: identity.profile,
    operatorName: identity.operatorName,
    log: { origin: identity.logOrigin, key: formatNoteKey(logKey), mlDsa44Key: formatNoteKey(logMlDsa44Key) },
    platformKey: base64(documentKey.publicKey),
    server: {
      url: identity.url,
      spki: pin.spki as EnrolmentBundle['server']['spki'],
      certificate: base64(pin.certificate),
    },
    checkpoint: log.checkpoint(),
    anchors: trust.anchors.map(base64),
    intermediates: trust.intermediates.map(base64),
    policy: registry.policy().signed,
    witnesses: platform.witnesses,
    device,
  };
}

/** Waits until the log holds what was just recorded, and lets it count; false where the log stands still. */
export async function settle(platform: Platform, registry: Registry): Promise<boolean> {
  try {
    while ((await platform.log.sequence()) > 0);
  } catch (error) {
    if (error instanceof SigningRefused) return false;
    throw error;
  }
  await registry.refresh();
  return platform.log.gap() === undefined;
}

/**
 * Enrols a device: the code is used up, the device record goes into the log, and the bundle that the workstation pins is
 * signed. Durable on return. Whoever asks must hold the new key (`proof`).
 */
export async function enrolDevice(
  context: { readonly platform: Platform; readonly registry: Registry; readonly pin: ServerPin },
  request: EnrolmentRequest,
): Promise<Result<SignedDocument, 'enrolment-code-unknown' | 'enrolment-proof-invalid' | 'server-read-only'>> {
  const { platform, registry, pin } = context;
  const { surroundings, identity, documentKey } = platform;
  if (platform.log.gap() !== undefined) return refuse('server-read-only');
  const isHeld = verifyEd25519(
    Buffer.from(request.publicKey, 'base64'),
    enrolmentProofText(request),
    Buffer.from(request.proof, 'base64'),
  );
  if (!isHeld) return refuse('enrolment-proof-invalid');
  const nowMs = surroundings.nowMs();
  const device = surroundings.uuid() as DeviceId;
  const record: DeviceRecord = {
    form: 'qorgan.device/1',
    platform: identity.platform,
    profile: identity.profile,
    device,
    name: request.name,
    kind: request.kind,
    publicKey: request.publicKey,
    epoch: request.epoch,
    enrolledAtMs: nowMs,
  };
  const document = { kind: 'device' as const, subject: `device:${device}`, text: canonicalize(record) };
  try {
    // The code is used in the transaction of the record: a crash between them would cost the code or the device.
    const signed = await recordDocument(platform, document, async (session) => {
      if (!(await useCode(platform, session, request.code))) throw new CodeUsed();
    });
    usedCodes.add(codeHash(platform, request.code), nowMs + codeLifeMs, nowMs);
    if (!(await settle(platform, registry))) return refuse('server-read-only');
    return ok(signDocument(documentKey, canonicalize(bundleOf(platform, registry, pin, signed) as unknown as Json)));
  } catch (error) {
    if (error instanceof CodeUsed) return refuse('enrolment-code-unknown');
    throw error;
  }
}
