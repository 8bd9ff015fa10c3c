import { hostname } from 'node:os';
import type { CertificateView } from '../../contracts/ipc/index.ts';
import type { RegistrationForm } from '../../core/actions/index.ts';
import { refuse, type Result } from '../../core/kernel/index.ts';
import { importCases, parseCasesFile, type Workstation } from '../../main/engine/index.ts';
import { refusalWords, words } from '../../locales/index.ts';
import {
  misuse,
  readSmallFile,
  refused,
  type Answer,
  type Arguments,
  type Command,
  type Surroundings,
} from '../kit/index.ts';
import { openStation } from './station.ts';
import { TerminalPrompt } from './terminal-prompt.ts';

/** A thousand forms. */
const fileSizeMaxBytes = 16_777_216;
/** How long the acts may take to reach the log before the program ends without their receipts; they are safe in the journal. */
const receiptsWaitMs = 60_000;

/** The certificate that was asked for by IIN or hash, or the only one that may sign. */
function choose(certificates: readonly CertificateView[], wanted: string | undefined): Result<CertificateView> {
  const usable = certificates.filter(({ unusable }) => unusable === null);
  const fitting =
    wanted === undefined ? usable : usable.filter(({ iin, sha256 }) => iin === wanted || sha256.startsWith(wanted));
  const [one, ...others] = fitting;
  if (one === undefined) return refuse(certificates[0]?.unusable?.code ?? 'card-absent');
  return others.length === 0
    ? { ok: true, value: one }
    : refuse('certificate-choice-needed', { count: fitting.length });
}

/** Waits until nothing waits for its receipt, or until somebody loses patience. */
async function settle(station: Workstation, stopAsked: Promise<void>): Promise<number> {
  const waiting = (): number => station.app().status.outbox.waiting;
  let stop = (): void => undefined;
  const done = new Promise<void>((resolve) => {
    stop = station.on(() => {
      if (waiting() === 0) resolve();
    });
    if (waiting() === 0) resolve();
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, receiptsWaitMs);
  });
  station.syncNow();
  await Promise.race([done, late, stopAsked]);
  clearTimeout(timer);
  stop();
  return waiting();
}

async function submit(station: Workstation, cases: readonly RegistrationForm[], around: Surroundings): Promise<Answer> {
  const { locale, tell } = around;
  const { platform } = station;
  if (platform === undefined) throw new Error('cli: a shift knows its platform');
  const done = await importCases({
    submit: (proposal) => station.sign(proposal),
    platform,
    cases,
    onStep: ({ number, result }) => {
      if (result.ok)
        return tell({
          exit: 0,
          facts: { number, actionId: result.value.actionId },
          lines: [words(locale, 'cli.case.recorded', { number })],
        });
      const { what } = refusalWords(locale, result.refusal);
      return tell({
        exit: 1,
        facts: { number, reason: result.refusal.code },
        lines: [words(locale, 'cli.case.skipped', { number, reason: what })],
      });
    },
  });
  const waiting = await settle(station, around.stopAsked());
  if (!done.ok) return refused(locale, done.refusal);
  const { submitted, known } = done.value;
  const lines = [
    words(locale, 'cli.case.imported', { count: submitted }),
    words(locale, 'cli.case.known', { count: known }),
  ];
  const rest = waiting === 0 ? [] : [words(locale, 'cli.case.waiting', { count: waiting })];
  return { exit: 0, facts: { submitted, known, waiting }, lines: [...lines, ...rest] };
}

async function work(
  station: Workstation,
  cases: readonly RegistrationForm[],
  given: Arguments,
  around: Surroundings,
): Promise<Answer> {
  const { locale } = around;
  const certificates = await station.certificates();
  if (!certificates.ok) return refused(locale, certificates.refusal);
  const certificate = choose(certificates.value, given.option('certificate'));
  if (!certificate.ok) return refused(locale, certificate.refusal);
  const certificateId = certificate.value.id;
  if (station.phase() === 'not-enrolled') {
    const code = given.option('code');
    if (code === undefined) return misuse(locale, 'cli.error.argument-missing', { what: '--code' });
    const enrolled = await station.enrol({
      code,
      name: given.option('name') ?? hostname().slice(0, 80),
      certificateId,
    });
    if (!enrolled.ok) return refused(locale, enrolled.refusal);
  }
  const shift = await station.startShift(certificateId);
  if (!shift.ok) return refused(locale, shift.refusal);
  const answer = await submit(station, cases, around);
  await station.endShift();
  return answer;
}

/** `qorgan case import FILE`: each registration is submitted as an act of its own, signed by the registrar's card. */
export const caseImport: Command = {
  shape: {
    operands: ['FILE'],
    options: {
      directory: 'required',
      code: 'optional',
      name: 'optional',
      cards: 'optional',
      certificate: 'optional',
      activation: 'optional',
    },
  },
  run: async (given, around) => {
    const { locale, tell } = around;
    const [file = ''] = given.operands;
    const bytes = await readSmallFile(file, fileSizeMaxBytes);
    if (!bytes.ok) return misuse(locale, `cli.error.${bytes.refusal.code}`, { file });
    const cases = parseCasesFile(Buffer.from(bytes.value).toString('utf8'));
    if (!cases.ok) return refused(locale, cases.refusal);
    const prompt = new TerminalPrompt({
      locale,
      activationCode: given.option('activation'),
      askSecret: around.askSecret,
      onRefusal: (refusal) => tell(refused(locale, refusal)),
      onQuestion: (sentence) => tell({ exit: 0, facts: { question: sentence }, lines: [sentence] }),
    });
    const station = openStation({
      directory: given.required('directory'),
      cards: given.option('cards'),
      prompt,
      onBug: around.noteBug,
    });
    try {
      return await work(station, cases.value, given, around);
    } finally {
      prompt.close();
      await station.close();
    }
  },
};
