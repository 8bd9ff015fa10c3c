import { ok, refuse, type Result, type Secret } from '../../core/kernel/index.ts';
import { prepareBes } from '../../eds/index.ts';
import type { SlotChallenge } from '../../contracts/vault-host/index.ts';
import type { CardSigner, Devices, SlotKeyOnCard } from './cards.ts';

function pinOf(signer: CardSigner, pin: Secret<'pin'> | null): { readonly pin?: Uint8Array } {
  return signer.token.hasPinPad || pin === null ? {} : { pin: pin.reveal() };
}

/**
 * A detached CAdES-BES over the text by the key of this card, verified against the certificate before it is answered.
 * Only this module asks a card to sign, and only over the signed attributes that it built itself.
 */
export async function signText(options: {
  readonly devices: Devices;
  readonly signer: CardSigner;
  readonly pin: Secret<'pin'> | null;
  readonly text: string;
  readonly nowMs: number;
}): Promise<Result<Uint8Array>> {
  const { devices, signer } = options;
  if (signer.mechanism === undefined) return refuse('mechanism-unsupported');
  const prepared = prepareBes({
    content: new TextEncoder().encode(options.text),
    certificate: signer.certificateDer,
    signingTimeMs: options.nowMs,
    algorithm: signer.mechanism,
  });
  if (!prepared.ok) return prepared;
  const given = pinOf(signer, options.pin);
  const signed = await devices.call('sign', {
    token: signer.token.reference,
    keyId: signer.keyId,
    mechanism: signer.mechanism,
    data: prepared.value.signedAttributes,
    ...given,
  });
  given.pin?.fill(0);
  if (!signed.ok) return signed;
  const finished = prepared.value.finish(signed.value.signature);
  return finished.ok ? finished : refuse('card-signature-wrong');
}

/** What the card makes of the challenge of a slot; the caller wipes it. */
export async function answerSlotChallenge(options: {
  readonly devices: Devices;
  readonly signer: CardSigner;
  readonly slotKey: SlotKeyOnCard;
  readonly challenge: SlotChallenge;
  readonly pin: Secret<'pin'> | null;
}): Promise<Result<Uint8Array>> {
  const { devices, signer, slotKey, challenge } = options;
  const key = { token: signer.token.reference, keyId: slotKey.keyId };
  const given = pinOf(signer, options.pin);
  try {
    if (challenge.mechanism === 'rsa-oaep') {
      const mechanism = challenge.oaepHash === 'sha1' ? 'rsa-oaep-sha1' : 'rsa-oaep-sha256';
      const opened = await devices.call('decrypt', { ...key, mechanism, ciphertext: challenge.ciphertext, ...given });
      return opened.ok ? ok(opened.value.plaintext) : opened;
    }
    const mechanism = challenge.curve === 'P-256' ? 'ecdh-p256' : 'ecdh-p384';
    const agreed = await devices.call('agree', { ...key, mechanism, peerPublicKey: challenge.point, ...given });
    return agreed.ok ? ok(agreed.value.sharedSecret) : agreed;
  } finally {
    given.pin?.fill(0);
  }
}

/** The hash of RSA-OAEP that every module of this kind can do: SoftHSM and some cards know only the older one. */
export function oaepHashOf(signer: CardSigner): 'sha1' | 'sha256' {
  return signer.token.mechanisms.includes('rsa-oaep-sha256') ? 'sha256' : 'sha1';
}
