import { dirname, join } from 'node:path';
import type { TokenState } from '../../contracts/device-host/index.ts';
import type { SlotKey, SlotSummary } from '../../contracts/vault-host/index.ts';
import { ok, refuse, toHex, type Result } from '../../core/kernel/index.ts';
import { sha256 } from '../../eds/index.ts';
import { localVault } from '../../native/vault-host/index.ts';
import { cardModules } from '../../main/hosts/index.ts';
import { openCardHost, type CardHost } from '../cards/index.ts';

type Secrets = { readonly pin: Uint8Array; readonly password: Uint8Array };

type FoundKey = { readonly slot: SlotSummary; readonly token: TokenState['reference']; readonly keyId: string };

/** The first card that is in and opens one of the slots. */
async function findKey(host: CardHost, slots: readonly SlotSummary[]): Promise<Result<FoundKey>> {
  const listed = await host.call('tokens.list', {});
  if (!listed.ok) return listed;
  for (const { reference } of listed.value.tokens) {
    const certificates = await host.call('certificates.list', { token: reference });
    if (!certificates.ok) continue;
    for (const { certificateDer, keyId } of certificates.value.certificates) {
      const slot = slots.find(
        ({ kind, certificate }) => kind === 'card' && certificate === toHex(sha256(certificateDer)),
      );
      if (slot !== undefined) return ok({ slot, token: reference, keyId });
    }
  }
  return refuse('card-absent');
}

/** What the card makes of the challenge of its slot. */
async function askCard(host: CardHost, directory: string, key: FoundKey, pin: Uint8Array): Promise<Result<Uint8Array>> {
  const challenge = localVault({ directory }).slotChallenge(key.slot.id);
  if (!challenge.ok) return challenge;
  const { token, keyId } = key;
  if (challenge.value.mechanism === 'rsa-oaep') {
    const mechanism = challenge.value.oaepHash === 'sha1' ? 'rsa-oaep-sha1' : 'rsa-oaep-sha256';
    const opened = await host.call('decrypt', { token, keyId, mechanism, ciphertext: challenge.value.ciphertext, pin });
    return opened.ok ? ok(opened.value.plaintext) : opened;
  }
  const mechanism = challenge.value.curve === 'P-256' ? 'ecdh-p256' : 'ecdh-p384';
  const agreed = await host.call('agree', { token, keyId, mechanism, peerPublicKey: challenge.value.point, pin });
  return agreed.ok ? ok(agreed.value.sharedSecret) : agreed;
}

/** Opens a slot by the card that is in: finds the card before it asks for PIN and password. */
export async function cardSlotKey(options: {
  /** Path of `journal.db`. */
  readonly file: string;
  readonly slots: readonly SlotSummary[];
  readonly cards: string | undefined;
  readonly askSecrets: () => Promise<Secrets | undefined>;
}): Promise<Result<SlotKey>> {
  const directory = dirname(options.file);
  const near = [join(directory, 'cards.json'), join(directory, '..', 'cards.json')];
  const host = openCardHost(cardModules(options.cards === undefined ? near : [options.cards]));
  try {
    const key = await findKey(host, options.slots);
    if (!key.ok) return key;
    const secrets = await options.askSecrets();
    if (secrets === undefined) return refuse('cancelled');
    const secret = await askCard(host, directory, key.value, secrets.pin);
    secrets.pin.fill(0);
    if (!secret.ok) return secret;
    return ok({
      kind: 'card',
      slotId: key.value.slot.id,
      cardSecret: Uint8Array.from(secret.value),
      password: Uint8Array.from(secrets.password),
    });
  } finally {
    await host.close();
  }
}
