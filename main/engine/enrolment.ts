import { fromBase64, ok, refuse, type DeviceId, type Result } from '../../core/kernel/index.ts';
import { logOrigin, parseNoteKey } from '../../core/log/index.ts';
import { deviceFingerprint, groupsOf, verifyDocument, type SignedDocument } from '../../core/signing/index.ts';
import { sha256, verifyEd25519 } from '../../eds/index.ts';
import { parseDeviceRecord, parseEnrolmentBundle, parsePolicyDocument } from '../../contracts/documents/index.ts';
import type { Hints } from '../local-files/index.ts';
import type { Engine, Enrolment } from './context.ts';
import { createClient, type ServerClient } from './http/client.ts';
import { openTransport } from './http/transport.ts';
import { trustHintOf } from './trust.ts';

function openedBy(platformKey: string, document: SignedDocument): Result<string> {
  const publicKey = fromBase64(platformKey);
  return publicKey.ok ? verifyDocument({ document, publicKey: publicKey.value, sha256, verifyEd25519 }) : publicKey;
}

/** Reads a bundle and everything in it that the platform key must have signed. */
export function readEnrolment(document: SignedDocument): Result<Enrolment> {
  const parsed = parseEnrolmentBundle(document.document);
  if (!parsed.ok) return refuse('bundle-malformed');
  const bundle = parsed.value;
  const signed = openedBy(bundle.platformKey, document);
  const policyText = openedBy(bundle.platformKey, bundle.policy);
  const deviceText = openedBy(bundle.platformKey, bundle.device);
  if (!signed.ok) return signed;
  if (!policyText.ok) return policyText;
  if (!deviceText.ok) return deviceText;
  const policy = parsePolicyDocument(policyText.value);
  const device = parseDeviceRecord(deviceText.value);
  const logKey = parseNoteKey(sha256, bundle.log.key);
  if (!policy.ok || !device.ok || !logKey.ok) return refuse('bundle-malformed');
  const isOne = [policy.value, device.value].every(
    ({ platform, profile }) => platform === bundle.platform && profile === bundle.profile,
  );
  // A demonstration says so in the origin of its log; a bundle that mixes the marks of both profiles is nobody's.
  const isMarkedRight =
    bundle.log.origin === logOrigin(bundle.profile, bundle.platform) && logKey.value.name === bundle.log.origin;
  if (!isOne || !isMarkedRight) return refuse('bundle-foreign');
  return ok({
    bundle,
    document,
    policies: [{ document: policy.value, signers: [], basis: '' }],
    policy: policy.value,
    logPins: [{ key: logKey.value, fromSize: 0 }],
    device: device.value.device,
    deviceName: device.value.name,
    deviceFingerprint: deviceFingerprint(sha256, device.value),
  });
}

/** A client of the pinned server that signs by the device key in the vault. */
export function clientOf(engine: Engine, enrolment: Enrolment): ServerClient {
  const { bundle } = enrolment;
  const transport = openTransport({ url: bundle.server.url, spki: bundle.server.spki });
  const sign = async (message: Uint8Array): Promise<Result<Uint8Array>> => {
    const signed = await engine.vault.call('device.sign', { message: Uint8Array.from(message) });
    return signed.ok ? ok(signed.value.signature) : signed;
  };
  return createClient({
    transport,
    random: engine.options.random,
    serverNowMs: () => engine.serverClock.serverNowMs(),
    identity: { device: enrolment.device as DeviceId, sign },
  });
}

/** What the locked workstation remembers of its enrolment. */
export function hintsOf(enrolment: Enrolment): Hints {
  const { bundle, device, deviceName, deviceFingerprint: fingerprint } = enrolment;
  return {
    profile: bundle.profile,
    operatorName: bundle.operatorName,
    deviceId: device,
    deviceName,
    deviceFingerprint: fingerprint,
    serverUrl: bundle.server.url,
    trust: trustHintOf(enrolment),
  };
}

/** What a server says of a device that it does not know means here: two people have not admitted it yet, or not any more. */
export function orWaiting<T>(result: Result<T>, enrolment: Enrolment): Result<T> {
  if (result.ok || result.refusal.code !== 'device-unknown') return result;
  return refuse('device-waiting', { fingerprint: groupsOf(enrolment.deviceFingerprint) });
}
