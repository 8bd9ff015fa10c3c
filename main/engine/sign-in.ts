import { ok, refuse, toBase64, type Result, type Secret } from '../../core/kernel/index.ts';
import { parseActivationCode, type endpoints, type EndpointBodyInput } from '../../contracts/http/index.ts';
import { parseSignInChallenge } from '../../contracts/documents/index.ts';
import { signText } from './card-use.ts';
import type { CardSigner } from './cards.ts';
import type { Engine, Enrolment } from './context.ts';
import type { ServerClient } from './http/client.ts';
import { takeReport } from './posture.ts';
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

/** Who asks the server for something by his card, and what he typed. */
export type Asked = {
  readonly engine: Engine;
  readonly enrolment: Enrolment;
  readonly client: ServerClient;
  readonly signer: CardSigner;
  readonly pin: Secret<'pin'> | null;
  readonly password: Secret<'password'> | null;
};

/** A fresh challenge of the server, and the card's signature over it. */
async function cardProof(asked: Asked): Promise<Result<{ readonly challenge: string; readonly cms: string }>> {
  const { engine, enrolment, client, signer, pin } = asked;
  const challenge = await client.call('challenge');
  if (!challenge.ok) return challenge;
  const text = challenge.value.challenge;
  const checked = checkChallenge(text, enrolment);
  if (!checked.ok) return checked;
  const cms = await signText({ devices: engine.devices, signer, pin, text, nowMs: engine.options.clock.nowMs() });
  return cms.ok ? ok({ challenge: text, cms: toBase64(cms.value) }) : cms;
}

/** The server must be the one of the enrolment; its clock is learned on the way. */
async function meetServer({ engine, enrolment, client }: Asked): Promise<Result<null>> {
  const askedAtMs = engine.options.clock.nowMs();
  const status = await client.call('status');
  if (!status.ok) return status;
  engine.serverClock.learn(status.value.serverTimeMs, askedAtMs);
  const { platform, profile } = status.value;
  const isOurs = platform === enrolment.bundle.platform && profile === enrolment.bundle.profile;
  return isOurs ? ok(null) : refuse('bundle-foreign');
}

/** As text for JSON: this copy cannot be wiped (docs/THREATS.md). */
function passwordText(password: Secret<'password'>): string {
  return password.use(toBase64);
}

/**
 * Sets the person's password at the server to the one that was typed, by the code that he was given, beside his card; does nothing
 * where no code was typed. The same password opens his way into the vault.
 */
export async function setFirstPassword(asked: Asked, typedCode: string | null): Promise<Result<null>> {
  if (typedCode === null || typedCode.trim() === '') return ok(null);
  const code = parseActivationCode(typedCode);
  if (code === undefined) return refuse('activation-code-malformed');
  if (asked.password === null) return refuse('password-missing');
  const met = await meetServer(asked);
  if (!met.ok) return met;
  const body = await passwordRequest(asked, asked.password, { kind: 'activation-code', code });
  if (!body.ok) return body;
  const set = await asked.client.call('password', { body: body.value });
  return set.ok ? ok(null) : set;
}

type PasswordBody = EndpointBodyInput<(typeof endpoints)['password']>;

async function passwordRequest(
  asked: Asked,
  next: Secret<'password'>,
  proof: PasswordBody['proof'],
): Promise<Result<PasswordBody>> {
  const card = await cardProof(asked);
  return card.ok ? ok({ ...card.value, proof, password: passwordText(next) }) : card;
}

/** What asks the server for another password, the former one beside the card; the card signs here. */
export function nextPasswordRequest(
  asked: Asked,
  former: Secret<'password'>,
  next: Secret<'password'>,
): Promise<Result<PasswordBody>> {
  return passwordRequest(asked, next, { kind: 'password', password: passwordText(former) });
}

/** Signs in at the server: device key for the request, card for the challenge, and the password. The session is left with the client. */
export async function signIn(asked: Asked): Promise<Result<SignedIn>> {
  const { engine, client, signer } = asked;
  if (asked.password === null) return refuse('password-missing');
  const met = await meetServer(asked);
  if (!met.ok) return met;
  // A report that is not taken holds up nobody here: what the policy makes of a silent machine the server says at the sign-in itself.
  const { shift } = engine.state;
  if (shift !== undefined) await takeReport(engine, shift, client);
  const proof = await cardProof(asked);
  if (!proof.ok) return proof;
  const answer = await client.call('signIn', { body: { ...proof.value, password: passwordText(asked.password) } });
  if (!answer.ok) return answer;
  if (answer.value.staff.iin !== signer.iin) return refuse('signer-differs');
  client.setSession(answer.value.token);
  return ok({
    name: answer.value.staff.name,
    roles: answer.value.staff.roles,
    policyVersion: answer.value.policyVersion,
  });
}
