import { setTimeout as sleep } from 'node:timers/promises';
import { parseNoteKey } from '../../core/log/index.ts';
import { sha256 } from '../../eds/index.ts';
import { ok, refuse, type Iin, type Refusal, type Result } from '../../core/kernel/index.ts';
import type { SlotSummary } from '../../contracts/vault-host/index.ts';
import { noTerms } from './access/own-account.ts';
import { takeUpPolicies } from './adopted-policies.ts';
import { findSigner, type CardSigner } from './cards.ts';
import { setServer, type Engine, type Enrolment, type Shift } from './context.ts';
import { clientOf, hintsOf, orWaiting, readEnrolment } from './enrolment.ts';
import type { PromptAnswer } from './ports.ts';
import { promptView } from './prompt-view.ts';
import { noRevocationKnown } from './revocation.ts';
import { isSessionOver } from './locking.ts';
import { settlePassword, tellUnchanged } from './own-password.ts';
import { recall, rememberIn, rememberOut } from './remembered.ts';
import { isOffline, setFirstPassword, signIn } from './sign-in.ts';
import { slotKeyFor, slotOf, wipeKey } from './slot-keys.ts';
import { takeUpAlarms } from './sync/alarm.ts';
import { learnCompromise, lostCode } from './sync/compromise.ts';

async function openVault(
  engine: Engine,
  signer: CardSigner,
  slot: SlotSummary,
  answer: PromptAnswer,
): Promise<Result<Enrolment>> {
  const key = await slotKeyFor(engine, signer, slot, answer);
  if (!key.ok) return key;
  const opened = await engine.vault.call('vault.open', key.value);
  wipeKey(key.value);
  if (!opened.ok) return opened;
  const status = await engine.vault.call('vault.status', null);
  if (!status.ok) return status;
  engine.state.quarantine = status.value.quarantine ?? undefined;
  if (status.value.enrolment === null) {
    // The power went between making the vault and binding it: nothing was ever recorded in it, the enrolment starts anew.
    await engine.vault.call('vault.close', null);
    engine.files.setVaultAside('unbound', String(engine.options.clock.nowMs()));
    engine.state.vaultExists = false;
    return refuse('vault-not-bound');
  }
  const enrolment = readEnrolment(status.value.enrolment.bundle);
  if (enrolment.ok && enrolment.value.bundle.profile === 'production' && engine.options.isRoot)
    return refuse('root-in-production');
  if (!enrolment.ok) return enrolment;
  const followed = withFollowedKeys(enrolment.value, status.value.enrolment.logKeys);
  if (!followed.ok) return followed;
  const policies = await takeUpPolicies(engine, enrolment.value);
  return policies.ok ? followed : policies;
}

/** The enrolment with the keys of the log that the vault followed since then; it verified each when it was journalled. */
function withFollowedKeys(
  enrolment: Enrolment,
  followed: readonly { readonly key: string; readonly fromSize: number }[],
): Result<Enrolment> {
  for (const { key: text, fromSize } of followed) {
    const key = parseNoteKey(sha256, text);
    if (!key.ok) return key;
    enrolment.logPins = [...enrolment.logPins, { key: key.value, fromSize }];
  }
  return ok(enrolment);
}

async function whoIs(engine: Engine, shift: Shift, answer: PromptAnswer): Promise<Result<null>> {
  const { enrolment, client, signer } = shift;
  const status = await engine.vault.call('vault.status', null);
  if (!status.ok) return status;
  const [standing] = status.value.standing;
  // Of a server whose log lied not even a name is taken.
  if (standing !== undefined) return rememberedPerson(engine, shift, { code: standing.code });
  const asked = { engine, enrolment, client, signer, pin: answer.pin, password: answer.password };
  const set = await setFirstPassword(asked, answer.activationCode);
  const signedIn = set.ok ? await signIn(asked) : set;
  if (signedIn.ok) {
    shift.name = signedIn.value.name;
    shift.roles = signedIn.value.roles;
    setServer(engine, 'connected');
    return rememberIn(engine, shift, answer.newRecognitionPhrase);
  }
  const { code } = signedIn.refusal;
  await rememberOut(engine, shift, code);
  if (code === lostCode) await learnCompromise(engine, shift);
  if (!isOffline(code) && engine.state.quarantine !== lostCode) return signedIn;
  return rememberedPerson(engine, shift, signedIn.refusal);
}

async function rememberedPerson(engine: Engine, shift: Shift, refusal: Refusal): Promise<Result<null>> {
  setServer(engine, isOffline(refusal.code) ? 'offline' : 'refused', refusal);
  const person = await recall(engine, shift);
  if (person.ok) {
    shift.name = person.value.name;
    shift.roles = person.value.roles;
    return ok(null);
  }
  // In a journal that records nothing any more there is only to be read what to do next.
  const isOnlyRead = engine.state.quarantine === lostCode && person.refusal.code === 'offline-too-long';
  return isOnlyRead ? ok(null) : person;
}

async function journalStart(engine: Engine, shift: Shift, isSignedIn: boolean): Promise<Result<null>> {
  const body = { iin: shift.iin, certificate: shift.signer.sha256 };
  for (const kind of isSignedIn ? (['sign-in', 'shift-started'] as const) : (['shift-started'] as const)) {
    const written = await engine.vault.call('entries.append', {
      entry: { kind, body },
      atMs: engine.options.clock.nowMs(),
    });
    if (!written.ok) return written;
  }
  return ok(null);
}

/** What the status line says before the first round of the sync loop: how much waits, and the last own act that is proven. */
async function takeUpCounts(engine: Engine): Promise<void> {
  const outbox = await engine.vault.call('outbox.next', { limit: 1 });
  if (outbox.ok) engine.state.outbox = { waiting: outbox.value.waiting, overdue: outbox.value.overdue };
  const acts = await engine.vault.call('acts.list', { before: null, limit: 50 });
  const lastIndex = acts.ok ? (acts.value.items.find(({ logIndex }) => logIndex !== null)?.logIndex ?? null) : null;
  engine.state.log = { ...engine.state.log, lastIndex };
}

/** By the password, or by the one before it where both were typed: the vault may have missed a change. */
async function openByEither(
  engine: Engine,
  signer: CardSigner,
  slot: SlotSummary,
  answer: PromptAnswer,
): Promise<Result<Enrolment>> {
  const opened = await openVault(engine, signer, slot, answer);
  if (opened.ok || opened.refusal.code !== 'slot-key-wrong' || answer.formerPassword === null) return opened;
  return openVault(engine, signer, slot, { ...answer, password: answer.formerPassword });
}

async function attemptShift(
  engine: Engine,
  signer: CardSigner,
  iin: Iin,
  slot: SlotSummary,
  answer: PromptAnswer,
): Promise<Result<Shift>> {
  const enrolment = await openByEither(engine, signer, slot, answer);
  if (!enrolment.ok) {
    await engine.vault.call('vault.close', null);
    return enrolment;
  }
  const client = clientOf(engine, enrolment.value);
  const shift: Shift = {
    enrolment: enrolment.value,
    signer,
    iin,
    client,
    name: signer.certificate.subject.commonName ?? '',
    roles: [],
    passwordAtMs: engine.options.clock.monotonicMs(),
    reportedAtMs: Number.NEGATIVE_INFINITY,
    restriction: null,
    terms: noTerms,
  };
  engine.state.shift = shift;
  const known = orWaiting(await whoIs(engine, shift, answer), shift.enrolment);
  const settled = known.ok
    ? await settlePassword(engine, shift, slot, answer)
    : await tellUnchanged(engine, shift, { slot, answer, refused: known });
  const started = settled.ok ? await journalStart(engine, shift, client.hasSession) : settled;
  if (started.ok) {
    engine.files.saveLeft(null);
    await takeUpCounts(engine);
    await takeUpAlarms(engine);
    // A workstation that was enrolled before anchors were remembered learns them now.
    if (engine.files.hints()?.trust === undefined) engine.files.saveHints(hintsOf(shift.enrolment));
    return ok(shift);
  }
  engine.state.shift = undefined;
  client.close();
  await engine.vault.call('vault.close', null);
  return started;
}

/**
 * Opens the vault by the card and the password, then signs in at the server by device key and card; with no server there, the
 * shift starts offline as the person that the vault remembers. Any other refusal leaves the vault closed.
 */
export async function startShift(engine: Engine, certificateId: string): Promise<Result<Shift>> {
  const { prompt } = engine.options;
  // A second start would end in closing the vault of the first.
  if (engine.state.shift !== undefined) return refuse('phase-wrong');
  const signer = await findSigner(engine, certificateId);
  if (!signer.ok) return signer;
  const { iin } = signer.value;
  if (iin === undefined) return refuse('certificate-without-iin');
  const status = await engine.vault.call('vault.status', null);
  if (!status.ok) return status;
  const slot = slotOf(signer.value, status.value.slots);
  if (slot === undefined) return refuse('slot-absent');
  setServer(engine, 'connecting');
  engine.state.lockedBy = null;
  const result = await prompt.ask({
    view: () =>
      promptView(engine, signer.value, {
        kind: 'start-shift',
        title: { id: 'title.start-shift', values: {} },
        text: null,
        textHash: null,
        recognitionPhrase: null,
        asks: {
          password: true,
          formerPassword: engine.files.isPasswordUnsettled(slot.id) ? 'asked' : 'offered',
          newRecognitionPhrase: false,
          activationCode: true,
        },
      }),
    attempt: (answer) => attemptShift(engine, signer.value, iin, slot, answer),
  });
  if (!result.ok) setServer(engine, 'closed');
  engine.emit('app.changed');
  return result;
}

/** How long a desk that locks by itself waits for the server to hear of it: the vault is open until then. */
const farewellMaxMs = 1_000;

/** True where no session is left at the server, as far as this desk knows. */
async function sayFarewell({ client }: Shift, because: string | undefined): Promise<boolean> {
  // There is nothing to sign out of where the server ended the session.
  if (!client.hasSession || (because !== undefined && isSessionOver(because))) return true;
  const signedOut = client.call('signOut').then(({ ok: isOut }) => isOut);
  return because === undefined ? signedOut : Promise.race([signedOut, sleep(farewellMaxMs, false, { ref: false })]);
}

/** The window was closed under the shift. */
export const leftCode = 'desk-left';

/** Says at the next start that the shift ended with its window, and whether the server knows. */
function noteLeft({ state, files }: Engine, isSaid: boolean): void {
  const code = isSaid ? leftCode : 'desk-left-unsaid';
  state.lockedBy = { code };
  files.saveLeft(code);
}

/**
 * Ends the shift: the session, the vault, and with it everything that syncs. Acts that wait go out at the next shift. Refused
 * `prompt-open` while the prompt asks: it is closed first, by its own button. `because`: why the desk locked by itself.
 */
export async function endShift(engine: Engine, because?: string): Promise<Result<null>> {
  // What the card may sign at this moment must find the vault open.
  if (engine.options.prompt.isOpen) return refuse('prompt-open');
  const { shift } = engine.state;
  if (shift !== undefined) {
    const person = { iin: shift.iin, certificate: shift.signer.sha256 };
    const body = because === undefined ? person : { ...person, because };
    await engine.vault.call('entries.append', {
      entry: { kind: 'shift-ended', body },
      atMs: engine.options.clock.nowMs(),
    });
    if (because !== undefined) await rememberOut(engine, shift, because);
    engine.state.shift = undefined;
    engine.state.revocation = noRevocationKnown;
    engine.emit('app.changed');
    const isSaid = await sayFarewell(shift, because);
    if (because === leftCode) noteLeft(engine, isSaid);
    shift.client.close();
  }
  const closed = await engine.vault.call('vault.close', null);
  setServer(engine, 'closed');
  engine.emit('app.changed');
  return closed.ok ? ok(null) : closed;
}
