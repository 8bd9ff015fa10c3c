import { mayAct } from '../../core/access/index.ts';
import {
  decideRegistration,
  type ReasonCode,
  type Registration,
  type RegistrationCommand,
  type RegistrationForm,
} from '../../core/actions/index.ts';
import {
  ok,
  refuse,
  toBase64,
  type ActionId,
  type CaseId,
  type Result,
  type Sha256Hex,
} from '../../core/kernel/index.ts';
import {
  caseHashStart,
  envelopeText,
  shownText,
  shownVersion,
  textHash,
  type ActEnvelope,
  type Locale,
  type Subject,
} from '../../core/signing/index.ts';
import { sha256 } from '../../eds/index.ts';
import { evidenceMax, parseActEnvelope } from '../../contracts/documents/index.ts';
import type { ActDraft } from '../../contracts/ipc/index.ts';
import type { VaultOutput } from '../../contracts/vault-host/index.ts';
import { signingTexts } from '../../locales/signing/index.ts';
import { signText } from './card-use.ts';
import { seeCards, type CardSigner } from './cards.ts';
import type { Engine, Shift } from './context.ts';
import { uuidV7 } from './crypto.ts';
import { evidenceToName } from './evidence/record.ts';
import type { PromptAnswer } from './ports.ts';
import { promptView } from './prompt-view.ts';
import { confirmPassword, wantsPassword } from './step-up.ts';

/** What may be signed: a reviewer's decision about a case, or a registrar's submission of a new one. */
export type Proposal =
  | ActDraft
  | { readonly type: 'registration.submit'; readonly caseId: CaseId; readonly form: RegistrationForm };

/** `sequence` is that of the journal entry which holds the act. */
export type Recorded = { readonly actionId: string; readonly sequence: number; readonly recordedAtMs: number };

type CaseNow = { readonly state: Registration; readonly subject: Subject; readonly form: RegistrationForm };

function commandOf(proposal: Proposal): RegistrationCommand {
  switch (proposal.type) {
    case 'registration.submit':
      return { type: proposal.type, payload: { form: proposal.form } };
    case 'registration.claim':
    case 'registration.release':
      return { type: proposal.type, payload: {} };
    case 'registration.approve':
      return { type: proposal.type, payload: { note: proposal.note } };
    case 'registration.return':
    case 'registration.refuse':
      // The codes are checked when the finished envelope is parsed.
      return { type: proposal.type, payload: { reasons: proposal.reasons as ReasonCode[], note: proposal.note } };
  }
}

async function readCase(engine: Engine, proposal: Proposal): Promise<Result<CaseNow>> {
  const caseId = proposal.caseId as CaseId;
  const found = await engine.vault.call('cases.get', { caseId });
  if (proposal.type === 'registration.submit' && !found.ok && found.refusal.code === 'case-absent') {
    return ok({
      state: { status: 'absent' },
      subject: { case: caseId, revision: 0, hash: caseHashStart },
      form: proposal.form,
    });
  }
  if (!found.ok) return found;
  const { state, revision, hash } = found.value;
  if (state.status === 'absent') return refuse('case-absent');
  const form = proposal.type === 'registration.submit' ? proposal.form : state.form;
  return ok({ state, subject: { case: caseId, revision, hash }, form });
}

/** Asks the rules at the desk: role, life cycle, four eyes. The server asks them again. */
function judge(engine: Engine, shift: Shift, state: Registration, command: RegistrationCommand): Result<unknown> {
  const { policy } = shift.enrolment;
  if (!mayAct(policy.access, shift.roles, command.type)) return refuse('role-missing');
  return decideRegistration(state, command, {
    actor: { iin: shift.iin, roles: shift.roles },
    nowMs: engine.serverClock.serverNowMs(),
    claimTtlMs: policy.registration.claimTtlMs,
  });
}

function render(shift: Shift, now: CaseNow, command: RegistrationCommand, locale: Locale): Result<string> {
  const { platform, profile } = shift.enrolment.bundle;
  const act = { command, form: now.form, revision: now.subject.revision, actorIin: shift.iin, platform, profile };
  return shownText(signingTexts, act, { locale, version: shownVersion });
}

type Prepared = {
  readonly proposal: Proposal;
  readonly command: RegistrationCommand;
  readonly now: CaseNow;
  readonly locale: Locale;
  readonly text: string;
  readonly hash: Sha256Hex;
};

async function prepare(engine: Engine, shift: Shift, proposal: Proposal): Promise<Result<Prepared>> {
  const now = await readCase(engine, proposal);
  if (!now.ok) return now;
  const command = commandOf(proposal);
  const judged = judge(engine, shift, now.value.state, command);
  if (!judged.ok) return judged;
  // Kept with the text: whoever changes the language while the prompt is open changes nothing of what is signed.
  const { locale } = engine.state.preferences;
  const text = render(shift, now.value, command, locale);
  if (!text.ok) return text;
  return ok({ proposal, command, now: now.value, locale, text: text.value, hash: textHash(sha256, text.value) });
}

/** The text that would be signed, where the rules allow the act now. */
export async function previewAct(
  engine: Engine,
  shift: Shift,
  proposal: Proposal,
): Promise<Result<{ readonly text: string; readonly hash: Sha256Hex }>> {
  const prepared = await prepare(engine, shift, proposal);
  return prepared.ok ? ok({ text: prepared.value.text, hash: prepared.value.hash }) : prepared;
}

/** Which acts of a reviewer are allowed on a state now, each with the reason where not. */
export function allowedActs(
  engine: Engine,
  shift: Shift,
  state: Registration,
): readonly { readonly type: string; readonly refusal: { readonly code: string } | null }[] {
  const commands: readonly RegistrationCommand[] = [
    { type: 'registration.claim', payload: {} },
    { type: 'registration.release', payload: {} },
    { type: 'registration.approve', payload: { note: '' } },
    { type: 'registration.return', payload: { reasons: ['document-unreadable'], note: '' } },
    { type: 'registration.refuse', payload: { reasons: ['document-unreadable'], note: '' } },
  ];
  return commands.map((command) => {
    const judged = judge(engine, shift, state, command);
    return { type: command.type, refusal: judged.ok ? null : { code: judged.refusal.code } };
  });
}

function buildEnvelope(
  engine: Engine,
  shift: Shift,
  prepared: Prepared,
  next: VaultOutput<'acts.next'> & { readonly evidence: readonly Sha256Hex[] },
  atMs: number,
): Result<string> {
  const { command, now, locale, hash } = prepared;
  const documents =
    command.type === 'registration.submit' ? command.payload.form.documents.map((document) => document.sha256) : [];
  const { options } = engine;
  const envelope = {
    form: 'qorgan.act/1',
    platform: next.platform,
    profile: next.profile,
    log: next.logOrigin,
    id: uuidV7(atMs, options.random) as ActionId,
    type: command.type,
    schema: 1,
    device: next.device,
    epoch: next.epoch,
    sequence: next.sequence,
    previous: next.previous,
    actor: { iin: shift.iin, certificate: shift.signer.sha256 },
    claimedAtMs: atMs,
    boot: { id: options.bootId, monotonicMs: Math.floor(options.clock.monotonicMs()) },
    policy: shift.enrolment.policy.version,
    treeHead: next.treeHead,
    subject: now.subject,
    payload: command.payload,
    // Documents of the form first; what does not fit is named by the act after this one.
    evidence: [...documents, ...next.evidence].slice(0, evidenceMax),
    shown: { locale, template: command.type, version: shownVersion, hash },
    client: `qorgan/${options.version}`,
  } as ActEnvelope;
  const text = envelopeText(envelope);
  // The same door as the server's: what does not parse here is never signed.
  const parsed = parseActEnvelope(text);
  return parsed.ok ? ok(text) : parsed;
}

/** The card of this shift as it is now; another reader is as good, another certificate is not. */
async function cardOfShift(engine: Engine, shift: Shift): Promise<Result<CardSigner>> {
  const seen = await seeCards(engine);
  if (!seen.ok) return seen;
  const signer = seen.value.signers.find(({ sha256: certificate }) => certificate === shift.signer.sha256);
  if (signer === undefined) return refuse('card-absent');
  return signer.unusable === null ? ok(signer) : { ok: false, refusal: signer.unusable };
}

async function attemptAct(
  engine: Engine,
  shift: Shift,
  prepared: Prepared,
  signer: CardSigner,
  answer: PromptAnswer,
): Promise<Result<Recorded>> {
  const again = await readCase(engine, prepared.proposal);
  if (!again.ok) return again;
  // What the person read is what he signs: a case that moved on while he read is not decided unseen.
  if (again.value.subject.hash !== prepared.now.subject.hash) return refuse('case-changed');
  const clock = engine.serverClock.allowsSigning(shift.enrolment.policy.clock);
  if (!clock.ok) return clock;
  const confirmed = await confirmPassword(engine, shift, signer, { type: prepared.command.type, answer });
  if (!confirmed.ok) return confirmed;
  const atMs = engine.options.clock.nowMs();
  const next = await engine.vault.call('acts.next', { nowMs: atMs });
  if (!next.ok) return next;
  const evidence = await evidenceToName(engine, prepared.now.subject.case);
  if (!evidence.ok) return evidence;
  const envelope = buildEnvelope(engine, shift, prepared, { ...next.value, evidence: evidence.value }, atMs);
  if (!envelope.ok) return envelope;
  const cms = await signText({ devices: engine.devices, signer, pin: answer.pin, text: envelope.value, nowMs: atMs });
  if (!cms.ok) return cms;
  const recorded = await engine.vault.call('acts.append', { envelope: envelope.value, cms: toBase64(cms.value), atMs });
  if (!recorded.ok) return recorded;
  const { actionId, entrySequence, recordedAtMs } = recorded.value;
  return ok({ actionId, sequence: entrySequence, recordedAtMs });
}

/**
 * Shows the text in the sealed prompt, lets the card sign the envelope that names its hash, and answers once the entry is durable
 * in the journal. Recorded is not yet proven: the sync loop sends it and comes back with the receipt.
 */
export async function signAct(engine: Engine, shift: Shift, proposal: Proposal): Promise<Result<Recorded>> {
  // The act would only wait here: nobody signs what is not taken.
  if (shift.restriction !== null) return { ok: false, refusal: shift.restriction };
  const prepared = await prepare(engine, shift, proposal);
  if (!prepared.ok) return prepared;
  const signer = await cardOfShift(engine, shift);
  if (!signer.ok) return signer;
  const identity = await engine.vault.call('identity.get', { iin: shift.iin });
  if (!identity.ok) return identity;
  const { command, now, text, hash } = prepared.value;
  const { person, organisation, number } = now.form;
  const name = organisation?.name ?? [person.surname, person.givenName].join(' ');
  const result = await engine.options.prompt.ask({
    view: () =>
      promptView(engine, signer.value, {
        kind: 'sign-act',
        title: { id: `title.${command.type}`, values: { number, name } },
        text,
        textHash: hash,
        recognitionPhrase: identity.value.recognitionPhrase,
        asks: {
          password: wantsPassword(engine, shift, command.type),
          newRecognitionPhrase: false,
          activationCode: false,
        },
      }),
    attempt: (answer) => attemptAct(engine, shift, prepared.value, signer.value, answer),
  });
  if (result.ok) {
    const { waiting, overdue } = engine.state.outbox;
    engine.state.outbox = { waiting: waiting + 1, overdue };
    engine.kickSync();
    engine.emit('journal.changed');
    engine.emit('cases.changed');
  }
  return result;
}
