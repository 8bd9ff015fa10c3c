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
  envelopeText,
  shownAct,
  shownText,
  shownVersion,
  textHash,
  type ActEnvelope,
  type Locale,
} from '../../core/signing/index.ts';
import { sha256 } from '../../eds/index.ts';
import { evidenceMax, parseActEnvelope } from '../../contracts/documents/index.ts';
import type { RightsDraft } from '../../contracts/ipc/index.ts';
import type { VaultOutput } from '../../contracts/vault-host/index.ts';
import { signingTexts } from '../../locales/signing/index.ts';
import { draftAccess } from './access/draft.ts';
import { signText } from './card-use.ts';
import { cardOfShift, type CardSigner } from './cards.ts';
import type { Engine, Shift } from './context.ts';
import { uuidV7 } from './crypto.ts';
import type { Drafted } from './drafted.ts';
import { evidenceToName } from './evidence/record.ts';
import type { PromptAnswer } from './ports.ts';
import { promptView } from './prompt-view.ts';
import { draftRegistration, type RegistrationDraft } from './registration-draft.ts';
import { confirmPassword, wantsPassword } from './step-up.ts';

/** What may be signed: an act on a registration, or on somebody's rights. */
export type Proposal = RegistrationDraft | RightsDraft;

/** `sequence` is that of the journal entry which holds the act. */
export type Recorded = { readonly actionId: string; readonly sequence: number; readonly recordedAtMs: number };

function isAccessDraft(proposal: Proposal): proposal is RightsDraft {
  return proposal.type.startsWith('access.');
}

type Prepared = Drafted & {
  readonly proposal: Proposal;
  readonly locale: Locale;
  readonly text: string;
  readonly hash: Sha256Hex;
};

/** The act with its text. Whoever prepares it again does so on the same case and in the same language, whatever was chosen meanwhile. */
async function prepare(
  engine: Engine,
  shift: Shift,
  proposal: Proposal,
  { caseId, locale }: { readonly caseId: CaseId; readonly locale: Locale },
): Promise<Result<Prepared>> {
  const drafted = isAccessDraft(proposal)
    ? await draftAccess(engine, shift, proposal, caseId)
    : await draftRegistration(engine, shift, proposal);
  if (!drafted.ok) return drafted;
  const { command, shown, subject } = drafted.value;
  const about = shownAct(command, shown, { actor: shift.iin, atMs: engine.serverClock.serverNowMs() });
  if (about === undefined) return refuse('case-absent');
  const { platform, profile } = shift.enrolment.bundle;
  const act = { ...about, revision: subject.revision, actorIin: shift.iin, platform, profile };
  const text = shownText(signingTexts, act, { locale, version: shownVersion });
  if (!text.ok) return text;
  return ok({ ...drafted.value, proposal, locale, text: text.value, hash: textHash(sha256, text.value) });
}

/** The case of a proposal: the one that it names, or a new one. */
function placeOf(engine: Engine, proposal: Proposal): { readonly caseId: CaseId; readonly locale: Locale } {
  const { clock, random } = engine.options;
  const named = 'caseId' in proposal ? proposal.caseId : uuidV7(clock.nowMs(), random);
  return { caseId: named as CaseId, locale: engine.state.preferences.locale };
}

/** The text that would be signed, where the rules allow the act now. */
export async function previewAct(
  engine: Engine,
  shift: Shift,
  proposal: Proposal,
): Promise<Result<{ readonly text: string; readonly hash: Sha256Hex }>> {
  const prepared = await prepare(engine, shift, proposal, placeOf(engine, proposal));
  return prepared.ok ? ok({ text: prepared.value.text, hash: prepared.value.hash }) : prepared;
}

function buildEnvelope(
  engine: Engine,
  shift: Shift,
  prepared: Prepared,
  next: VaultOutput<'acts.next'> & { readonly evidence: readonly Sha256Hex[] },
  atMs: number,
): Result<string> {
  const { command, subject, locale, hash } = prepared;
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
    subject,
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

async function attemptAct(
  engine: Engine,
  shift: Shift,
  prepared: Prepared,
  signer: CardSigner,
  answer: PromptAnswer,
): Promise<Result<Recorded>> {
  const { locale, subject } = prepared;
  const again = await prepare(engine, shift, prepared.proposal, { caseId: subject.case, locale });
  if (!again.ok) return again;
  // What the person read is what he signs: a case or record that moved on while he read is not decided unseen.
  if (again.value.subject.hash !== subject.hash || again.value.hash !== prepared.hash) return refuse('case-changed');
  const clock = engine.serverClock.allowsSigning(shift.enrolment.policy.clock);
  if (!clock.ok) return clock;
  const confirmed = await confirmPassword(engine, shift, signer, { type: prepared.command.type, answer });
  if (!confirmed.ok) return confirmed;
  const atMs = engine.options.clock.nowMs();
  const next = await engine.vault.call('acts.next', { nowMs: atMs });
  if (!next.ok) return next;
  const evidence = await evidenceToName(engine, subject.case);
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
  const prepared = await prepare(engine, shift, proposal, placeOf(engine, proposal));
  if (!prepared.ok) return prepared;
  const signer = await cardOfShift(engine, shift);
  if (!signer.ok) return signer;
  const identity = await engine.vault.call('identity.get', { iin: shift.iin });
  if (!identity.ok) return identity;
  const { command, titleValues, text, hash } = prepared.value;
  const result = await engine.options.prompt.ask({
    view: () =>
      promptView(engine, signer.value, {
        kind: 'sign-act',
        title: { id: `title.${command.type}`, values: titleValues },
        text,
        textHash: hash,
        recognitionPhrase: identity.value.recognitionPhrase,
        asks: {
          password: wantsPassword(engine, shift, command.type),
          formerPassword: 'no',
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
