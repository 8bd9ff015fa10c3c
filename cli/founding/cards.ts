import { setTimeout as sleep } from 'node:timers/promises';
import { ok, refuse, toBase64, type Iin, type Refusal, type Result, type Secret } from '../../core/kernel/index.ts';
import { readCards, signText, type CardSigner } from '../../main/engine/index.ts';
import type { FoundingSignature } from '../../core/replay/index.ts';
import type { CardHost } from '../cards/index.ts';

/** From the drawer into the reader. */
const cardWaitMs = 120_000;
const pollMs = 500;

/** After these the same person may type again; each costs an attempt of the card, so nothing is tried twice by itself. */
const typedWrongly = new Set(['pin-incorrect', 'pin-length']);
const attemptsMax = 3;

/** The cards that are in, as a ceremony uses them. */
export type CardDesk = {
  readonly host: CardHost;
  readonly nowMs: () => number;
  /** Asks the holder for his PIN; `undefined` where he does not want to sign. */
  readonly askPin: (holder: { readonly name: string }) => Promise<Secret<'pin'> | undefined>;
  /** Says that this person's card is waited for. */
  readonly onAbsent: (holder: { readonly name: string }) => void;
  /** Says why a PIN was not taken, before it is asked for again. */
  readonly onRefusal: (refusal: Refusal) => void;
};

/** The signing certificates of a person on the cards that are in; waits a while for his card. */
async function signersOf(
  desk: CardDesk,
  holder: { readonly iin: Iin; readonly name: string },
): Promise<Result<readonly CardSigner[]>> {
  for (let waitedMs = 0; waitedMs <= cardWaitMs; waitedMs += pollMs) {
    // Whether a certificate is good is judged by the trust of the platform alone.
    const seen = await readCards(desk.host, { judge: () => undefined, nowMs: desk.nowMs() });
    if (!seen.ok) return seen;
    const own = seen.value.signers.filter(({ iin }) => iin === holder.iin);
    if (own.length > 0) return ok(own);
    if (waitedMs === 0) desk.onAbsent(holder);
    await sleep(pollMs);
  }
  return refuse('card-absent');
}

/** The first certificate on this person's card that `judge` finds good; where none is, why not. */
export async function certificateOn<T>(
  desk: CardDesk,
  holder: { readonly iin: Iin; readonly name: string },
  judge: (certificateDer: Uint8Array) => Result<T>,
): Promise<Result<T>> {
  const signers = await signersOf(desk, holder);
  if (!signers.ok) return signers;
  const judged = signers.value.map(({ unusable, certificateDer }) =>
    unusable === null || unusable.code === 'certificate-expired'
      ? judge(certificateDer)
      : ({ ok: false, refusal: unusable } as const),
  );
  return judged.find((one) => one.ok) ?? judged[0] ?? refuse('card-absent');
}

/** This person's signature over a text, by one of the certificates of his record. */
export async function signOn(
  desk: CardDesk,
  holder: { readonly iin: Iin; readonly name: string; readonly certificates: readonly string[] },
  text: string,
): Promise<Result<FoundingSignature>> {
  const signers = await signersOf(desk, holder);
  if (!signers.ok) return signers;
  const signer = signers.value.find(({ sha256 }) => holder.certificates.includes(sha256));
  if (signer === undefined) return refuse('certificate-unknown');
  let last: Result<FoundingSignature> = refuse('cancelled');
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const pin = signer.token.hasPinPad ? null : await desk.askPin(holder);
    if (pin === undefined) return last;
    const cms = await signText({ devices: desk.host, signer, pin, text, nowMs: desk.nowMs() });
    pin?.wipe();
    if (cms.ok) return ok({ iin: holder.iin, certificate: signer.sha256, cms: toBase64(cms.value) });
    last = cms;
    if (!typedWrongly.has(cms.refusal.code)) return cms;
    desk.onRefusal(cms.refusal);
  }
  return last;
}
