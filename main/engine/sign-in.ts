import { ok, refuse, toBase64, type Result, type Secret } from '../../core/kernel/index.ts';
import { parseSignInChallenge } from '../../contracts/documents/index.ts';
import { signText } from './card-use.ts';
import type { CardSigner } from './cards.ts';
import type { Engine, Enrolment } from './context.ts';
import type { ServerClient } from './http/client.ts';
import type { Role } from '../../core/access/index.ts';

/** A challenge that lives longer than this is not a challenge. */
const challengeLifeMaxMs = 10 * 60_000;

export type SignedIn = { readonly name: string; readonly roles: readonly Role[]; readonly policyVersion: number };

/** True for refusals that say "nobody is there", after which a shift may start offline. */
export function isOffline(code: string): boolean {
  return code === 'server-unreachable' || code === 'server-busy' || code === 'too-many-requests';
}

/** The card signs a challenge only where it names this platform, this log and this very device, and dies soon. */
function checkChallenge(text: string, enrolment: Enrolment): Result<null> {
  const parsed = parseSignInChallenge(text);
  if (!parsed.ok) return refuse('challenge-foreign');
  const { platform, profile, log, device, issuedAtMs, expiresAtMs } = parsed.value;
  const { bundle } = enrolment;
  const isOurs =
    platform === bundle.platform &&
    profile === bundle.profile &&
    log === bundle.log.origin &&
    device === enrolment.device;
  const livesMs = expiresAtMs - issuedAtMs;
  return isOurs && livesMs > 0 && livesMs <= challengeLifeMaxMs ? ok(null) : refuse('challenge-foreign');
}

/** Signs in at the server: device key for the request, card for the challenge. The session is left with the client. */
export async function signIn(options: {
  readonly engine: Engine;
  readonly enrolment: Enrolment;
  readonly client: ServerClient;
  readonly signer: CardSigner;
  readonly pin: Secret<'pin'> | null;
}): Promise<Result<SignedIn>> {
  const { engine, enrolment, client, signer, pin } = options;
  const { clock } = engine.options;
  const askedAtMs = clock.nowMs();
  const status = await client.call('status');
  if (!status.ok) return status;
  engine.serverClock.learn(status.value.serverTimeMs, askedAtMs);
  if (status.value.platform !== enrolment.bundle.platform || status.value.profile !== enrolment.bundle.profile)
    return refuse('bundle-foreign');
  const challenge = await client.call('challenge');
  if (!challenge.ok) return challenge;
  const text = challenge.value.challenge;
  const checked = checkChallenge(text, enrolment);
  if (!checked.ok) return checked;
  const cms = await signText({ devices: engine.devices, signer, pin, text, nowMs: clock.nowMs() });
  if (!cms.ok) return cms;
  const answer = await client.call('signIn', { body: { challenge: text, cms: toBase64(cms.value) } });
  if (!answer.ok) return answer;
  if (answer.value.staff.iin !== signer.iin) return refuse('signer-differs');
  client.setSession(answer.value.token);
  return ok({
    name: answer.value.staff.name,
    roles: answer.value.staff.roles,
    policyVersion: answer.value.policyVersion,
  });
}
