import { passwordRulesDefault } from '../../core/access/index.ts';
import { equalBytes, ok, refuse, Secret, toBase64, type Result } from '../../core/kernel/index.ts';
import { enrolmentProofText, parseInvitation, type Invitation } from '../../contracts/http/index.ts';
import type { NewSlot, VaultOutput } from '../../contracts/vault-host/index.ts';
import { oaepHashOf } from './card-use.ts';
import { findSigner, type CardSigner } from './cards.ts';
import type { Engine, Enrolment } from './context.ts';
import { clientOf, hintsOf, orWaiting, readEnrolment } from './enrolment.ts';
import { createClient, type ServerClient } from './http/client.ts';
import { openTransport } from './http/transport.ts';
import type { PromptAnswer } from './ports.ts';
import { checkNewPassword } from './new-password.ts';
import { promptView } from './prompt-view.ts';
import { setFirstPassword } from './sign-in.ts';
import { lostCode } from './sync/compromise.ts';

export type EnrolRequest = { readonly code: string; readonly name: string; readonly certificateId: string };

/** The way into the vault that this card gives: by its decryption or agreement key, or by the password alone where it only signs. */
export function slotFor(signer: CardSigner, password: Uint8Array): NewSlot {
  const slotKey = signer.slotKeys[0];
  const bytes = Uint8Array.from(password);
  if (slotKey === undefined)
    return { kind: 'passphrase', label: `sign-only ${signer.sha256.slice(0, 16)}`, passphrase: bytes };
  return {
    kind: 'card',
    label: `card ${slotKey.certificate.slice(0, 16)}`,
    certificate: slotKey.certificate,
    publicKey: Uint8Array.from(slotKey.publicKey),
    oaepHash: oaepHashOf(signer),
    password: bytes,
  };
}

async function checkPin(engine: Engine, signer: CardSigner, answer: PromptAnswer): Promise<Result<unknown>> {
  const pin = answer.pin === null ? {} : { pin: answer.pin.reveal() };
  return engine.devices.call('login.check', { token: signer.token.reference, ...pin });
}

type VaultStatus = VaultOutput<'vault.status'>;

/** Origin of the log that the journal here must not believe any more; no enrolment leads back to it. */
function lostOrigin({ quarantine, enrolment }: VaultStatus): string | null {
  return quarantine === lostCode ? (enrolment?.logOrigin ?? null) : null;
}

/**
 * A journal that was made but never bound to a platform, or that records nothing any more, is moved aside as it is; any other that may be
 * bound is never touched.
 */
async function makeRoom(engine: Engine, status: VaultStatus, endShift: () => Promise<void>): Promise<Result<null>> {
  if (!status.exists) return ok(null);
  const isEnded = status.quarantine !== null;
  if (!status.isOpen || (status.enrolment !== null && !isEnded)) return refuse('vault-exists');
  if (isEnded) await endShift();
  const closed = await engine.vault.call('vault.close', null);
  if (!closed.ok) return closed;
  engine.files.setVaultAside(isEnded ? 'ended' : 'unbound', String(engine.options.clock.nowMs()));
  if (isEnded) forget(engine);
  return ok(null);
}

/** What was known of the journal that is aside now. */
function forget({ state }: Engine): void {
  state.vaultExists = false;
  state.quarantine = undefined;
  state.alarms = [];
  state.head = undefined;
  state.outbox = { waiting: 0, overdue: 0 };
  state.log = { lastIndex: null, treeSize: null, checkedAtMs: null, mirrors: [] };
}

/** No device yet: only the doors that need none. */
function firstContact(engine: Engine, invitation: Invitation): ServerClient {
  return createClient({
    transport: openTransport(invitation),
    random: engine.options.random,
    serverNowMs: () => engine.serverClock.serverNowMs(),
    identity: undefined,
  });
}

async function proveAndEnrol(
  engine: Engine,
  client: ServerClient,
  invitation: Invitation,
  name: string,
  made: { readonly devicePublicKey: Uint8Array; readonly epoch: string; readonly origin: string },
): Promise<Result<Enrolment>> {
  const publicKey = toBase64(made.devicePublicKey);
  const { epoch, origin } = made;
  const proofText = enrolmentProofText({ code: invitation.code, publicKey, epoch });
  const proof = await engine.vault.call('device.sign', { message: new TextEncoder().encode(proofText) });
  if (!proof.ok) return proof;
  const body = {
    code: invitation.code,
    publicKey,
    name,
    kind: engine.options.kind,
    epoch,
    proof: toBase64(proof.value.signature),
  } as const;
  const answer = await client.call('enrol', { body });
  if (!answer.ok) return answer;
  const enrolment = readEnrolment(answer.value.bundle);
  if (!enrolment.ok) return enrolment;
  const { server, log } = enrolment.value.bundle;
  if (server.spki !== invitation.spki || log.origin !== origin) return refuse('bundle-foreign');
  const nowMs = engine.options.clock.nowMs();
  const bound = await engine.vault.call('vault.bind', {
    bundle: enrolment.value.document as { document: string; signatures: { key: string; signature: string }[] },
    nowMs,
  });
  if (!bound.ok) return bound;
  engine.files.saveHints(hintsOf(enrolment.value));
  return enrolment;
}

/** Makes the vault, proves its key to the server, and binds it. The vault stays open. */
async function bindVault(
  engine: Engine,
  { request, invitation, signer, endShift }: Ceremony,
  answer: PromptAnswer & { readonly password: Secret<'password'> },
): Promise<Result<Enrolment>> {
  const client = firstContact(engine, invitation);
  try {
    const status = await client.call('status');
    if (!status.ok) return status;
    engine.serverClock.learn(status.value.serverTimeMs, engine.options.clock.nowMs());
    const before = await engine.vault.call('vault.status', null);
    if (!before.ok) return before;
    if (status.value.log.origin === lostOrigin(before.value)) return refuse('log-origin-lost');
    const room = await makeRoom(engine, before.value, endShift);
    if (!room.ok) return room;
    const slot = answer.password.use((bytes) => slotFor(signer, bytes));
    const nowMs = engine.options.clock.nowMs();
    const made = await engine.vault.call('vault.create', { profile: status.value.profile, slots: [slot], nowMs });
    if (!made.ok) return made;
    if (signer.iin !== undefined && answer.newRecognitionPhrase !== null) {
      const phrase = { iin: signer.iin, recognitionPhrase: answer.newRecognitionPhrase, preferences: null };
      const kept = await engine.vault.call('identity.set', phrase);
      if (!kept.ok) return kept;
    }
    const asked = { ...made.value, origin: status.value.log.origin };
    return await proveAndEnrol(engine, client, invitation, request.name, asked);
  } finally {
    client.close();
  }
}

/** One enrolment, over all answers of its prompt. */
type Ceremony = {
  readonly request: EnrolRequest;
  readonly invitation: Invitation;
  readonly signer: CardSigner;
  /** Ends the shift of a journal that records nothing any more. */
  readonly endShift: () => Promise<void>;
  /** What is done for good, and the password that the vault was made with. */
  bound?: { readonly enrolment: Enrolment; readonly password: Secret<'password'> };
};

function isSameSecret(one: Secret<'password'>, other: Secret<'password'>): boolean {
  return one.use((a) => other.use((b) => equalBytes(a, b)));
}

async function attemptEnrolment(engine: Engine, ceremony: Ceremony, answer: PromptAnswer): Promise<Result<null>> {
  const { signer } = ceremony;
  const { pin, password } = answer;
  if (password === null) return refuse('password-missing');
  const isGood = checkNewPassword(signer, password);
  if (!isGood.ok) return isGood;
  const checked = await checkPin(engine, signer, answer);
  if (!checked.ok) return { ok: false, refusal: checked.refusal };
  if (ceremony.bound === undefined) {
    const bound = await bindVault(engine, ceremony, { ...answer, password });
    if (!bound.ok) return bound;
    ceremony.bound = { enrolment: bound.value, password: new Secret('password', password.reveal()) };
  }
  // The device is enrolled; only the code of the person was refused before.
  if (!isSameSecret(ceremony.bound.password, password)) return refuse('slot-key-wrong');
  const { enrolment } = ceremony.bound;
  const client = clientOf(engine, enrolment);
  try {
    const asked = { engine, enrolment, client, signer, pin, password };
    return orWaiting(await setFirstPassword(asked, answer.activationCode), enrolment);
  } finally {
    client.close();
  }
}

/**
 * Binds this workstation to the platform whose invitation was typed: the server's key must be the one that the invitation
 * names, the vault makes the device key, the person's card becomes the first way into the vault, and his code, where he typed one, sets his
 * password at the server. A journal that records nothing any more ends before, by `endShift`, and is kept beside the new one. Ends locked; a
 * device that was enrolled stays so where the code alone was refused.
 */
export async function enrol(
  engine: Engine,
  request: EnrolRequest,
  endShift: () => Promise<void>,
): Promise<Result<null>> {
  const invitation = parseInvitation(request.code);
  if (!invitation.ok) return invitation;
  const signer = await findSigner(engine, request.certificateId);
  if (!signer.ok) return signer;
  const ceremony: Ceremony = { request, invitation: invitation.value, signer: signer.value, endShift };
  const result = await engine.options.prompt.ask({
    view: () =>
      promptView(engine, signer.value, {
        kind: 'enrol',
        title: { id: 'title.enrol', values: { workstation: request.name } },
        text: null,
        textHash: null,
        recognitionPhrase: null,
        passwordRules: passwordRulesDefault,
        asks: { password: true, formerPassword: 'no', newRecognitionPhrase: true, activationCode: true },
      }),
    attempt: (answer) => attemptEnrolment(engine, ceremony, answer),
  });
  ceremony.bound?.password.wipe();
  if (ceremony.bound !== undefined) {
    engine.state.vaultExists = true;
    await engine.vault.call('vault.close', null);
  }
  engine.emit('app.changed');
  return result;
}
