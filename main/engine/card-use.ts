import { ok, refuse, type Result, type Secret } from '../../core/kernel/index.ts';
import { signBes, type Signer } from '../../eds/index.ts';
import type { SignatureMechanism } from '../../contracts/device-host/index.ts';
import type { SlotChallenge } from '../../contracts/vault-host/index.ts';
import type { CardSigner, Devices, SlotKeyOnCard } from './cards.ts';

function pinOf(signer: CardSigner, pin: Secret<'pin'> | null): { readonly pin?: Uint8Array } {
  return signer.token.hasPinPad || pin === null ? {} : { pin: pin.reveal() };
}

type CardInUse = {
  readonly devices: Devices;
  readonly signer: CardSigner;
  readonly pin: Secret<'pin'> | null;
};

/** The key of this card as a signer: one call to the device host for each signature, with the PIN of this use. */
function cardSigner({ devices, signer, pin }: CardInUse, mechanism: SignatureMechanism): Signer {
  return {
    certificate: signer.certificateDer,
    algorithm: mechanism,
    sign: async (data, digest) => {
      const given = pinOf(signer, pin);
      const key = { token: signer.token.reference, keyId: signer.keyId };
      const signed = await devices.call('sign', { ...key, mechanism, data, digest, ...given });
      given.pin?.fill(0);
      return signed.ok ? ok(signed.value.signature) : signed;
    },
  };
}

const wrongAnswers = ['signature-malformed', 'signature-not-by-certificate'];

/**
 * A detached CAdES-BES over the text by the key of this card, verified against the certificate before it is answered.
 * Only this module asks a card to sign, and only over the signed attributes that are built here.
 */
export async function signText(
  options: CardInUse & { readonly text: string; readonly nowMs: number },
): Promise<Result<Uint8Array>> {
  const { mechanism } = options.signer;
  if (mechanism === undefined) return refuse('mechanism-unsupported');
  const content = new TextEncoder().encode(options.text);
  const signed = await signBes(cardSigner(options, mechanism), { content, signingTimeMs: options.nowMs });
  return !signed.ok && wrongAnswers.includes(signed.refusal.code) ? refuse('card-signature-wrong') : signed;
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
