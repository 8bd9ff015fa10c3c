import pkcs11js from 'pkcs11js';
import {
  signatureMechanisms,
  type CardMechanism,
  type PinAttempts,
  type SignatureMechanism,
  type TokenReference,
  type TokenState,
} from '../../../contracts/device-host/index.ts';
import type { CardModule, Pkcs11 } from './module.ts';
import { wayOf, type ModuleProfile } from './profiles.ts';
import { isPkcs11Error } from './refusals.ts';

/** CKF_TOKEN_PRESENT and CKF_REMOVABLE_DEVICE, which the binding does not name. */
const slotHoldsToken = 0x1;
const slotIsRemovable = 0x2;

/** Blank-padded text of a vendor: trimmed, and without characters that could disturb a screen or a log. */
function vendorText(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cf}\uFFFD]/gu, '')
    .trim()
    .slice(0, 64);
}

/** Serial numbers of cards whose last PIN was wrong; as many as people who mistyped since this process began. */
const mistyped = new WeakMap<Pkcs11, Set<string>>();

/** Remembers how a login ended: OpenSC flags nothing after the first of three wrong PINs, and yet there are fewer attempts. */
export function noteLogin(api: Pkcs11, { serial }: TokenReference, isRight: boolean): void {
  const cards = mistyped.get(api) ?? new Set();
  if (isRight) cards.delete(serial);
  else mistyped.set(api, cards.add(serial));
}

function attemptsOf(flags: number, wasMistyped: boolean): PinAttempts {
  if ((flags & pkcs11js.CKF_USER_PIN_LOCKED) !== 0) return 'locked';
  if ((flags & pkcs11js.CKF_USER_PIN_FINAL_TRY) !== 0) return 'final-try';
  if ((flags & pkcs11js.CKF_USER_PIN_COUNT_LOW) !== 0) return 'count-low';
  return wasMistyped ? 'count-low' : 'ok';
}

/** Whether a mechanism works on keys of this size; modules that name no range are believed. */
function coversKeyOf(api: Pkcs11, slot: Buffer, mechanism: number, bits: number): boolean {
  const { minKeySize, maxKeySize } = api.C_GetMechanismInfo(slot, mechanism);
  return maxKeySize === 0 || (minKeySize <= bits && bits <= maxKeySize);
}

/** Modules tell the range of their elliptic keys; that of other keys is each key's own matter. */
const ellipticBits: Readonly<Partial<Record<SignatureMechanism, number>>> = {
  'ecdsa-p256-sha256': 256,
  'ecdsa-p384-sha384': 384,
};

/** The contract's mechanisms that the module can carry out on this token, alone or with the host's help. */
export function mechanismsOf(api: Pkcs11, slot: Buffer, profile: ModuleProfile): readonly CardMechanism[] {
  const list = api.C_GetMechanismList(slot);
  const offered = new Set(list);
  const mechanisms: CardMechanism[] = signatureMechanisms.filter((mechanism) => {
    const way = wayOf(profile, mechanism, list);
    const bits = ellipticBits[mechanism];
    return way !== undefined && (bits === undefined || coversKeyOf(api, slot, way.type, bits));
  });
  if (offered.has(pkcs11js.CKM_RSA_X_509)) mechanisms.push('rsa-oaep-sha1', 'rsa-oaep-sha256');
  else if (offered.has(pkcs11js.CKM_RSA_PKCS_OAEP)) mechanisms.push('rsa-oaep-sha1');
  if (offered.has(pkcs11js.CKM_ECDH1_DERIVE)) {
    if (coversKeyOf(api, slot, pkcs11js.CKM_ECDH1_DERIVE, 256)) mechanisms.push('ecdh-p256');
    if (coversKeyOf(api, slot, pkcs11js.CKM_ECDH1_DERIVE, 384)) mechanisms.push('ecdh-p384');
  }
  return mechanisms;
}

function readToken(api: Pkcs11, module: CardModule, slot: Buffer): TokenState | undefined {
  const info = api.C_GetTokenInfo(slot);
  // SoftHSM always lists one blank token, and a new card has no PIN yet: nobody can sign with either.
  if ((info.flags & pkcs11js.CKF_TOKEN_INITIALIZED) === 0) return undefined;
  const serial = vendorText(info.serialNumber);
  return {
    reference: { moduleId: module.id, slotId: slot.toString('hex'), serial },
    label: vendorText(info.label),
    manufacturer: vendorText(info.manufacturerID),
    model: vendorText(info.model),
    attempts: attemptsOf(info.flags, mistyped.get(api)?.has(serial) === true),
    hasPinPad: (info.flags & pkcs11js.CKF_PROTECTED_AUTHENTICATION_PATH) !== 0,
    pinLengthMin: info.minPinLen,
    pinLengthMax: info.maxPinLen,
    mechanisms: [...mechanismsOf(api, slot, module.profileOf(api))],
  };
}

/** The cards that one module sees now. A slot that cannot be read is left out: its card is leaving, or is not of this module. */
export function readTokens(api: Pkcs11, module: CardModule): readonly TokenState[] {
  return api.C_GetSlotList(true).flatMap((slot) => {
    try {
      return readToken(api, module, slot) ?? [];
    } catch (error) {
      if (isPkcs11Error(error)) return [];
      throw error;
    }
  });
}

/** Has a module list its cards and forgets them; one that cannot for want of its reader service is as good as any. */
export function listOnce(api: Pkcs11, module: CardModule): void {
  try {
    readTokens(api, module);
  } catch (error) {
    if (!isPkcs11Error(error)) throw error;
  }
}

/** The token in the slot of a reference, when it is still the same one. Throws the module's own error otherwise. */
export function readReferenced(api: Pkcs11, module: CardModule, reference: TokenReference): TokenState | undefined {
  const token = readToken(api, module, Buffer.from(reference.slotId, 'hex'));
  return token?.reference.serial === reference.serial ? token : undefined;
}

function slotFlags(api: Pkcs11, slot: Buffer): number {
  try {
    return api.C_GetSlotInfo(slot).flags;
  } catch (error) {
    if (isPkcs11Error(error)) return 0;
    throw error;
  }
}

/** Reader services notice a removal within 400 ms; an error that the removal causes comes sooner. */
const removalNoticedMaxMs = 1_000;
const removalLookEveryMs = 50;

/**
 * Whether the card stayed in the slot after an operation failed without saying why. Blocks for up to a second when the reader
 * can lose its card: only then is a failure of the card told from its removal, and the person is told the right one.
 */
export function didCardStay(api: Pkcs11, slot: Buffer): boolean {
  for (let waitedMs = 0; ; waitedMs += removalLookEveryMs) {
    const flags = slotFlags(api, slot);
    if ((flags & slotHoldsToken) === 0) return false;
    if ((flags & slotIsRemovable) === 0 || waitedMs >= removalNoticedMaxMs) return true;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, removalLookEveryMs);
  }
}
