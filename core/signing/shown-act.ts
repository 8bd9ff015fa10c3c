import type { AccessCase, AccessCommand } from '../access/index.ts';
import {
  isAccessCommand,
  type CaseCommand,
  type RegistrationCommand,
  type RegistrationForm,
} from '../actions/index.ts';
import { refuse, type Iin, type PlatformId, type Result } from '../kernel/index.ts';
import type { ActEnvelope, Locale, Profile } from './envelope.ts';
import { aboutOf, accessTemplates, accessValues, type ShownAccess } from './shown-access.ts';
import { renderShown, type ShownValues, type ShownWords } from './shown.ts';

/** The catalogue of `locales/signing`: flat ids to texts for each language; ids of version 1 start with `v1.`. */
export type SigningTexts = Readonly<Record<Locale, Readonly<Record<string, string>>>>;

/**
 * Templates that new acts are shown by. Older versions stay, so that old acts can be rendered again; a text that a version does not word anew is
 * that of the version before. Version 2 tells a policy in words with units, where version 1 told it by paths.
 */
export const shownVersion = 2;

type ShownPlace = {
  readonly revision: number;
  readonly actorIin: Iin;
  readonly platform: PlatformId;
  readonly profile: Profile;
};

type ShownRegistration = ShownPlace & { readonly command: RegistrationCommand; readonly form: RegistrationForm };
type ShownChange = ShownPlace & { readonly command: AccessCommand; readonly about: ShownAccess };

/** What the text that a signer reads is made of: the form, or the change of rights, of the case at the revision decided on. */
export type ShownAct = ShownRegistration | ShownChange;

type ShownIn = { readonly locale: Locale; readonly version: number };

/** What of a case is shown: the form of a registration, or a change of rights. */
export type ShownCase = { readonly form: RegistrationForm } | AccessCase;

/** `1986-04-12` as `12.04.1986`: the one order that both languages write. */
function dayText(date: string): string {
  const [year = '', month = '', day = ''] = date.split('-');
  return `${day}.${month}.${year}`;
}

function decisionValues(command: RegistrationCommand, words: ShownWords): Record<string, string | undefined> {
  const { type, payload } = command;
  if (type === 'registration.return' || type === 'registration.refuse') {
    return {
      reasons: payload.reasons.map((code) => words(`reason.${code}`) ?? code).join('; '),
      note: payload.note.trim(),
    };
  }
  return type === 'registration.approve' ? { note: payload.note.trim() } : {};
}

function registrationValues({ command, form }: ShownRegistration, words: ShownWords): ShownValues {
  const { person, organisation, document } = form;
  return {
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
    ...decisionValues(command, words),
  };
}

function shownValues(act: ShownAct, wording: { readonly words: ShownWords; readonly version: number }): ShownValues {
  const { words } = wording;
  const { revision, actorIin, platform, profile } = act;
  const place = {
    demo: profile === 'demo' ? words('demo') : undefined,
    revision: String(revision),
    actorIin,
    platform,
  };
  return 'about' in act
    ? { ...accessValues(act.command, act.about, wording), ...place }
    : { ...registrationValues(act, words), ...place };
}

/** The wording of a version, or the last one before it. */
export function wordingOf(texts: SigningTexts, { locale, version }: ShownIn): ShownWords {
  const versions = Array.from({ length: Math.min(version, shownVersion) }, (_, older) => version - older);
  return (id) => versions.map((one) => texts[locale][`v${one}.${id}`]).find((text) => text !== undefined);
}

/**
 * The text that a signer reads before he enters his PIN, and that his signature covers by its hash. The same words come
 * out at the workstation and at the server, years later too: no clock, no locale data, templates by version.
 */
export function shownText(
  texts: SigningTexts,
  act: ShownAct,
  place: ShownIn,
): Result<string, 'shown-template-unknown' | 'shown-text-empty'> {
  const words = wordingOf(texts, place);
  const ids = 'about' in act ? accessTemplates(act.command, act.about) : [act.command.type];
  const templates = ids.map(words);
  if (place.version > shownVersion || templates.includes(undefined)) return refuse('shown-template-unknown');
  const lines = templates.flatMap((template = '') => template.split('\n'));
  return renderShown({ version: place.version, lines }, shownValues(act, { words, version: place.version }));
}

/**
 * The text that an envelope claims its signer was shown: a first act of a case, or a form handed in again, shows what it carries itself, any other act what the case
 * (`state`) holds.
 */
export function shownTextOfEnvelope(
  texts: SigningTexts,
  envelope: ActEnvelope,
  state: ShownCase,
): Result<string, 'shown-template-unknown' | 'shown-text-empty'> {
  const command = commandOf(envelope);
  const { platform, profile, subject, actor, shown } = envelope;
  const about = shownAct(command, state, { actor: actor.iin, atMs: envelope.claimedAtMs });
  if (about === undefined) return refuse('shown-text-empty');
  return shownText(texts, { ...about, revision: subject.revision, actorIin: actor.iin, platform, profile }, shown);
}

/** What a command on a case is shown with; `undefined` where the case has nothing to show for it. */
export function shownAct(
  command: CaseCommand,
  state: ShownCase,
  by: { readonly actor: Iin; readonly atMs: number },
): Omit<ShownRegistration, keyof ShownPlace> | Omit<ShownChange, keyof ShownPlace> | undefined {
  if (isAccessCommand(command)) {
    const about = 'form' in state ? undefined : aboutOf(command, state, by);
    return about === undefined ? undefined : { command, about };
  }
  const held = 'form' in state ? state.form : undefined;
  const form = command.type === 'registration.submit' ? command.payload.form : held;
  return form === undefined ? undefined : { command, form };
}

/** The command that an envelope carries, for the rule of its case. */
export function commandOf(envelope: ActEnvelope): CaseCommand {
  return { type: envelope.type, payload: envelope.payload } as CaseCommand;
}
