import { shownTextOfEnvelope, textHash, type ActEnvelope } from '../../core/signing/index.ts';
import type { RegistrationForm } from '../../core/actions/index.ts';
import { parseCertificate, parseSignedData, sha256 } from '../../eds/index.ts';
import { words, type Locale } from '../../locales/index.ts';
import { signingTexts } from '../../locales/signing/index.ts';
import { actWords, type PrintedAct } from './page.ts';

/** The name in the certificate that the envelope names, where the signature file carries it; judged by nobody here. */
function signerName(cms: Uint8Array | undefined, certificate: string): string | null {
  const signed = cms === undefined ? undefined : parseSignedData(cms);
  if (signed?.ok !== true) return null;
  for (const der of signed.value.certificates) {
    const parsed = parseCertificate(der);
    if (!parsed.ok || parsed.value.sha256 !== certificate) continue;
    const { commonName, givenName } = parsed.value.subject;
    const name = [commonName, givenName].filter((part) => part !== undefined).join(' ');
    return name === '' ? null : name;
  }
  return null;
}

/** The signed text where it can be rendered to the very hash that was signed; else the parts of the envelope that a person reads. */
function textOf(
  locale: Locale,
  envelope: ActEnvelope,
  form: RegistrationForm | undefined,
): Pick<PrintedAct, 'text' | 'isExactText'> {
  const shown = shownTextOfEnvelope(signingTexts, envelope, form === undefined ? { status: 'absent' } : { form });
  if (shown.ok && textHash(sha256, shown.value) === envelope.shown.hash)
    return { text: shown.value, isExactText: true };
  const lines = [actWords(locale, envelope.type), `${words(locale, 'receipt-page.case')}: ${envelope.subject.case}`];
  const { payload } = envelope;
  if ('reasons' in payload) lines.push(...payload.reasons.map((reason) => words(locale, `reasons.${reason}`)));
  if ('note' in payload && payload.note !== '') lines.push(payload.note);
  return { text: lines.join('\n'), isExactText: false };
}

/** What the holder of an act can say of it: of the envelope, of its signature where that is at hand, and of the case where he has it. */
export function printedAct(given: {
  readonly locale: Locale;
  readonly envelope: ActEnvelope;
  readonly cms?: Uint8Array | undefined;
  readonly form?: RegistrationForm | undefined;
  readonly caseNumber?: string | null | undefined;
}): PrintedAct {
  const { locale, envelope, cms, form } = given;
  const ownForm = envelope.type === 'registration.submit' ? envelope.payload.form : form;
  const { iin, certificate } = envelope.actor;
  return {
    type: envelope.type,
    caseNumber: given.caseNumber ?? ownForm?.number ?? null,
    caseId: envelope.subject.case,
    signer: { name: signerName(cms, certificate), iin, certificate },
    claimedAtMs: envelope.claimedAtMs,
    ...textOf(locale, envelope, form),
  };
}
