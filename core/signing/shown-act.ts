import type { RegistrationCommand, RegistrationForm } from '../actions/index.ts';
import { ok, refuse, type Iin, type PlatformId, type Result } from '../kernel/index.ts';
import type { ActEnvelope, Locale, Profile } from './envelope.ts';
import { renderShown, type ShownValues } from './shown.ts';

/** The catalogue of `locales/signing`: flat ids to texts for each language; ids of version 1 start with `v1.`. */
export type SigningTexts = Readonly<Record<Locale, Readonly<Record<string, string>>>>;

/** Templates that new acts are shown by. Older versions stay, so that old acts can be rendered again. */
export const shownVersion = 1;

/** What the text that a signer reads is made of; `form` is that of the case at the revision decided on. */
export type ShownAct = {
  readonly command: RegistrationCommand;
  readonly form: RegistrationForm;
  readonly revision: number;
  readonly actorIin: Iin;
  readonly platform: PlatformId;
  readonly profile: Profile;
};

type Words = (id: string) => string | undefined;

/** `1986-04-12` as `12.04.1986`: the one order that both languages write. */
function dayText(date: string): string {
  const [year = '', month = '', day = ''] = date.split('-');
  return `${day}.${month}.${year}`;
}

function decisionValues(command: RegistrationCommand, words: Words): Record<string, string | undefined> {
  const { type, payload } = command;
  if (type === 'registration.return' || type === 'registration.refuse') {
    return {
      reasons: payload.reasons.map((code) => words(`reason.${code}`) ?? code).join('; '),
      note: payload.note.trim(),
    };
  }
  return type === 'registration.approve' ? { note: payload.note.trim() } : {};
}

function shownValues(act: ShownAct, words: Words): ShownValues {
  const { command, form, revision, actorIin, platform, profile } = act;
  const { person, organisation, document } = form;
  return {
    demo: profile === 'demo' ? words('demo') : undefined,
    number: form.number,
    person: [person.surname, person.givenName, person.patronymic].filter((part) => part !== '').join(' '),
    iin: person.iin,
    birthDate: dayText(person.birthDate),
    organisation: organisation?.name,
    bin: organisation?.bin,
    participantRole: words(`role.${form.participantRole}`),
    document: `${words(`document.${document.kind}`) ?? document.kind} ${document.number}, ${document.issuer}, ${dayText(document.issuedOn)} – ${dayText(document.expiresOn)}`,
    method: words(`method.${form.identification.method}`),
    phone: form.contact.phone,
    email: form.contact.email,
    iban: form.bankAccount.iban,
    bank: form.bankAccount.bank,
    documents: String(form.documents.length),
    revision: String(revision),
    actorIin,
    platform,
    ...decisionValues(command, words),
  };
}

/**
 * The text that a signer reads before he enters his PIN, and that his signature covers by its hash. The same words come
 * out at the workstation and at the server, years later too: no clock, no locale data, templates by version.
 */
export function shownText(
  texts: SigningTexts,
  act: ShownAct,
  place: { readonly locale: Locale; readonly version: number },
): Result<string, 'shown-template-unknown' | 'shown-text-empty'> {
  const words: Words = (id) => texts[place.locale][`v${place.version}.${id}`];
  const template = words(act.command.type);
  if (template === undefined) return refuse('shown-template-unknown');
  return renderShown({ version: place.version, lines: template.split('\n') }, shownValues(act, words));
}

/** The text that an envelope claims its signer was shown. A submission shows its own form; any other act that of the case. */
export function shownTextOfEnvelope(
  texts: SigningTexts,
  envelope: ActEnvelope,
  caseForm: RegistrationForm | undefined,
): Result<string, 'shown-template-unknown' | 'shown-text-empty'> {
  const form = envelope.type === 'registration.submit' ? envelope.payload.form : caseForm;
  if (form === undefined) return refuse('shown-text-empty');
  const { locale, version } = envelope.shown;
  const { platform, profile } = envelope;
  const shown = { form, revision: envelope.subject.revision, actorIin: envelope.actor.iin, platform, profile };
  const text = shownText(texts, { command: commandOf(envelope), ...shown }, { locale, version });
  return text.ok ? ok(text.value) : text;
}

/** The command that an envelope carries, for the rule of its case. */
export function commandOf(envelope: ActEnvelope): RegistrationCommand {
  return { type: envelope.type, payload: envelope.payload } as RegistrationCommand;
}
