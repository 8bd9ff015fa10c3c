import { Secret } from '../../core/kernel/index.ts';
import { certificatesInFile, certificatesInPkcs12, type Certificate } from '../../eds/index.ts';
import type { Locale } from '../../locales/index.ts';
import { misuse, refused, type Answer, type Arguments, type Command, type Surroundings } from '../kit/index.ts';
import { words } from '../../locales/index.ts';
import { readInput, unreadable, type Step } from './input.ts';
import { openReader, readerOptions, type Reader } from './reader.ts';
import { exitOf, signerFacts, signerLines, verdictFacts, verdictLine } from './report.ts';

const passwordFileMaxBytes = 1_024;

/** The password as the options say it, else as it is typed; a value on the command line can be read by others of the machine, so the help advises against it. */
async function passwordOf(given: Arguments, { locale, askSecret }: Surroundings): Promise<Step<Secret<'password'>>> {
  const written = given.option('password');
  const file = given.option('password-file');
  if (written !== undefined && file !== undefined)
    return {
      answer: misuse(locale, 'cli.error.options-exclusive', { first: '--password', second: '--password-file' }),
    };
  if (written !== undefined) return { value: new Secret('password', new TextEncoder().encode(written)) };
  if (file === undefined) {
    const asked = await askSecret(words(locale, 'cli.eds.password'));
    return { value: new Secret('password', asked ?? new Uint8Array(0)) };
  }
  const bytes = await readInput(locale, file, passwordFileMaxBytes);
  if ('answer' in bytes) return bytes;
  const [line = ''] = new TextDecoder().decode(bytes.value).split(/\r?\n/u);
  bytes.value.fill(0);
  return { value: new Secret('password', new TextEncoder().encode(line)) };
}

/** The certificates of a file, the holder's first. */
async function readCertificates(given: Arguments, around: Surroundings): Promise<Step<readonly Certificate[]>> {
  const { locale } = around;
  const [file = ''] = given.operands;
  const bytes = await readInput(locale, file);
  if ('answer' in bytes) return bytes;
  const certificates = certificatesInFile(bytes.value);
  if (certificates.ok) return { value: holdersFirst(certificates.value) };
  if (!looksLikePkcs12(bytes.value)) return unreadable(locale, file, 'cli.error.certificate-unreadable');
  const password = await passwordOf(given, around);
  if ('answer' in password) return password;
  const opened = certificatesInPkcs12(bytes.value, password.value);
  password.value.wipe();
  if (!opened.ok) return { answer: refused(locale, opened.refusal, 2) };
  return opened.value.length === 0 ? unreadable(locale, file, 'cli.error.certificate-unreadable') : opened;
}

/** A key file begins with its version, 3, which no certificate does; so nobody is asked for the password of something else. */
function looksLikePkcs12(file: Uint8Array): boolean {
  const [tag = 0, length = 0] = file;
  const versionAt = length > 0x80 ? 2 + (length & 0x7f) : 2;
  return tag === 0x30 && file[versionAt] === 0x02 && file[versionAt + 1] === 1 && file[versionAt + 2] === 3;
}

const isAuthority = ({ extensions }: Certificate): boolean => extensions.basicConstraints?.isAuthority === true;

function holdersFirst(certificates: readonly Certificate[]): readonly Certificate[] {
  return [...certificates.filter((one) => !isAuthority(one)), ...certificates.filter(isAuthority)];
}

function answerOf(locale: Locale, certificates: readonly Certificate[], { verifier, atMs }: Reader): Answer {
  const judged = certificates.map((certificate) => {
    const purpose = isAuthority(certificate) ? 'certification' : 'signing';
    return { ...verifier.verifyCertificate({ certificate: certificate.der, atMs, purpose }), purpose };
  });
  const [holder] = judged;
  if (holder === undefined) throw new Error('cli: a file without certificates was judged');
  const facts = judged.map((one) => ({ ...signerFacts(locale, one), purpose: one.purpose }));
  return {
    exit: exitOf[holder.verdict],
    facts: { ...verdictFacts(locale, holder), signers: facts.slice(0, 1), certificates: facts },
    lines: judged.flatMap((one, i) => [
      ...(i === 0 ? [] : ['']),
      verdictLine(locale, one),
      ...signerLines(locale, one),
    ]),
  };
}

/**
 * `qorgan eds cert FILE`: the verdict on a certificate, or on those of a key file, as ones that may sign at a time, and of an authority, that may certify;
 * that on the holder's decides.
 */
export const edsCertificate: Command = {
  shape: { operands: ['FILE'], options: { ...readerOptions, password: 'optional', 'password-file': 'optional' } },
  run: async (given, around) => {
    const reader = await openReader(given, around);
    if ('answer' in reader) return reader.answer;
    const certificates = await readCertificates(given, around);
    if ('answer' in certificates) return certificates.answer;
    return answerOf(around.locale, certificates.value, reader.value);
  },
};
